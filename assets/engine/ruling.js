/** The lines of ruled and squared paper, found by a Hough transform over slopes and heights in which each section of a line
    counts apart, and divided out. As model/data/ruling.py has it, which says more. */
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
  const upright = transposed(evidence).values; // column by column
  const margin = Math.floor((SLOPES[SLOPES.length - 1] * width) / 2) + 2;
  const heights = height + 2 * margin;
  const section = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * SECTIONS) / width));
  const columns = new Uint32Array(SECTIONS);
  for (const of of section) columns[of]++;
  const votes = new Float64Array(SECTIONS * heights);
  const scores = new Float32Array(SLOPES.length * heights);
  SLOPES.forEach((slope, row) => {
    votes.fill(0);
    for (let x = 0; x < width; x++) {
      const rise = margin - slope * (x - (width - 1) / 2);
      const above = rise - Math.floor(rise); // a pixel between two heights counts for both
      let place = section[x] * heights + Math.floor(rise);
      let rest = 0;
      for (let pixel = x * height; pixel < (x + 1) * height; pixel++) {
        votes[place++] += rest + (1 - above) * upright[pixel];
        rest = above * upright[pixel];
      }
      votes[place] += rest;
    }
    for (let at = 0; at < heights; at++) {
      let [inside, faintest, second] = [0, Infinity, Infinity];
      for (let i = 0; i < SECTIONS; i++) {
        const y = at - margin + slope * (((i + 0.5) * width) / SECTIONS - width / 2);
        if (y < 0 || y >= height) continue;
        inside++;
        const share = votes[i * heights + at] / Math.max(columns[i], 1);
        second = Math.min(second, Math.max(faintest, share));
        faintest = Math.min(faintest, share);
      }
      if (inside > SECTIONS / 2) scores[row * heights + at] = second;
    }
  });
  return { scores, heights, margin };
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
  const starts = [];
  for (let x = 0; x < width; x++) {
    const y = Math.floor(middle + slope * (x - (width - 1) / 2) + 0.5);
    if (y >= REACH && y < height - REACH) starts.push((y - REACH) * width + x);
  }
  return Float64Array.from(starts);
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
