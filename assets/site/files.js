/** The page's data files. */

const FOLDER = new URL("../files/", import.meta.url);

/** @param {string} name */
export const file = (name) => new URL(name, FOLDER);

/** @param {string} name @returns {Promise<any>} @throws if it can't be had */
export async function readJson(name) {
  const response = await fetch(file(name));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.json();
}

/** @param {string} name @returns {Promise<Uint8Array>} @throws if it can't be had */
export async function readBytes(name) {
  const response = await fetch(file(name));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
