/** The page's files, which lie in one folder beside the page: modules, networks, digits. They are fetched, except where the
    page was opened from disk: there a browser allows nothing but scripts, so each file is there as a script, too, which
    puts the file's bytes into a table as base64. */

const FOLDER = "sketchpad/";
const { version = "" } = document.documentElement.dataset; // of a static site, whose service worker keeps more than one
const isOnDisk = location.protocol === "file:";

/** Whether a server answers `POST /verify`, which a static site has not. */
export const hasServer = "gradio_config" in globalThis;

/** The address of a file. A page opened from disk can neither fetch nor import from it. @param {string} name */
export function file(name) {
  return new URL(FOLDER + name + (version && `?${version}`), document.baseURI).href;
}

/** A file as fetched. @param {string} name @returns {Promise<Response>}
    @throws {Error} with a sentence, if it can't be had */
async function openFile(name) {
  if (isOnDisk) return new Response(bytesOf(await fromScript(name)));
  const response = await fetch(file(name)).catch(() => null);
  if (!response?.ok) throw new Error(`The page’s file ${name} can’t be loaded. Check the connection, and try again.`);
  return response;
}

/** A file's JSON. @param {string} name @returns {Promise<any>} */
export async function readJson(name) {
  return (await openFile(name)).json();
}

/** A file's bytes. @param {string} name @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function readBytes(name) {
  return new Uint8Array(await (await openFile(name)).arrayBuffer());
}

/** A worker that runs a module. @param {string} name of the module's file @returns {Promise<Worker>} */
export async function startWorker(name) {
  const url = isOnDisk ? `data:text/javascript;base64,${await fromScript(name)}` : file(name);
  return new Worker(url, { type: "module" });
}

/** @param {string} name @returns {Promise<string>} base64 */
function fromScript(name) {
  return new Promise((resolve, reject) => {
    const onload = () => {
      const table = /** @type {any} */ (globalThis).sketchpadFiles;
      resolve(table[name]);
      delete table[name];
      script.remove();
    };
    const onerror = () =>
      reject(new Error(`The page’s file ${name} is missing. Copy the whole folder, not just index.html.`));
    const script = Object.assign(document.createElement("script"), {
      src: file(`from-disk/${name}.js`),
      onload,
      onerror,
    });
    document.head.append(script);
  });
}

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
