/** What this browser keeps beyond a tab, in IndexedDB: trained networks. Where a browser allows nothing to be kept, the page
    works without it. */

const DATABASE = "digit-sketchpad";
const STORE = "networks";

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

/** @param {IDBTransactionMode} mode */
async function store(mode) {
  opened ??= (() => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return answer(request);
  })();
  return (await opened).transaction(STORE, mode).objectStore(STORE);
}

/** @param {string} key @param {unknown} value that can be cloned */
export async function keep(key, value) {
  await store("readwrite")
    .then((objects) => answer(objects.put(value, key)))
    .catch(() => {});
}

/** @param {string} key */
export async function forget(key) {
  await store("readwrite")
    .then((objects) => answer(objects.delete(key)))
    .catch(() => {});
}

/** All that is kept, by key; nothing if it can't be had. @returns {Promise<[string, any][]>} */
export async function kept() {
  try {
    const objects = await store("readonly");
    const [keys, values] = await Promise.all([answer(objects.getAllKeys()), answer(objects.getAll())]);
    return keys.map((key, i) => [String(key), values[i]]);
  } catch {
    return [];
  }
}
