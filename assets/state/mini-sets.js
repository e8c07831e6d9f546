/** Three hundred of MNIST's validation digits, and as many of its test digits, fetched when they are first needed; see
    tests/mini_sets.py. */
/** @import { Classifier } from "../engine/classifier.js" */
/** @import { Signal } from "../vendor/signals-core.js" */
import { argmax } from "../engine/math.js";
import { normalize } from "../engine/network.js";
import { PIXELS } from "../engine/settings.js";
import { readBytes } from "../site/files.js";
import { signal } from "../vendor/signals-core.js";

export const COUNT = 300;
const SHADE = 17; // tones between two of 16 shades

/** @typedef {{ labels: Uint8Array, images: Uint8Array[] }} Digits */
/** @typedef {"validation" | "test"} Kind */

/** Those that were asked for. @type {Map<Kind, Signal<Digits | null>>} */
const sets = new Map();

/** Labels (300) and images (784 tones each); null until they are there. @param {Kind} kind */
export function miniSet(kind) {
  const digits = sets.get(kind) ?? signal(/** @type {Digits | null} */ (null));
  if (!sets.has(kind)) fetchDigits(kind, digits);
  return digits.value;
}

/** How many of them are recognized, given the classifier's normalization; null until they are there.
    @param {Kind} kind @param {Classifier} classifier @param {((input: Float64Array) => Float64Array)[]} networks input to logits */
export function recognized(kind, { mean, std }, networks) {
  const all = miniSet(kind);
  if (!all) return null;
  const inputs = all.images.map((image) => normalize(image, mean, std));
  return networks.map((logits) => inputs.filter((input, i) => argmax(logits(input)) === all.labels[i]).length);
}

/** @param {Kind} kind @param {Signal<Digits | null>} digits */
async function fetchDigits(kind, digits) {
  sets.set(kind, digits);
  try {
    const packed = new Blob([await readBytes(`mini-${kind}-set.bin`)]);
    const unpacked = packed.stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
    const tones = Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => {
      const pair = bytes[COUNT + (i >> 1)];
      return SHADE * (i % 2 ? pair & 15 : pair >> 4);
    });
    const images = Array.from({ length: COUNT }, (_, i) => tones.subarray(i * PIXELS, (i + 1) * PIXELS));
    digits.value = { labels: bytes.subarray(0, COUNT), images };
  } catch {
    sets.delete(kind); // it is asked for again with the next change
  }
}
