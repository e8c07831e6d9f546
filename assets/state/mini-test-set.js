/** Three hundred of MNIST's test digits, which come with the page; see model/data/mini_test_set.py. */
import { SIDE } from "../engine/preprocessing.js";
import { readBytes } from "../site/files.js";
import { signal } from "../vendor/signals-core.js";

const COUNT = 300;
const SHADE = 17; // tones between two of 16 shades
const PIXELS = SIDE * SIDE;

const digits = signal(/** @type {{ labels: Uint8Array, images: Uint8Array[] } | null} */ (null));
let isRequested = false;

/** Labels (300) and images (784 tones each); null until they are there, for which this is called. */
export function miniTestSet() {
  if (!isRequested) load().catch(() => (isRequested = false)); // asked for again the next time
  isRequested = true;
  return digits.value;
}

async function load() {
  const packed = new Blob([/** @type {BlobPart} */ (await readBytes("mini-test-set.bin"))]);
  const unpacked = packed.stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const tones = Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => {
    const pair = bytes[COUNT + (i >> 1)];
    return SHADE * (i % 2 ? pair & 15 : pair >> 4);
  });
  const images = Array.from({ length: COUNT }, (_, i) => tones.subarray(i * PIXELS, (i + 1) * PIXELS));
  digits.value = { labels: bytes.subarray(0, COUNT), images };
}
