/** The connected parts of a mask, and which of them make one digit. As model/data/components.py has it. */
/** @import { Gray } from "../state/types.js" */
import { dilate, grayImage } from "./filters.js";

export class ImageError extends Error {}

const SEVERAL = "There are several digits in this picture; show one.";
// As shares of the digit's longer side, height, area or weight:
const NEAR = 0.22; // gap up to which a small part belongs to a digit: the top of a 5, the bar of a 7
const [SPECK_AREA, SPECK_WEIGHT] = [0.015, 0.02];
const [AS_TALL, AS_HEAVY] = [0.5, 0.2]; // height and weight from which another part is a digit of its own
const TORN = 0.08; // gap up to which large parts belong together: a stroke that was interrupted
const ABOVE = 0.12; // gap, as a share of both together, up to which parts above each other do: an 8 of two circles
const OVERLAP = 0.5; // of the smaller one's side: digits beside each other overlap by less across, and by more down
const CUT_OFF = 0.3; // weight of what touches the picture's edge

/** A connected part: its label, its bounding box (right and bottom are the first pixels past it), its area in pixels, its
    weight, which is the sum of its contrasts, and whether it touches the edge of the image.
    @typedef {{ label: number, left: number, top: number, right: number, bottom: number, area: number, weight: number,
      isCutOff: boolean }} Part */

/** Label the connected parts of what is darker than a threshold, corners included: labels from 1, 0 for the background.
    @param {Gray} contrast @param {number} threshold */
export function findParts({ width, height, values }, threshold) {
  const labels = new Uint32Array(values.length);
  const waiting = new Uint32Array(values.length);
  const parts = /** @type {Part[]} */ ([]);
  for (let first = 0; first < values.length; first++) {
    if (labels[first] || !(values[first] > threshold)) continue;
    const label = parts.length + 1;
    let [left, top, right, bottom, area, weight] = [width, height, 0, 0, 0, 0];
    let count = 1;
    [waiting[0], labels[first]] = [first, label];
    while (count) {
      const pixel = waiting[--count];
      const x = pixel % width;
      const y = (pixel - x) / width;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      area += 1;
      weight += values[pixel];
      for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
        for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
          const next = row * width + column;
          if (labels[next] || !(values[next] > threshold)) continue;
          labels[next] = label;
          waiting[count++] = next;
        }
      }
    }
    const isCutOff = !left || !top || right === width || bottom === height;
    parts.push({ label, left, top, right, bottom, area, weight, isCutOff });
  }
  return { labels, parts };
}

/** Set what belongs to some parts: 1, elsewhere 0.
    @param {Uint32Array} labels @param {Part[]} parts @param {number} width */
export function maskOf(labels, parts, width) {
  const wanted = new Uint8Array(parts.reduce((most, { label }) => Math.max(most, label), 0) + 1);
  for (const { label } of parts) wanted[label] = 1;
  const mask = grayImage(width, labels.length / width);
  for (let i = 0; i < labels.length; i++) mask.values[i] = wanted[labels[i]] ?? 0;
  return mask;
}

/** The parts that make the digit of a picture: the weightiest one, and what belongs to it.
    @param {Uint32Array} labels @param {Part[]} parts @param {number} width of the image
    @throws {ImageError} if there is another digit beside it */
export function selectDigit(labels, parts, width) {
  if (!parts.length) return [];
  const rank = (/** @type {Part} */ { weight, isCutOff }) => weight * (isCutOff ? CUT_OFF : 1);
  const main = parts.reduce((best, part) => (rank(part) > rank(best) ? part : best));
  const isSpeck = (/** @type {Part} */ { area, weight }) =>
    area < SPECK_AREA * main.area || weight < SPECK_WEIGHT * main.weight;
  let others = parts.filter((part) => part !== main && !part.isCutOff && !isSpeck(part));
  let [digit, whole] = [[main], main];
  for (;;) {
    const near = others.filter((part) => belongs(labels, width, part, digit, whole));
    if (!near.length) break;
    digit = [...digit, ...near];
    others = others.filter((part) => !near.includes(part));
    whole = near.reduce(joined, whole);
  }
  if (others.some((part) => isAsLarge(part, whole))) throw new ImageError(SEVERAL);
  return digit;
}

/** Whether a part is a stroke of the digit, whose parts together are the whole, not a digit of its own.
    @type {(labels: Uint32Array, width: number, part: Part, digit: Part[], whole: Part) => boolean} */
function belongs(labels, width, part, digit, whole) {
  const across = Math.max(part.left, whole.left) - Math.min(part.right, whole.right);
  const down = Math.max(part.top, whole.top) - Math.min(part.bottom, whole.bottom);
  const gap = Math.max(across, down);
  if (!isAsLarge(part, whole)) return gap <= NEAR * sizeOf(whole);
  const isApart = -across < OVERLAP * Math.min(part.right - part.left, whole.right - whole.left);
  const isLevel = -down >= OVERLAP * Math.min(heightOf(part), heightOf(whole));
  if (!(isApart && isLevel)) return gap <= ABOVE * sizeOf(joined(whole, part));
  const reach = Math.round(TORN * sizeOf(whole));
  if (gap > reach) return false;
  const around = dilate(maskOf(labels, digit, width), reach).values;
  return labels.some((label, i) => label === part.label && around[i] > 0);
}

/** Whether a part may be a digit of its own: the top of a 5 may be as wide as the rest, but it is flat.
    @param {Part} part @param {Part} whole */
function isAsLarge(part, whole) {
  const [a, b] = [heightOf(part), heightOf(whole)];
  return Math.min(a, b) >= AS_TALL * Math.max(a, b) && part.weight >= AS_HEAVY * whole.weight;
}

/** Both parts, as one. @param {Part} a @param {Part} b @returns {Part} */
export function joined(a, b) {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  const [right, bottom] = [Math.max(a.right, b.right), Math.max(a.bottom, b.bottom)];
  const [area, weight, isCutOff] = [a.area + b.area, a.weight + b.weight, a.isCutOff || b.isCutOff];
  return { label: a.label, left, top, right, bottom, area, weight, isCutOff };
}

/** @param {Part} part */
const heightOf = ({ top, bottom }) => bottom - top;

/** The longer side. @param {Part} part */
export const sizeOf = (part) => Math.max(heightOf(part), part.right - part.left);
