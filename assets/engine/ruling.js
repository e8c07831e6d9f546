/** The lines of ruled and squared paper, found by a Hough transform over slopes and heights in which each section of a line
    counts apart and is summed up once for slopes alike, and divided out. As model/data/ruling.py has it, which says more. */
/** @import { Gray } from "../state/types.js" */
import { argmax, clip, quantile } from "./math.js";
import { grayImage, halve, smooth, transposed } from "./filters.js";

const SLOPES = tangents(-22, 22, 1); // the paper may be tilted
const SECTIONS = 8; // of a line; all but one of those in the image must show it, and at least 5
const SURROUNDINGS = 3; // pixels at half size: a line is darker than what lies so near
const FULL_CONTRAST = 0.06; // above the surroundings: more makes no more of a line
const LOWEST_EVIDENCE = 0.38; // of a section, 0 to 1: the mean over its columns
const MOST_LINES = 40; // in each direction
const APART = { slopes: 3, rows: 4 }; // at half size, between two lines
const TURNS = tangents(-0.75, 0.75, 0.25); // that may make a line meet the pixels better
const REACH = 4; // pixels to either side that belong to a line's profile
const BAND = 2 * REACH + 1;
const HALF_WIDTH = 2; // pixels around its darkest row that a line may have
const TYPICAL = 0.6; // quantile along the line: its own contrast, where writing crosses less than 40 % of it
const STRENGTH = 1.15; // of the profile: lines vary along their length
const MOST_CONTRAST = 0.35; // of lines; what is darker was written on them

/** @typedef {{ slope: number, middle: number }} Line `middle` is its height in the middle of the image */

/** Take out straight lines that run through the whole image, within 22 degrees of level or upright.
    @param {Gray} contrast 0 for the background to 1 for the darkest ink */
export function removeLines(contrast) {
  for (let turn = 0; turn < 2; turn++) {
    const lines = findLines(contrast);
    contrast = grayImage(contrast.width, contrast.height, contrast.values.slice());
    for (const line of lines) divideOut(contrast, line);
    contrast = transposed(contrast); // level lines; then, with the image mirrored at its diagonal, upright ones
  }
  return contrast;
}

/** The lines that run through an image from left to right. @param {Gray} contrast */
function findLines(contrast) {
  if (Math.min(contrast.width, contrast.height) < 4 * SECTIONS) return [];
  const half = halve(contrast);
  const around = smooth(half, SURROUNDINGS).values;
  const evidence = half.values.map((value, i) => clip((value - around[i]) / FULL_CONTRAST, 0, 1));
  const { scores, heights, margin } = hough(grayImage(half.width, half.height, evidence));
  const lines = /** @type {Line[]} */ ([]);
  while (lines.length < MOST_LINES) {
    const best = argmax(scores);
    if (!(scores[best] > LOWEST_EVIDENCE)) break;
    const [row, column] = [Math.floor(best / heights), best % heights];
    lines.push({ slope: SLOPES[row], middle: 2 * (column - margin) + 1 });
    for (let i = Math.max(row - APART.slopes, 0); i <= Math.min(row + APART.slopes, SLOPES.length - 1); i++) {
      const from = i * heights + Math.max(column - APART.rows, 0);
      scores.fill(0, from, i * heights + Math.min(column + APART.rows + 1, heights));
    }
  }
  return lines;
}

/** For each slope and each height in the middle, the evidence in the line's second faintest section: slopes x heights; and
    the place of height 0 among the heights. @param {Gray} evidence */
function hough(evidence) {
  const { width, height } = evidence;
  const margin = Math.floor((SLOPES[SLOPES.length - 1] * width) / 2) + 2;
  const heights = height + 2 * margin;
  const { means, rows, steepest } = sectionMeans(evidence, 2 * margin);
  const scores = new Float32Array(SLOPES.length * heights);
  const [faintest, second] = [new Float64Array(heights), new Float64Array(heights)];
  const inside = new Uint8Array(heights);
  SLOPES.forEach((slope, row) => {
    faintest.fill(Infinity);
    second.fill(Infinity);
    inside.fill(0);
    const rise = steepest + Math.floor((slope * width) / SECTIONS + 0.5);
    for (let i = 0; i < SECTIONS; i++) {
      const drop = slope * (((i + 0.5) * width) / SECTIONS - width / 2); // in the section's center, below the line's middle
      const below = Math.floor(drop);
      const above = drop - below; // a height between two rows has its share of both
      const [first, end] = [0, height].map((y) => clip(Math.ceil(y + margin - drop), 0, heights)); // heights in the image
      let place = (rise * SECTIONS + i) * rows + margin + below + first;
      for (let at = first; at < end; at++, place++) {
        const mean = (1 - above) * means[place] + above * means[place + 1];
        second[at] = Math.min(second[at], Math.max(faintest[at], mean));
        faintest[at] = Math.min(faintest[at], mean);
        inside[at]++;
      }
    }
    for (let at = 0; at < heights; at++) if (inside[at] > SECTIONS / 2) scores[row * heights + at] = second[at];
  });
  return { scores, heights, margin };
}

/** The mean evidence along short lines, one through each section, by how many rows they rise in it: rises x sections x rows,
    of which so many are above the image. @param {Gray} evidence @param {number} rim */
function sectionMeans(evidence, rim) {
  const { width, height } = evidence;
  const upright = transposed(evidence).values; // column by column
  const steepest = Math.floor((SLOPES[SLOPES.length - 1] * width) / SECTIONS + 0.5);
  const rows = height + 2 * rim;
  const means = new Float64Array((2 * steepest + 1) * SECTIONS * rows);
  for (let x = 0; x < width; x++) {
    const section = Math.floor((x * SECTIONS) / width);
    const columns = Math.ceil(((section + 1) * width) / SECTIONS) - Math.ceil((section * width) / SECTIONS);
    const aside = ((x + 0.5) * SECTIONS) / width - section - 0.5; // from the section's center, in sections
    const column = upright.subarray(x * height, (x + 1) * height).map((value) => value / columns);
    for (let rise = -steepest; rise <= steepest; rise++) {
      let place = ((rise + steepest) * SECTIONS + section) * rows + rim - Math.floor(rise * aside + 0.5);
      for (let y = 0; y < height; y++) means[place++] += column[y];
    }
  }
  return { means, rows, steepest };
}

/** Take one line out of an image, in place. @param {Gray} contrast @param {Line} line */
function divideOut(contrast, { slope, middle }) {
  const { values, width } = contrast;
  const strips = Array.from(TURNS, (turn) => strip(contrast, slope + turn, middle));
  const pixels = strips[argmax(strips.map((starts) => sharpness(contrast, starts)))];
  if (!pixels.length) return;
  let profile = Float64Array.from({ length: BAND }, (_, i) =>
    quantile(
      pixels.map((start) => values[start + i * width]),
      TYPICAL,
    ),
  );
  const [darkest, usual] = [argmax(profile), quantile(profile, 0.5)];
  profile = profile.map((tone, i) => (Math.abs(i - darkest) > HALF_WIDTH ? 0 : Math.max(tone - usual / 2, 0)));
  const through = profile.map((tone) => Math.max(1 - STRENGTH * tone, 0.1));
  for (const start of pixels) {
    for (let i = 0; i < BAND; i++) {
      const pixel = start + i * width;
      values[pixel] = Math.max(1 - (1 - values[pixel]) / through[i], 0);
    }
  }
}

/** The uppermost pixel of the band around a line, for each column in which all of the band is in the image.
    @param {Gray} image @param {number} slope @param {number} middle */
function strip({ width, height }, slope, middle) {
  const starts = new Float64Array(width);
  let count = 0;
  for (let x = 0; x < width; x++) {
    const y = Math.floor(middle + slope * (x - (width - 1) / 2) + 0.5);
    if (y >= REACH && y < height - REACH) starts[count++] = (y - REACH) * width + x;
  }
  return starts.subarray(0, count);
}

/** How far the darkest row of a band stands out. @param {Gray} contrast @param {Float64Array} starts */
function sharpness({ values, width }, starts) {
  const profile = new Float64Array(BAND);
  for (const start of starts) {
    for (let i = 0; i < BAND; i++) profile[i] += Math.min(values[start + i * width], MOST_CONTRAST);
  }
  return (Math.max(...profile) - quantile(profile, 0.5)) / Math.max(starts.length, 1);
}

/** Of angles in degrees, from one to another. @param {number} first @param {number} last @param {number} step */
function tangents(first, last, step) {
  const count = Math.round((last - first) / step) + 1;
  return Float32Array.from({ length: count }, (_, i) => Math.tan(((first + i * step) * Math.PI) / 180));
}
