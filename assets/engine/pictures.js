/** The ink of the digit in a picture: a drawing, a screenshot, a scan or a photograph, in any light. The same steps as
    model/data/pictures.py, which says more. */
/** @import { Gray } from "../state/types.js" */
import { clip, quantile, sum } from "./math.js";
import { CANVAS_SIDE } from "./pen.js";
import { ALL_STEPS, resizeDigit } from "./preprocessing.js";

export const PICTURE_SIDE = 280; // pixels: the longer side of a picture in its working size
const SOFTENING = 1; // radius in pixels of the smoothing
const OPAQUE_RANGE = 0.25; // of tones, 0 to 1: what is opaque in a transparent picture has more of it, or is one ink

const COARSE = 4; // pixels apart are the smoothed tones that the background is estimated from; the radii count those
const CLOSING = 6; // radius of the closing's window: wider than strokes
const NEIGHBORHOOD = 12; // radius of the window in which paper or board is the lighter or darker part

// Brightness and contrast, 0 to 1:
const DARKEST_PAPER = 16 / 255;
const LOWEST_CONTRAST = 0.07; // of ink
const [FAINT_EDGE, DARK_EDGE] = [0.25, 0.45]; // of the darkest ink: strokes end between
const CLEAR_CONTRAST = 0.3; // of ink; fainter marks may be shadows and creases
const SIGNAL_TO_NOISE = [1, 2]; // of clear and of faint strokes, whose contrast is even and stands out of the background's

const STROKE = 0.09; // of the digit's longer side: strokes are thickened to this
const SMALLEST = 0.04 * PICTURE_SIDE; // pixels: a digit's longer side
const MOST_PARTS = 40; // the heaviest ones; others are specks
const FITTED = 110; // pixels of the pad's canvas: the digit's longer side on it

// As shares of the digit's longer side, height or weight:
const NEAR = 0.22; // gap up to which a small part belongs to a digit
const SPECK = 0.02; // weight of parts that are left out
const [AS_TALL, AS_HEAVY] = [0.5, 0.2]; // height and weight from which another part is a digit of its own
const TORN = 0.08; // gap, as a share of both together, up to which large parts belong together
const STRIP = 0.4; // shorter side of what is thin: at the picture's edge, it is no digit
const CUT_OFF = 0.1; // weight of what touches the picture's edge

/** A picture that can't be used; the message is a sentence. */
export class ImageError extends Error {}

/** A connected part: its pixels, its bounding box, its weight, the sum of its contrasts, and how many of the
    picture's edges it touches.
    @typedef {{ pixels: number[], left: number, top: number, right: number, bottom: number, weight: number, edges: number }} Part */

/** The ink of the digit in a picture in the working size: 0 is background, 255 ink. If nothing is found, there is none.
    @param {ImageData} picture @throws {ImageError} if there are several digits */
export function findInk(picture) {
  const contrast = contrastOf(smooth(tonesOf(picture), SOFTENING));
  const ink = { ...contrast, values: new Float32Array(contrast.values.length) };
  const digit = findDigit(contrast);
  const size = digit.length ? sizeOf(digit.reduce(joined)) : 0;
  if (size >= SMALLEST) for (const pixel of digit.flatMap(({ pixels }) => pixels)) ink.values[pixel] = 1;
  // One pixel more around strokes adds 8 / pi times their length, on average over all directions.
  const area = sum(ink.values);
  const length = Math.max(0.4 * (sum(dilate(ink, 1).values) - area), 1);
  const thick = dilate(ink, Math.max(Math.round(0.4 * (STROKE * size - area / length)), 0));
  return new Uint8Array(thick.values.map((value) => 255 * value));
}

/** Ink as the pad has it, 140 x 140: the digit in the middle, 110 pixels high or wide.
    @param {Uint8Array} ink width x height @param {number} width @param {number} height */
export function fitToPad(ink, width, height) {
  const canvas = new Uint8Array(CANVAS_SIDE * CANVAS_SIDE);
  const found = resizeDigit(ink, width, height, ALL_STEPS, FITTED);
  const margin = (CANVAS_SIDE - FITTED) / 2;
  for (let row = 0; found && row < FITTED; row++) {
    canvas.set(found.digit.subarray(row * FITTED, (row + 1) * FITTED), (margin + row) * CANVAS_SIDE + margin);
  }
  return canvas;
}

/** The tones, 0 to 1, of the color channel that varies most. @param {ImageData} picture @returns {Gray} */
function tonesOf({ width, height, data }) {
  const planes = Array.from({ length: 4 }, () => new Float32Array(width * height));
  for (let i = 0; i < data.length; i++) planes[i & 3][i >> 2] = data[i] / 255;
  const opacity = planes[3];
  let colors = planes.slice(0, 3);
  const most = opacity.reduce((a, b) => Math.max(a, b), 1 / 255);
  if (opacity.some((value) => value < most)) {
    const opaque = colors.map((values) => values.filter((_, i) => opacity[i] >= most / 2));
    const ranges = opaque.map((values) => quantile(values, 1) - quantile(values, 0));
    if (!(Math.max(...ranges) >= OPAQUE_RANGE)) {
      return { width, height, values: opacity.map((value) => 1 - value / most) };
    }
    const paper = opaque.map((values) => quantile(values, 0.5));
    colors = colors.map((values, c) => values.map((value, i) => paper[c] + ((value - paper[c]) * opacity[i]) / most));
  }
  const spreads = colors.map(deviation);
  return { width, height, values: colors[spreads.indexOf(Math.max(...spreads))] };
}

/** The standard deviation. @param {Float32Array} values */
function deviation(values) {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

/** How much darker than the paper around it, or how much lighter than the board, each pixel is: 0 to 1.
    @param {Gray} tones @returns {Gray} */
function contrastOf(tones) {
  const { width, height } = tones;
  let coarse = resized(tones, Math.ceil(width / COARSE), Math.ceil(height / COARSE));
  if (isLightOnDark(coarse)) [tones, coarse] = [tones, coarse].map((image) => mapped(image, (tone) => 1 - tone));
  const closed = negated(dilate(negated(dilate(coarse, CLOSING)), CLOSING));
  const paper = smooth(resized(smooth(closed, CLOSING / 2), width, height), COARSE / 2).values;
  return mapped(tones, (tone, i) => clip(1 - Math.max(tone, DARKEST_PAPER) / Math.max(paper[i], DARKEST_PAPER), 0, 1));
}

/** Whether, where contrasts are high, most of the surroundings are dark: then the lighter part is the writing.
    @param {Gray} coarse */
function isLightOnDark(coarse) {
  const tones = mapped(coarse, (value) => Math.log(Math.max(value, 0.02)));
  const lightest = dilate(tones, NEIGHBORHOOD).values;
  const darkest = negated(dilate(negated(tones), NEIGHBORHOOD)).values;
  const spans = lightest.map((light, i) => light - darkest[i]);
  const most = spans.reduce((widest, span) => Math.max(widest, span), 0);
  const weights = spans.map((span) => Math.max(span - 0.25 * most, 0));
  const places = tones.values.map((tone, i) => ((tone - darkest[i]) / Math.max(spans[i], 1e-3)) * weights[i]);
  return sum(places) < 0.5 * sum(weights);
}

/** The parts of the digit; none if what looks like ink is only noise, shadows and lines. @param {Gray} contrast */
function findDigit(contrast) {
  const { values } = contrast;
  const marks = values.filter((value) => value > LOWEST_CONTRAST / 2);
  const darkest = marks.length ? quantile(marks, 0.99) : 0;
  if (darkest < LOWEST_CONTRAST) return [];
  const threshold = Math.fround(DARK_EDGE * darkest);
  const ink = values.filter((value) => value > threshold);
  const rest = values.filter((value) => value <= threshold);
  const [lines, noise] = [0.9, 0.95].map((share) => (rest.length ? quantile(rest, share) : 1)); // of the paper: its ruled lines, and all but its strongest specks
  const strength = (quantile(ink, 0.5) * sum(ink)) / ink.length;
  if (strength < SIGNAL_TO_NOISE[Number(darkest < CLEAR_CONTRAST)] * darkest * noise) return [];
  return select(findParts(contrast, Math.fround(clip(3 * lines, FAINT_EDGE * darkest, DARK_EDGE * darkest))));
}

/** The heaviest connected parts of what is darker than a threshold, corners included, in the order of their weights.
    @param {Gray} contrast @param {number} threshold */
function findParts({ width, height, values }, threshold) {
  const isNew = values.map((value) => Number(value > threshold));
  const parts = /** @type {Part[]} */ ([]);
  for (let first = 0; first < values.length; first++) {
    if (!isNew[first]) continue;
    const part = { pixels: [first], left: width, top: height, right: 0, bottom: 0, weight: 0, edges: 0 };
    isNew[first] = 0;
    for (const pixel of part.pixels) {
      const x = pixel % width;
      const y = (pixel - x) / width;
      [part.left, part.right] = [Math.min(part.left, x), Math.max(part.right, x + 1)];
      [part.top, part.bottom] = [Math.min(part.top, y), Math.max(part.bottom, y + 1)];
      part.weight += values[pixel];
      for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
        for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
          const next = row * width + column;
          if (isNew[next]) part.pixels.push(next);
          isNew[next] = 0;
        }
      }
    }
    const { left, top, right, bottom } = part;
    part.edges = Number(!left) + Number(!top) + Number(right === width) + Number(bottom === height);
    parts.push(part);
  }
  return parts.sort((a, b) => b.weight - a.weight).slice(0, MOST_PARTS);
}

/** The parts that make the digit: the weightiest one, and what belongs to it.
    @param {Part[]} parts @throws {ImageError} if there is another digit */
function select(parts) {
  const rank = (/** @type {Part} */ part) => part.weight * (part.edges ? CUT_OFF : 1);
  const main = parts.reduce((best, part) => (rank(part) > rank(best) ? part : best));
  const heavy = parts.filter((part) => part !== main && part.weight >= SPECK * main.weight);
  const cutOff = heavy.filter((part) => part.edges === 1 && thicknessOf(part) >= STRIP * sizeOf(part));
  let others = heavy.filter((part) => !part.edges);
  let [digit, whole] = [[main], main];
  for (;;) {
    const near = others.filter((part) => belongs(part, whole));
    if (!near.length) break;
    digit = [...digit, ...near];
    others = others.filter((part) => !near.includes(part));
    whole = near.reduce(joined, whole);
  }
  if ([...others, ...cutOff].some((part) => isAsLarge(part, whole))) {
    throw new ImageError("There are several digits in this picture; show one.");
  }
  return digit;
}

/** Whether a part is a stroke of the digit, whose parts together are the whole, not a digit of its own.
    @param {Part} part @param {Part} whole */
function belongs(part, whole) {
  const across = Math.max(part.left, whole.left) - Math.min(part.right, whole.right);
  const down = Math.max(part.top, whole.top) - Math.min(part.bottom, whole.bottom);
  const reach = isAsLarge(part, whole) ? TORN * sizeOf(joined(whole, part)) : NEAR * sizeOf(whole);
  return Math.max(across, down) <= reach;
}

/** Whether a part may be a digit of its own: the top of a 5 may be as wide as the rest, but it is flat.
    @param {Part} part @param {Part} whole */
function isAsLarge(part, whole) {
  const [a, b] = [heightOf(part), heightOf(whole)];
  return Math.min(a, b) >= AS_TALL * Math.max(a, b) && part.weight >= AS_HEAVY * whole.weight;
}

/** Both parts, as one, without their pixels. @param {Part} a @param {Part} b @returns {Part} */
function joined(a, b) {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  const [right, bottom] = [Math.max(a.right, b.right), Math.max(a.bottom, b.bottom)];
  return { pixels: [], left, top, right, bottom, weight: a.weight + b.weight, edges: a.edges };
}

/** @param {Part} part */
const heightOf = ({ top, bottom }) => bottom - top;

/** The longer side. @param {Part} part */
const sizeOf = (part) => Math.max(heightOf(part), part.right - part.left);

/** The shorter side. @param {Part} part */
const thicknessOf = (part) => Math.min(heightOf(part), part.right - part.left);

/** The brightest value in a window of 2 radius + 1 pixels a side, around each pixel. @param {Gray} image @param {number} radius */
const dilate = (image, radius) => windowed(image, radius, false);

/** The mean in the window, taken twice. @param {Gray} image @param {number} radius */
const smooth = (image, radius) => windowed(windowed(image, radius, true), radius, true);

/** @param {Gray} image @param {(value: number, i: number) => number} change @returns {Gray} */
const mapped = (image, change) => ({ ...image, values: image.values.map(change) });

/** @param {Gray} image */
const negated = (image) => mapped(image, (value) => -value);

/** The mean, or else the brightest value, of each pixel's window, down and then across; at the edges, of what lies in
    the image. @param {Gray} image @param {number} radius @param {boolean} isMean @returns {Gray} */
function windowed({ width, height, values }, radius, isMean) {
  for (const [lines, step, length, stride] of [
    [width, 1, height, width],
    [height, width, width, 1],
  ]) {
    const from = values;
    values = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let place = 0, pixel = line * step; place < length; place++, pixel += stride) {
        const first = Math.max(place - radius, 0);
        const last = Math.min(place + radius, length - 1);
        let result = isMean ? 0 : -Infinity;
        for (let near = first, at = line * step + first * stride; near <= last; near++, at += stride) {
          if (isMean) result += from[at];
          else if (from[at] > result) result = from[at];
        }
        values[pixel] = isMean ? result / (last - first + 1) : result;
      }
    }
  }
  return { width, height, values };
}

/** An image of another size, by nearest neighbor. @param {Gray} image @param {number} columns @param {number} rows @returns {Gray} */
function resized({ width, height, values }, columns, rows) {
  const place = (/** @type {number} */ i, /** @type {number} */ length, /** @type {number} */ count) =>
    Math.floor(((i + 0.5) * length) / count);
  const taken = new Float32Array(columns * rows);
  for (let y = 0, pixel = 0; y < rows; y++) {
    const row = place(y, height, rows) * width;
    for (let x = 0; x < columns; x++) taken[pixel++] = values[row + place(x, width, columns)];
  }
  return { width: columns, height: rows, values: taken };
}
