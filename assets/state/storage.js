/** What this browser keeps beyond a tab, in IndexedDB: trained networks. Where a browser allows nothing to be kept, the page
    works without it. */
import { effect, signal } from "../vendor/signals-core.js";

const STORE = "networks";

const database = new Promise((/** @type {(database: IDBDatabase) => void} */ resolve, reject) => {
  const request = indexedDB.open("digit-sketchpad", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  request.onsuccess = () => resolve(request.result);
  request.onerror = reject;
});
database.catch(() => {});

/** What the store answers; null if it can't be asked.
    @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} ask @returns {Promise<T | null>} */
async function answer(mode, ask) {
  try {
    const request = ask((await database).transaction(STORE, mode).objectStore(STORE));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value that can be cloned */
export const keep = (key, value) => answer("readwrite", (store) => store.put(value, key));

/** @param {string} key */
export const forget = (key) => answer("readwrite", (store) => store.delete(key));

/** All that is kept, by key. @returns {Promise<Map<string, any>>} */
export async function kept() {
  const keys = await answer("readonly", (store) => store.getAllKeys());
  const values = await answer("readonly", (store) => store.getAll());
  return new Map(keys?.map((key, i) => [String(key), values?.[i]]));
}

/** A signal whose value is kept; null for none. @template T @param {string} key @returns {import("../vendor/signals-core.js").Signal<T | null>} */
export function keptSignal(key) {
  const value = signal(/** @type {T | null} */ (null));
  answer("readonly", (store) => store.get(key)).then((found) => {
    value.value ??= found ?? null;
    effect(() => void (value.value ? keep(key, value.value) : forget(key)));
  });
  return value;
}
