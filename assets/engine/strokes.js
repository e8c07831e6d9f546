/** Digits that people wrote with a pen, to be trained on beside MNIST's: the drawings of model/data/strokes.py, drawn by the
    page's own pen with random widths and slants. */
/** @import { Point, Stroke } from "../state/types.js" */
/** @import { Samples } from "./evaluation.js" */
import { InkCanvas } from "./pen.js";
import { preprocess } from "./preprocessing.js";
import { Random } from "./random.js";
import { PIXELS } from "./settings.js";
import { readNpz } from "./weights-files.js";

const SIDE = 40; // pixels of the canvas that a digit is drawn on: twice what preprocessing leaves of it
const PEN = [0.06, 0.17]; // thinnest and widest pen, as a share of the canvas
const SLANT = 0.25; // the most, as the tangent of an angle
const COUNT = 10_000; // digits to draw

/** Digits of a file at random, drawn and preprocessed. @param {Uint8Array} file strokes.npz @param {number} seed
    @returns {Promise<Samples>} */
export async function drawDigits(file, seed) {
  const digits = await read(file);
  const random = new Random(seed);
  const samples = { images: new Uint8Array(COUNT * PIXELS), labels: new Uint8Array(COUNT) };
  for (let n = 0; n < COUNT; n++) {
    const { label, strokes } = digits[Math.floor(random.uniform(0, digits.length))];
    samples.labels[n] = label;
    samples.images.set(drawn(strokes, random), n * PIXELS);
  }
  return samples;
}

/** The digits that may be trained on. @param {Uint8Array} file */
async function read(file) {
  const arrays = Object.fromEntries((await readNpz(file)).map(({ name, values }) => [name, values]));
  const { labels, is_validation: isValidation, stroke_counts: counts, stroke_sizes: sizes, steps } = arrays;
  const digits = [];
  let [stroke, step, x, y] = [0, 0, 0, 0];
  for (let drawing = 0; drawing < labels.length; drawing++) {
    const strokes = Array.from({ length: counts[drawing] }, () =>
      Array.from({ length: sizes[stroke++] }, () => {
        [x, y] = [(x + steps[step++]) & 255, (y + steps[step++]) & 255]; // each step is modulo 256
        return /** @type {Point} */ ([x, y]);
      }),
    );
    const label = labels[drawing] - "0".charCodeAt(0);
    if (label >= 0 && label <= 9 && !isValidation[drawing]) digits.push({ label, strokes });
  }
  return digits;
}

/** @param {Stroke[]} strokes @param {Random} random */
function drawn(strokes, random) {
  const [pen, slant] = [SIDE * random.uniform(PEN[0], PEN[1]), random.uniform(-SLANT, SLANT)];
  const points = strokes.map((stroke) => stroke.map(([x, y]) => /** @type {Point} */ ([x - slant * y, y])));
  const all = points.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...all.map((point) => point[axis])));
  const [width, height] = [0, 1].map((axis) => Math.max(...all.map((point) => point[axis])) - (axis ? top : left));
  const scale = (SIDE - pen - 2) / Math.max(width, height, 1);
  const place = (/** @type {Point} */ [x, y]) =>
    /** @type {Point} */ ([SIDE / 2 + scale * (x - left - width / 2), SIDE / 2 + scale * (y - top - height / 2)]);
  const { ink } = new InkCanvas(SIDE).draw(
    points.map((stroke) => stroke.map(place)),
    pen,
  );
  return preprocess(ink, SIDE, SIDE);
}
