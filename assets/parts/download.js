/** Files that the page makes and the browser saves. They are made in the page: nothing is sent anywhere. */
import { context2d, create } from "./dom.js";

const encoder = new TextEncoder();

/** Let the browser save bytes or text under a name.
    @param {string} name @param {BlobPart} content @param {string} type */
export function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  create("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // time for a slow disk
}

/** Arrays of side x side bytes as one NumPy array (N, side, side) of uint8. @param {Uint8Array[]} arrays @param {number} side */
export function npy(arrays, side) {
  return npyFile("|u1", `(${arrays.length}, ${side}, ${side})`, arrays);
}

/** Numbers as a NumPy array (N,) of float32. @param {Float32Array} numbers */
export function npyOfFloats(numbers) {
  return npyFile("<f4", `(${numbers.length},)`, [new Uint8Array(numbers.buffer)]);
}

/** The .npy format, version 1.0. @param {string} type @param {string} shape @param {Uint8Array[]} parts */
function npyFile(type, shape, parts) {
  const entry = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + entry.length + 1) / 64) * 64 - 10; // of the header: the data starts at a multiple of 64
  const start = encoder.encode("?NUMPY\x01\x00??" + entry.padEnd(length - 1) + "\n");
  start[0] = 0x93;
  new DataView(start.buffer).setUint16(8, length, true);
  return concatenate([start, ...parts]);
}

/** A CSV of plain numbers and words, with a header. @param {string[]} header @param {(string | number)[][]} rows */
export function csv(header, rows) {
  return [header, ...rows].map((row) => row.join(",") + "\n").join("");
}

/** Ink as a PNG, black on white, as bytes. @param {Uint8Array} ink side x side @param {number} side */
export async function png(ink, side) {
  const canvas = create("canvas", { width: side, height: side });
  const pixels = new ImageData(side, side);
  ink.forEach((tone, i) => pixels.data.set([255 - tone, 255 - tone, 255 - tone, 255], 4 * i));
  context2d(canvas).putImageData(pixels, 0, 0);
  const blob = await new Promise((/** @type {BlobCallback} */ resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not make a PNG.");
  return new Uint8Array(await blob.arrayBuffer());
}

/** @param {Uint8Array[]} parts */
function concatenate(parts) {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
