/** From pictures of a digit on paper, or on a board, to ink, in any light. The same steps as model/data/photographs.py,
    which says more, in the same working size; the ink differs by rounding alone. */
/** @import { Gray } from "../state/types.js" */
/** @import { Part } from "./components.js" */
import { clip, quantile, sum } from "./math.js";
import { findParts, joined, maskOf, selectDigit, sizeOf } from "./components.js";
import { close, cropped, dilate, erode, grayImage, negated, resize, smooth } from "./filters.js";
import { CANVAS_SIDE } from "./pen.js";
import { ALL_STEPS, resizeDigit } from "./preprocessing.js";
import { removeLines } from "./ruling.js";

export { ImageError } from "./components.js";

export const PHOTOGRAPH_SIDE = 280; // pixels: the longer side that photographs are scaled to
const COARSE = 4; // pixels: the background is estimated from the means of squares of this side, which are free of noise

// In such squares:
const CLOSING = 6; // radius of the closing's window
const NEIGHBORHOOD = 9; // radius of the window in which paper or board is the lighter or darker part

// Brightness and contrast, 0 to 1:
const DARKEST_PAPER = 16 / 255; // on darker paper, noise would look like ink
const DARKEST_CHALK = 0.05;
const LOWEST_CONTRAST = 0.1; // of ink; a photograph with less of it is blank
const CLEAR_CONTRAST = 0.3; // of ink; fainter marks may be noise or shadows:
const EVENNESS = 0.72; // of strokes: their median contrast as a share of the darkest
const SIGNAL_TO_NOISE = 3; // the mean contrast of strokes as a multiple of what 95 % of the background lies below
const MOST_PARTS = 30; // of ink; with more of them, a digit is heavier than all the rest

const EDGE = 0.42; // of the darkest contrast: where a stroke ends
const FADE = [0.25, 0.75]; // of the darkest contrast: what is fainter is background, what is darker is ink
const FRINGE = 2; // pixels around the digit's parts that their soft edges take
const SMALLEST = 0.04; // of the photograph's longer side: anything smaller is a speck
const STROKE = 0.09; // of the digit's longer side: strokes are thickened to this
const FITTED = 110; // pixels of the pad's canvas: the digit's longer side on it

// A clean drawing:
const FAINTEST = 1 / 8; // of the darkest ink: anything paler is the paper's texture or the noise of compression
const LOWEST_DISTANCE = 20; // of 255: an image with less of it is blank
const UNIFORM_TONES = 2; // of 255: so far from the background's tone, compression moves the pixels of a clean drawing
const UNIFORM_SHARE = 0.7; // of the border: an image with less of a uniform background is a photograph

/** A picture without its colors, 0 to 1. @param {ImageData} pixels @returns {Gray} */
export function toGray({ width, height, data }) {
  const gray = grayImage(width, height);
  for (let i = 0, j = 0; i < gray.values.length; i++, j += 4) {
    gray.values[i] = ((19595 * data[j] + 38470 * data[j + 1] + 7471 * data[j + 2] + 32768) >> 16) / 255;
  }
  return gray;
}

/** The ink of any picture in the working size: a drawing, or a photograph. @param {ImageData} pixels
    @throws {ImageError} if there are several digits */
export function inkFromPicture(pixels) {
  const { width, height } = pixels;
  const border = borderOf(width, height);
  const background = [0, 1, 2, 3].map((channel) =>
    Math.floor(
      quantile(
        Float64Array.from(border, (pixel) => pixels.data[4 * pixel + channel]),
        0.5,
      ),
    ),
  );
  if (isPhotograph(pixels, border, background)) return inkFromPhotograph(toGray(pixels));
  const ink = distances(pixels, background);
  const values = Float32Array.from(ink, (tone) => tone / 255);
  const darkest = values.reduce((most, value) => Math.max(most, value), 0);
  const { labels, parts } = findParts(grayImage(width, height, values), darkest / 3);
  selectDigit(labels, parts, width);
  return ink;
}

/** The ink of the digit in a photograph in the working size: 0 is background, 255 ink. If nothing is found, there is none.
    @param {Gray} tones @throws {ImageError} if there are several digits */
export function inkFromPhotograph(tones) {
  const contrast = removeLines(smooth(contrastOf(tones), 1));
  const { width, height, values } = contrast;
  const everywhere = new Uint8Array(values.length);
  const darkest = darkestOf(values);
  const threshold = Math.max(EDGE * darkest, LOWEST_CONTRAST * EDGE);
  const { labels, parts } = findParts(contrast, threshold);
  if (isBlank(values, threshold, darkest, parts)) return everywhere;
  const digit = selectDigit(labels, parts, width);
  const whole = digit.reduce(joined);
  const size = sizeOf(whole);
  if (size < SMALLEST * PHOTOGRAPH_SIDE) return everywhere;
  const margin = FRINGE + Math.ceil((STROKE * size) / 2); // all that the digit may be thickened by
  const [left, top] = [Math.max(whole.left - margin, 0), Math.max(whole.top - margin, 0)];
  const [across, down] = [Math.min(whole.right + margin, width) - left, Math.min(whole.bottom + margin, height) - top];
  const mask = cropped(maskOf(labels, digit, width), left, top, across, down);
  const near = dilate(mask, FRINGE).values;
  const [faintest, full] = FADE;
  const soft = cropped(contrast, left, top, across, down);
  for (let i = 0; i < near.length; i++) {
    soft.values[i] = near[i] ? clip((soft.values[i] / darkest - faintest) / (full - faintest), 0, 1) : 0;
  }
  const ink = thickened(soft, (STROKE * size - strokeWidth(mask)) / 2).values.map((value) => Math.round(255 * value));
  for (let y = 0; y < down; y++) everywhere.set(ink.subarray(y * across, (y + 1) * across), (top + y) * width + left);
  return everywhere;
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

/** How much darker than the paper around it, or how much lighter than the board, each pixel is: 0 to 1.
    @param {Gray} tones */
function contrastOf(tones) {
  const { width, height, values } = tones;
  const coarse = resize(tones, Math.ceil(width / COARSE), Math.ceil(height / COARSE));
  if (!isLightOnDark(coarse)) {
    const paper = resize(smooth(close(coarse, CLOSING), CLOSING / 2), width, height).values;
    const darker = values.map((tone, i) => clip(1 - tone / Math.max(paper[i], DARKEST_PAPER), 0, 1));
    return grayImage(width, height, darker);
  }
  const boards = negated(smooth(close(negated(coarse), CLOSING), CLOSING / 2));
  const board = resize(boards, width, height).values;
  const chalk = resize(smooth(close(coarse, CLOSING), 2 * CLOSING), width, height).values; // as light as it gets here
  const lighter = values.map((tone, i) => clip((tone - board[i]) / Math.max(chalk[i], DARKEST_CHALK), 0, 1));
  return grayImage(width, height, lighter);
}

/** Whether, where contrasts are high, most of the surroundings are dark: then the lighter part is the writing.
    @param {Gray} coarse */
function isLightOnDark({ width, height, values }) {
  const tones = values.map((value) => Math.log(Math.max(value, 0.02)));
  const image = grayImage(width, height, tones);
  const [lightest, darkest] = [dilate(image, NEIGHBORHOOD).values, erode(image, NEIGHBORHOOD).values];
  const spans = lightest.map((light, i) => light - darkest[i]);
  const most = spans.reduce((widest, span) => Math.max(widest, span), 0);
  const weights = spans.map((span) => Math.max(span - 0.25 * most, 0));
  const places = tones.map((tone, i) => ((tone - darkest[i]) / Math.max(spans[i], 1e-3)) * weights[i]);
  return sum(places) < 0.5 * sum(weights);
}

/** The contrast of the darkest ink, but for a few pixels. @param {Float32Array} contrast */
function darkestOf(contrast) {
  const marks = contrast.filter((value) => value > LOWEST_CONTRAST / 2);
  return marks.length ? quantile(marks, 0.99) : 0;
}

/** Whether what was taken for ink is only noise, shadows, and what is left of the lines on empty paper.
    @param {Float32Array} contrast @param {number} threshold @param {number} darkest @param {Part[]} parts */
function isBlank(contrast, threshold, darkest, parts) {
  if (darkest < LOWEST_CONTRAST || !parts.length) return true;
  const weights = parts.map(({ weight }) => weight);
  if (parts.length > MOST_PARTS && Math.max(...weights) < sum(weights) / 2) return true;
  if (darkest >= CLEAR_CONTRAST) return false;
  const strokes = contrast.filter((value) => value > threshold);
  const isEven = quantile(strokes, 0.5) >= EVENNESS * darkest;
  const noise = quantile(
    contrast.filter((value) => !(value > threshold)),
    0.95,
  );
  return !(isEven && sum(strokes) / strokes.length >= SIGNAL_TO_NOISE * noise);
}

/** The mean width of the strokes in a mask, in pixels: twice their area, divided by their outline. @param {Gray} mask */
function strokeWidth({ width, values }) {
  let [area, steps] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    area += values[i];
    if ((i + 1) % width && values[i] !== values[i + 1]) steps++;
    if (i + width < values.length && values[i] !== values[i + width]) steps++;
  }
  return (2 * area) / Math.max(0.8 * steps, 1); // on average over all directions, pi / 4 of a staircase is the line
}

/** Ink with strokes wider by so many pixels on either side: dilated by a square and by diamonds, nearly round.
    @param {Gray} ink @param {number} by */
function thickened(ink, by) {
  const steps = Math.max(Math.round(by), 0);
  const square = Math.floor(steps / 2);
  ink = square ? dilate(ink, square) : ink;
  for (let i = square; i < steps; i++) {
    const { width, height, values } = ink;
    const wider = values.slice();
    for (let y = 0, pixel = 0; y < height; y++) {
      for (let x = 0; x < width; x++, pixel++) {
        if (x > 0 && values[pixel - 1] > wider[pixel]) wider[pixel] = values[pixel - 1];
        if (x < width - 1 && values[pixel + 1] > wider[pixel]) wider[pixel] = values[pixel + 1];
        if (y > 0 && values[pixel - width] > wider[pixel]) wider[pixel] = values[pixel - width];
        if (y < height - 1 && values[pixel + width] > wider[pixel]) wider[pixel] = values[pixel + width];
      }
    }
    ink = grayImage(width, height, wider);
  }
  return ink;
}

/** The outermost pixels. @param {number} width @param {number} height */
function borderOf(width, height) {
  const all = Array.from({ length: width * height }, (_, i) => i);
  return all.filter((i) => i < width || i >= width * (height - 1) || i % width === 0 || i % width === width - 1);
}

/** Whether the border is too uneven for a drawing's background.
    @param {ImageData} pixels @param {number[]} border @param {number[]} background */
function isPhotograph({ data }, border, background) {
  if (data.some((tone, i) => i % 4 === 3 && tone < 255)) return false; // cameras store no transparency
  const isUniform = (/** @type {number} */ pixel) =>
    [0, 1, 2].every((channel) => Math.abs(data[4 * pixel + channel] - background[channel]) <= UNIFORM_TONES);
  return border.filter(isUniform).length < UNIFORM_SHARE * border.length;
}

/** How far the colors of a drawing are from its background's, where that is more than noise; where the background is
    transparent, how opaque the drawing is. @param {ImageData} pixels @param {number[]} background */
function distances({ data, width, height }, background) {
  const ink = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < ink.length; i++, j += 4) {
    const alpha = data[j + 3];
    const distance = Math.max(...[0, 1, 2].map((channel) => Math.abs(data[j + channel] - background[channel])));
    ink[i] = background[3] < 128 ? alpha : distance * (alpha / 255);
  }
  const darkest = ink.reduce((most, tone) => Math.max(most, tone), 0);
  const faintest = darkest < LOWEST_DISTANCE ? LOWEST_DISTANCE : Math.ceil(FAINTEST * darkest);
  return ink.map((tone) => (tone < faintest ? 0 : tone));
}
