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

/** By run: who is told what the worker says of it. @type {Map<unknown, (message: any) => void>} */
const listeners = new Map();

/** @type {Promise<Worker> | null} */
let worker = null;
let evaluations = 0;

/** Tell the worker something. @param {{ type: string, run?: unknown, [name: string]: unknown }} message
    @param {(message: any) => void} [listen] is told what it says of the run, and if it can't be started */
export async function tell(message, listen) {
  if (listen) listeners.set(message.run, listen);
  try {
    worker ??= start();
    (await worker).postMessage(message);
  } catch (error) {
    worker = null;
    receive({ type: "failed", message: /** @type {Error} */ (error).message });
  }
}

/** Evaluate a network on all test digits; dead neurons are looked for on so many training digits.
    @param {Float32Array} parameters @param {Shape} shape @param {number} digits @returns {Promise<Evaluated>} */
export function evaluate(parameters, shape, digits) {
  const run = `evaluation-${++evaluations}`;
  return new Promise((resolve, reject) => {
    tell({ type: "evaluate", run, parameters, shape, digits }, (message) => {
      listeners.delete(run);
      if (message.type === "evaluated") resolve(message);
      else reject(new Error(message.message));
    });
  });
}

async function start() {
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
}

/** @param {any} message of a run, or else for all */
function receive(message) {
  if (message.type === "failed") loading.value = null;
  if (message.type === "loading") {
    loading.value = message.loaded < message.total ? { loaded: message.loaded, total: message.total } : null;
  } else if (message.run === undefined) new Set(listeners.values()).forEach((listen) => listen(message));
  else listeners.get(message.run)?.(message);
}
