/** Filters of gray images: what morphology and smoothing need, with square windows. As model/data/filters.py has them. */
/** @import { Gray } from "../state/types.js" */

/** @param {number} width @param {number} height @param {Float32Array} [values] @returns {Gray} */
export function grayImage(width, height, values = new Float32Array(width * height)) {
  return { width, height, values };
}

/** The brightest value in a window of 2 radius + 1 pixels a side, around each pixel. @param {Gray} image @param {number} radius */
export function dilate(image, radius) {
  return alongBothAxes(image, (from, to, start, stride, length) => {
    const end = start + length * stride;
    const reach = radius * stride;
    let most = Infinity; // of the window before: searched anew only where its brightest pixel has left the window
    for (let pixel = start; pixel < end; pixel += stride) {
      const [gone, last] = [pixel - reach - stride, Math.min(pixel + reach, end - stride)];
      if (gone < start ? pixel > start : from[gone] < most) {
        if (from[last] > most) most = from[last];
      } else {
        most = -Infinity;
        for (let near = Math.max(gone + stride, start); near <= last; near += stride) {
          if (from[near] > most) most = from[near];
        }
      }
      to[pixel] = most;
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
  const once = new Float32Array(Math.max(image.width, image.height)); // a line after the first of two times
  return alongBothAxes(image, (from, to, start, stride, length) => {
    mean(radius, length, from, start, stride, once, 0, 1);
    mean(radius, length, once, 0, 1, to, start, stride);
  });
}

/** @param {Gray} image */
export function negated({ width, height, values }) {
  return grayImage(
    width,
    height,
    values.map((value) => -value),
  );
}

/** A part of the image. @param {Gray} image @param {number} left @param {number} top @param {number} width @param {number} height */
export function cropped(image, left, top, width, height) {
  const part = grayImage(width, height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * image.width + left;
    part.values.set(image.values.subarray(start, start + width), y * width);
  }
  return part;
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

let between = new Float32Array(0); // what alongBothAxes has after the first axis, kept from call to call

/** Filter each column, then each row. @param {Gray} image @param {LineFilter} filter */
function alongBothAxes({ width, height, values }, filter) {
  if (between.length < values.length) between = new Float32Array(values.length);
  for (let x = 0; x < width; x++) filter(values, between, x, width, height);
  const filtered = grayImage(width, height);
  for (let y = 0; y < height; y++) filter(between, filtered.values, y * width, 1, width);
  return filtered;
}

/** The moving mean of a line. @type {(radius: number, length: number, from: Float32Array, start: number, stride: number,
      to: Float32Array, toStart: number, toStride: number) => void} */
function mean(radius, length, from, start, stride, to, toStart, toStride) {
  const side = 2 * radius + 1;
  let total = 0;
  let count = 0;
  for (let next = 0; next < length + radius; next++) {
    if (next < length) {
      total += from[start + next * stride];
      count++;
    }
    if (next >= side) {
      total -= from[start + (next - side) * stride];
      count--;
    }
    if (next >= radius) to[toStart + (next - radius) * toStride] = total / count;
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
