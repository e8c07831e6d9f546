/** Files that the page makes and the browser saves. They are made in the page: nothing is sent anywhere. */
import { newCanvas } from "./dom.js";

/** Let the browser save bytes or text under a name. @param {string} name @param {BlobPart | BlobPart[]} content */
export function save(name, content) {
  const address = URL.createObjectURL(new Blob([content].flat(), { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // time for a slow disk
}

/** A NumPy array of uint8 or float32, version 1.0 of the .npy format.
    @param {number[]} shape @param {...(Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>)} parts one after the other */
export function npy(shape, ...parts) {
  const type = parts[0] instanceof Float32Array ? "<f4" : "|u1";
  const entry = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join()},), }`;
  const length = Math.ceil((10 + entry.length + 1) / 64) * 64 - 10; // of the header: the data starts at a multiple of 64
  const start = new TextEncoder().encode("?NUMPY\x01\x00??" + entry.padEnd(length - 1) + "\n");
  start[0] = 0x93;
  new DataView(start.buffer).setUint16(8, length, true);
  return [start, ...parts];
}

/** Ink as a PNG, black on white. @param {Uint8Array} ink side x side @param {number} side @returns {Promise<Blob>} */
export function png(ink, side) {
  const context = newCanvas(side, side);
  const pixels = new ImageData(side, side);
  ink.forEach((tone, i) => pixels.data.set([255 - tone, 255 - tone, 255 - tone, 255], 4 * i));
  context.putImageData(pixels, 0, 0);
  return new Promise((resolve) => context.canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/png"));
}
