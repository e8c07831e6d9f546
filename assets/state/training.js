/** The worker that trains (engine/worker.js says what it is told and tells): started when it is first needed. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { Predictions } from "../engine/evaluation.js" */
import { file, readBytes, startWorker } from "../site/files.js";
import { signal } from "../vendor/signals-core.js";

const MNIST = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(
  (name) => `${name}-ubyte.gz`,
);

/** @typedef {{ predictions: Predictions, deadNeurons: number[][] }} Evaluated */

/** How much of MNIST has arrived, in bytes, while it does; else null. */
export const loading = signal(/** @type {{ loaded: number, total: number } | null} */ (null));

/** Told of each message; one whose `run` is undefined is for all. @type {Set<(message: any) => void>} */
export const listeners = new Set();

/** @type {Promise<Worker> | null} */
let worker = null;
let evaluations = 0;

/** @param {{ type: string, [name: string]: unknown }} message @throws {Error} with a sentence, if the worker can't be started */
export async function tell(message) {
  worker ??= start();
  (await worker).postMessage(message);
}

/** Evaluate a network on all test digits; dead neurons are looked for on so many training digits.
    @param {Float32Array} parameters @param {Shape} shape @param {number} digits @returns {Promise<Evaluated>} */
export function evaluate(parameters, shape, digits) {
  const run = `evaluation-${++evaluations}`;
  return new Promise((resolve, reject) => {
    const listen = (/** @type {any} */ message) => {
      if ((message.run ?? run) !== run) return;
      listeners.delete(listen);
      if (message.type === "evaluated") resolve(message);
      else reject(new Error(message.message));
    };
    listeners.add(listen);
    tell({ type: "evaluate", run, parameters, shape, digits }).catch(({ message }) => listen({ message }));
  });
}

async function start() {
  try {
    const isOnDisk = location.protocol === "file:"; // where the worker may not fetch
    const fromDisk = async (/** @type {string} */ name) => [name, await readBytes(`mnist/${name}`)];
    const mnist = isOnDisk ? Object.fromEntries(await Promise.all(MNIST.map(fromDisk))) : file("mnist/");
    const kernels = await readBytes("engine/kernels/kernels.wasm");
    const started = await startWorker("engine/worker.js");
    started.onmessage = ({ data }) => receive(data);
    started.onerror = () => {
      worker = null;
      const message = "The trainer could not be started: reload the page, or use another browser.";
      receive({ type: "failed", message });
    };
    started.postMessage({ type: "setup", kernels: kernels.buffer, mnist });
    return started;
  } catch (error) {
    worker = null;
    throw error;
  }
}

/** @param {any} message */
function receive(message) {
  if (message.type === "failed") loading.value = null;
  if (message.type !== "loading") return listeners.forEach((listen) => listen(message));
  loading.value = message.loaded < message.total ? { loaded: message.loaded, total: message.total } : null;
}
