/** Start the worker that trains (worker.js says which messages it takes and posts).

    From a server, it is the module worker.js, which fetches MNIST itself. A page opened from a disk may not do either. It
    says so by `globalThis.inlinedTraining`: the worker as one module without relative imports, which runs from a data: URL,
    the kernels, and a function that gives MNIST's first digits. */

/** Files as base64; `mnist` by their names in mnist.js.
 *  @typedef {{ worker: string, kernels: string, mnist: () => Promise<Record<string, string>> }} Inlined */

/** @param {string} [mnist] address of the folder with MNIST's four .gz files @returns {Promise<Worker>}
    @throws {Error} if one of its files can't be loaded */
export async function createWorker(mnist = new URL("../mnist/", import.meta.url).href) {
  const inlined = /** @type {{ inlinedTraining?: Inlined }} */ (globalThis).inlinedTraining;
  if (inlined) {
    const files = Object.entries(await inlined.mnist()).map(([name, base64]) => [name, bytes(base64)]);
    const worker = new Worker(`data:text/javascript;base64,${inlined.worker}`, { type: "module" });
    worker.postMessage({ type: "setup", kernels: bytes(inlined.kernels), mnist: Object.fromEntries(files) });
    return worker;
  }
  const response = await fetch(new URL("./kernels/kernels.wasm", import.meta.url)).catch(() => null);
  if (!response?.ok) throw new Error("The trainer could not be loaded: check the connection, and try again.");
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.postMessage({ type: "setup", kernels: await response.arrayBuffer(), mnist });
  return worker;
}

/** @param {string} base64 */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
