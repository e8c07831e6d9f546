/** Three hundred of MNIST's test digits, fetched when they are first needed; see tests/mini_test_set.py. */
/** @import { Classifier } from "../../state/types.js" */
import { argmax } from "../../engine/math.js";
import { normalize } from "../../engine/network.js";
import { SIDE } from "../../engine/preprocessing.js";
import { readBytes } from "../../site/files.js";

export const COUNT = 300;
const SHADE = 17; // tones between two of 16 shades
const PIXELS = SIDE * SIDE;

/** @param {() => void} arrived is called when they are there */
export function createMiniTestSet(arrived) {
  let labels = new Uint8Array(0);
  let images = /** @type {Uint8Array[]} */ ([]);
  let isRequested = false;
  let normalized = { classifier: /** @type {Classifier | null} */ (null), inputs: /** @type {Float64Array[]} */ ([]) };

  async function fetchDigits() {
    isRequested = true;
    const packed = await readBytes("mini-test-set.bin").catch(() => null);
    isRequested = packed !== null; // otherwise it is asked for again
    if (!packed) return;
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    labels = bytes.subarray(0, COUNT);
    const tones = Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => {
      const pair = bytes[COUNT + (i >> 1)];
      return SHADE * (i % 2 ? pair & 15 : pair >> 4);
    });
    images = Array.from(labels, (_, i) => tones.subarray(i * PIXELS, (i + 1) * PIXELS));
    arrived();
  }

  return {
    /** How many of them a network recognizes, given the classifier's normalization; null until they are there.
        @param {Classifier} classifier @param {(input: Float64Array) => Float64Array} logits */
    recognized(classifier, logits) {
      if (!isRequested) fetchDigits();
      if (!images.length) return null;
      const { mean, std } = classifier;
      if (normalized.classifier !== classifier)
        normalized = { classifier, inputs: images.map((image) => normalize(image, mean, std)) };
      return normalized.inputs.filter((input, i) => argmax(logits(input)) === labels[i]).length;
    },
  };
}
