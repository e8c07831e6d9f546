/** Ink to the 28 x 28 pixels of an image as MNIST's were made. The same arithmetic as model/preprocessing.py, in whole
    numbers, so the two agree bit by bit. */
/** @import { Rectangle, Steps } from "../state/types.js" */
import { clip } from "./math.js";

export const SIDE = 28; // of the image
export const BOX = 20; // the digit's longer side in it
const SMALLEST_BOX = 10; // pixels; anything smaller is not enlarged to fill the image
const SOFT_EDGE = 3; // ink fainter than the darkest divided by this does not count for the bounding box

/** @type {Steps} */
export const ALL_STEPS = Object.freeze({ crop: true, square: true, resize: true, center: true });

/** Preprocess ink: a Uint8Array of 28 x 28. No ink gives an empty image.
    @param {Uint8Array} ink width x height @param {number} width @param {number} height @param {Steps} [steps] */
export function preprocess(ink, width, height, steps = ALL_STEPS) {
  return preprocessingStages(ink, width, height, steps).image;
}

/** The same, with what each step found: the ink's bounding box; the same, padded to a square; the digit, resized to
    cells x cells, 20, or 28 where that step is left out; and how far from the image's left and upper edge it is pasted.
    Without ink there is only the image, which is empty.
    @param {Uint8Array} ink @param {number} width @param {number} height @param {Steps} steps */
export function preprocessingStages(ink, width, height, steps) {
  const image = new Uint8Array(SIDE * SIDE);
  const cells = steps.resize ? BOX : SIDE;
  const found = resizeDigit(ink, width, height, steps, cells);
  return found ? { image, cells, ...found, ...paste(found.digit, cells, image, steps.center) } : { image, crop: null };
}

/** Crop the digit, pad it to a square, and resize that to cells x cells; null without ink.
    @param {Uint8Array} ink @param {number} width @param {number} height @param {Steps} steps @param {number} cells */
export function resizeDigit(ink, width, height, steps, cells) {
  const crop = boundingBox(ink, width, height, steps.crop);
  if (!crop) return null;
  const square = steps.square ? padToSquare(crop) : crop;
  return { crop, square, digit: rescale(areas(ink, width, height, square, cells)) };
}

/** The bounding box of the ink but for its soft edges; null where there is none.
    @param {Uint8Array} ink @param {number} width @param {number} height @param {boolean} isTight false takes all pixels, if
    there is any ink @returns {Rectangle | null} */
function boundingBox(ink, width, height, isTight) {
  let darkest = 0;
  for (let pixel = 0; pixel < ink.length; pixel++) if (ink[pixel] > darkest) darkest = ink[pixel];
  if (!darkest) return null;
  if (!isTight) return { left: 0, top: 0, width, height };
  const softEdge = Math.floor(darkest / SOFT_EDGE);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (ink[pixel] <= softEdge) continue; // most of a canvas is empty
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** The shorter side of a box padded to the length of the longer one. @param {Rectangle} box @returns {Rectangle} */
function padToSquare({ left, top, width, height }) {
  const side = Math.max(width, height, SMALLEST_BOX);
  const before = (/** @type {number} */ length) => Math.floor((side - length) / 2);
  return { left: left - before(width), top: top - before(height), width: side, height: side };
}

/** The ink that falls into each of cells x cells of a box, each pixel weighed by the area that it shares with the cell.
    @param {Uint8Array} ink @param {number} width @param {number} height @param {Rectangle} box @param {number} cells */
function areas(ink, width, height, box, cells) {
  const area = new Float64Array(cells * cells);
  const columns = Array.from({ length: cells }, (_, column) => overlaps(column, box.left, box.width, cells, width));
  for (let row = 0, cell = 0; row < cells; row++) {
    const rows = overlaps(row, box.top, box.height, cells, height);
    for (let column = 0; column < cells; column++, cell++) {
      const { first, weights } = columns[column];
      let total = 0;
      for (let j = 0; j < rows.weights.length; j++) {
        const start = (rows.first + j) * width + first;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i] * ink[start + i];
        total += rows.weights[j] * sum;
      }
      area[cell] = total;
    }
  }
  return area;
}

/** The pixels along one axis that a cell of a box touches: the first, and how much of each lies in the cell, where a
    pixel's length is `cells`. The box has `start` and `side` in pixels, the axis has `length`.
    @param {number} cell @param {number} start @param {number} side @param {number} cells @param {number} length */
function overlaps(cell, start, side, cells, length) {
  const from = cell * side;
  const to = from + side;
  const first = Math.max(start + Math.floor(from / cells), 0);
  const last = Math.min(start + Math.ceil(to / cells), length);
  const weights = [];
  for (let place = first; place < last; place++) {
    const pixel = cells * (place - start);
    weights.push(Math.min(pixel + cells, to) - Math.max(pixel, from));
  }
  return { first, weights };
}

/** Areas to tones from 0 to 255: the brightest cell becomes 255. @param {Float64Array} area */
function rescale(area) {
  const brightest = area.reduce((most, cell) => Math.max(most, cell), 1);
  return new Uint8Array(area.map((cell) => Math.floor((510 * cell + brightest) / (2 * brightest))));
}

/** Paste the digit into the image, moved by whole pixels so that its center of mass lands near the middle.
    @param {Uint8Array} digit cells x cells @param {number} cells @param {Uint8Array} image
    @param {boolean} byMass false puts the digit itself in the middle */
function paste(digit, cells, image, byMass) {
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let cell = 0; cell < digit.length; cell++) {
    mass += digit[cell];
    momentX += digit[cell] * (2 * (cell % cells) + 1);
    momentY += digit[cell] * (2 * Math.floor(cell / cells) + 1);
  }
  const space = SIDE - cells;
  const shift = (/** @type {number} */ moment) =>
    byMass ? clip(Math.floor((30 * mass - moment) / (2 * mass)), 0, space) : space / 2;
  const [right, down] = [shift(momentX), shift(momentY)];
  for (let row = 0; row < cells; row++) {
    image.set(digit.subarray(row * cells, (row + 1) * cells), (down + row) * SIDE + right);
  }
  return { right, down };
}
