/** Three hundred of MNIST's test digits, fetched when they are first needed; see tests/mini_test_set.py. */
/** @import { Classifier } from "../engine/classifier.js" */
import { argmax } from "../engine/math.js";
import { normalize } from "../engine/network.js";
import { SIDE } from "../engine/preprocessing.js";
import { readBytes } from "../site/files.js";
import { signal } from "../vendor/signals-core.js";

export const COUNT = 300;
const SHADE = 17; // tones between two of 16 shades
const PIXELS = SIDE * SIDE;

const digits = signal(/** @type {{ labels: Uint8Array, images: Uint8Array[] } | null} */ (null));
let isRequested = false;

/** Labels (300) and images (784 tones each); null until they are there. */
export function miniTestSet() {
  if (!isRequested) fetchDigits();
  return digits.value;
}

/** How many of them are recognized, given the classifier's normalization; null until they are there.
    @param {Classifier} classifier @param {((input: Float64Array) => Float64Array)[]} networks input to logits */
export function recognized({ mean, std }, networks) {
  const all = miniTestSet();
  if (!all) return null;
  const inputs = all.images.map((image) => normalize(image, mean, std));
  return networks.map((logits) => inputs.filter((input, i) => argmax(logits(input)) === all.labels[i]).length);
}

async function fetchDigits() {
  isRequested = true;
  try {
    const packed = new Blob([await readBytes("mini-test-set.bin")]);
    const unpacked = packed.stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
    const tones = Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => {
      const pair = bytes[COUNT + (i >> 1)];
      return SHADE * (i % 2 ? pair & 15 : pair >> 4);
    });
    const images = Array.from({ length: COUNT }, (_, i) => tones.subarray(i * PIXELS, (i + 1) * PIXELS));
    digits.value = { labels: bytes.subarray(0, COUNT), images };
  } catch {
    isRequested = false; // it is asked for again with the next change
  }
}
