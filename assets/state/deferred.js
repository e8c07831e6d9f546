/** What can wait until the network has arrived: the page is drawn on first, and explained after. */
import { arrived } from "./classifiers.js";
import { complain } from "./views.js";

const INCOMPLETE = "A part of this page could not be loaded. Reload it when there is a connection.";

/** Import a module once the network has arrived.
    @template T @param {() => Promise<T>} module imports it @param {(module: T) => void} use it; not called if it can't be loaded */
export async function defer(module, use) {
  await arrived;
  const loaded = await module().catch(() => complain(INCOMPLETE));
  if (loaded) use(loaded);
}
