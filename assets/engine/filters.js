/** Filters of gray images: what morphology and smoothing need, with square windows. As model/data/filters.py has them. */
/** @import { Gray } from "../state/types.js" */

/** @param {number} width @param {number} height @param {Float32Array} [values] @returns {Gray} */
export function grayImage(width, height, values = new Float32Array(width * height)) {
  return { width, height, values };
}

/** The brightest value in a window of 2 radius + 1 pixels a side, around each pixel. @param {Gray} image @param {number} radius */
export function dilate(image, radius) {
  return alongBothAxes(image, (from, to, start, stride, length) => {
    for (let i = 0; i < length; i++) {
      const last = Math.min(i + radius, length - 1);
      let most = -Infinity;
      for (let j = Math.max(i - radius, 0); j <= last; j++) {
        const value = from[start + j * stride];
        if (value > most) most = value;
      }
      to[start + i * stride] = most;
    }
  });
}

/** The darkest value in the same window. @param {Gray} image @param {number} radius */
export function erode(image, radius) {
  return negated(dilate(negated(image), radius));
}

/** The image without what is darker than its surroundings and narrower than the window.
    @param {Gray} image @param {number} radius */
export function close(image, radius) {
  return erode(dilate(image, radius), radius);
}

/** The mean in the window, taken twice; at the edges, of what lies in the image. @param {Gray} image @param {number} radius */
export function smooth(image, radius) {
  const once = alongBothAxes(image, (...line) => mean(radius, ...line));
  return alongBothAxes(once, (...line) => mean(radius, ...line));
}

/** @param {Gray} image */
export function negated({ width, height, values }) {
  return grayImage(
    width,
    height,
    values.map((value) => -value),
  );
}

/** The image mirrored at its diagonal. @param {Gray} image */
export function transposed({ width, height, values }) {
  const mirrored = grayImage(height, width);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) mirrored.values[x * height + y] = values[pixel];
  }
  return mirrored;
}

/** The image at half its size: the means of 2 x 2 pixels; a last odd row or column is left out. @param {Gray} image */
export function halve(image) {
  const { values } = image;
  const half = grayImage(image.width >> 1, image.height >> 1);
  for (let y = 0, pixel = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++, pixel++) {
      const upper = 2 * (y * image.width + x);
      const lower = upper + image.width;
      half.values[pixel] = (values[upper] + values[upper + 1] + values[lower] + values[lower + 1]) / 4;
    }
  }
  return half;
}

/** The image in another size: the mean of the pixels where it shrinks, interpolated linearly where it grows.
    @param {Gray} image @param {number} width @param {number} height */
export function resize(image, width, height) {
  const [columns, rows] = [shares(image.width, width), shares(image.height, height)];
  const wide = grayImage(width, image.height);
  for (let y = 0, pixel = 0; y < image.height; y++) {
    for (const { first, weights } of columns) {
      wide.values[pixel++] = weighted(image.values, y * image.width + first, 1, weights);
    }
  }
  const resized = grayImage(width, height);
  for (let y = 0, pixel = 0; y < height; y++) {
    const { first, weights } = rows[y];
    for (let x = 0; x < width; x++) resized.values[pixel++] = weighted(wide.values, first * width + x, width, weights);
  }
  return resized;
}

/** @typedef {(from: Float32Array, to: Float32Array, start: number, stride: number, length: number) => void} LineFilter */

/** Filter each column, then each row. @param {Gray} image @param {LineFilter} filter */
function alongBothAxes({ width, height, values }, filter) {
  const [between, across] = [new Float32Array(values.length), new Float32Array(values.length)];
  for (let x = 0; x < width; x++) filter(values, between, x, width, height);
  for (let y = 0; y < height; y++) filter(between, across, y * width, 1, width);
  return grayImage(width, height, across);
}

/** The moving mean. @type {(radius: number, ...line: Parameters<LineFilter>) => void} */
function mean(radius, from, to, start, stride, length) {
  let total = 0;
  for (let next = 0; next < length + radius; next++) {
    const gone = next - 2 * radius - 1;
    if (next < length) total += from[start + next * stride];
    if (gone >= 0) total -= from[start + gone * stride];
    const count = Math.min(next + 1, length) - Math.max(gone + 1, 0);
    if (next >= radius) to[start + (next - radius) * stride] = total / count;
  }
}

/** Of each new pixel along an axis: the first pixel that it is made of, and the shares of that one and those after it.
    @param {number} length @param {number} newLength */
function shares(length, newLength) {
  const scale = length / newLength;
  const isShrinking = scale > 1;
  const reach = isShrinking ? scale / 2 : 1;
  return Array.from({ length: newLength }, (_, place) => {
    const center = (place + 0.5) * scale;
    const first = Math.max(Math.floor(center - reach + 0.5), 0);
    const last = Math.min(Math.floor(center + reach + 0.5), length);
    const weights = new Float64Array(last - first);
    for (let i = 0; i < weights.length; i++) {
      const distance = Math.abs(first + i - center + 0.5);
      weights[i] = isShrinking ? Number(distance <= reach) : Math.max(1 - distance, 0);
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/** @param {Float32Array} values @param {number} start @param {number} stride @param {Float64Array} weights */
function weighted(values, start, stride, weights) {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] * values[start + i * stride];
  return total;
}
