/** Three hundred of MNIST's test digits, fetched when they are first needed; see tests/mini_test_set.py. */
/** @import { Classifier } from "../../engine/classifier.js" */
import { argmax } from "../../engine/math.js";
import { normalize } from "../../engine/network.js";
import { SIDE } from "../../engine/preprocessing.js";
import { readBytes } from "../../site/files.js";
import { signal } from "../../vendor/signals-core.js";

export const COUNT = 300;
const SHADE = 17; // tones between two of 16 shades
const PIXELS = SIDE * SIDE;

const digits = signal(/** @type {{ label: number, image: Uint8Array }[] | null} */ (null));
let isRequested = false;

/** How many of them are recognized, given the classifier's normalization; null until they are there.
    @param {Classifier} classifier @param {((input: Float64Array) => Float64Array)[]} networks input to logits */
export function recognized({ mean, std }, networks) {
  if (!isRequested) fetchDigits();
  const all = digits.value?.map(({ label, image }) => ({ label, input: normalize(image, mean, std) }));
  return all
    ? networks.map((logits) => all.filter(({ label, input }) => argmax(logits(input)) === label).length)
    : null;
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
    const image = (/** @type {number} */ i) => tones.subarray(i * PIXELS, (i + 1) * PIXELS);
    digits.value = Array.from(bytes.subarray(0, COUNT), (label, i) => ({ label, image: image(i) }));
  } catch {
    isRequested = false; // it is asked for again with the next change
  }
}
