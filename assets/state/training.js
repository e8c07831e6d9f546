/** The worker that trains (engine/worker.js says what it is told and tells): started when it is first needed. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { Report } from "../engine/evaluation.js" */
import { file, readBytes, startWorker } from "../site/files.js";
import { signal } from "../vendor/signals-core.js";

const MNIST = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(
  (name) => `${name}-ubyte.gz`,
);

/** @typedef {{ report: Report, deadNeurons: number[][] }} Evaluated */

/** How much of MNIST has arrived, in bytes, while it does; else null. */
export const loading = signal(/** @type {{ loaded: number, total: number } | null} */ (null));

/** Told of each message about a run or a fine-tuning; runs.js and the handwriting view listen. @type {Set<(message: any) => void>} */
export const listeners = new Set();

/** @type {Promise<Worker> | null} */
let worker = null;
let lastId = 0;
const waiting = /** @type {Map<number, { resolve: (result: Evaluated) => void, reject: (error: Error) => void }>} */ (
  new Map()
);

/** Send messages to the worker, in this order. @param {...{ type: string, [name: string]: unknown }} messages
    @throws {Error} with a sentence, if it can't be started */
export async function tell(...messages) {
  worker ??= start();
  const started = await worker;
  for (const message of messages) started.postMessage(message);
}

/** Evaluate a network on all validation or test digits; dead neurons are looked for on so many training digits.
    @param {Float32Array} parameters @param {Shape} shape @param {"validation" | "test"} on @param {number} digits
    @returns {Promise<Evaluated>} */
export function evaluate(parameters, shape, on, digits) {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    tell({ type: "evaluate", id, parameters, shape, on, digits }).catch(reject);
  });
}

async function start() {
  try {
    const isOnDisk = location.protocol === "file:"; // where the worker may not fetch
    const mnist = isOnDisk ? Object.fromEntries(await Promise.all(MNIST.map(fromDisk))) : file("mnist/");
    const kernels = await readBytes("engine/kernels/kernels.wasm");
    const started = await startWorker("engine/worker.js");
    started.onmessage = (/** @type {MessageEvent} */ { data }) => receive(data);
    started.onerror = () => fail("The trainer could not be started: reload the page, or use another browser.");
    started.postMessage({ type: "setup", kernels: kernels.buffer, mnist });
    return started;
  } catch (error) {
    worker = null;
    throw error;
  }
}

/** @param {string} name @returns {Promise<[string, Uint8Array]>} */
async function fromDisk(name) {
  return [name, await readBytes(`mnist/${name}`)];
}

/** @param {any} message */
function receive(message) {
  if (message.type === "loading") {
    loading.value = message.loaded < message.total ? { loaded: message.loaded, total: message.total } : null;
    return;
  }
  if (message.type === "failed") loading.value = null;
  const asked = waiting.get(message.id);
  if (!asked) return listeners.forEach((listen) => listen(message));
  waiting.delete(message.id);
  if (message.type === "failed") asked.reject(new Error(message.message));
  else asked.resolve(message);
}

/** The worker is lost. @param {string} message */
function fail(message) {
  worker = null;
  loading.value = null;
  for (const { reject } of waiting.values()) reject(new Error(message));
  waiting.clear();
  listeners.forEach((listen) => listen({ type: "failed", message }));
}
