/** The ten probabilities over the course of a drawing, as areas that fill the height together. */
/** @import { Moment } from "./timeline.js" */
import { DIGITS } from "../../engine/classifier.js";
import { clip } from "../../engine/math.js";
import { create, svg } from "../../parts/dom.js";

const NARROWEST = 0.05; // of the chart's width: an area that holds its label is at least so wide
const LOWEST = 0.14; // and so high, of its height

/** How far right a moment lies, 0 to 1. @type {(i: number, count: number) => number} */
export const across = (i, count) => (count > 1 ? i / (count - 1) : 1);

/** @param {SVGElement} chart @param {HTMLElement} labels */
export function createAreas(chart, labels) {
  const areas = Array.from({ length: DIGITS }, (_, digit) =>
    svg("path", { class: "replay-area", style: `--digit: var(--digit-${digit})` }),
  );
  const boundaries = svg("path", { class: "replay-boundaries" });
  chart.append(...areas, boundaries);

  /** @param {Moment[]} moments @param {number[]} strokeEnds the moments at which a stroke ends */
  return (moments, strokeEnds) => {
    // The first digit's area is on top, so that they come in the order of the list beside the chart.
    const edges = moments.map(({ probabilities }) => {
      let total = 0;
      return [0, ...Array.from(probabilities, (share) => (total += share))];
    });
    areas.forEach((area, digit) => area.setAttribute("d", outline(edges, digit)));
    boundaries.setAttribute("d", strokeEnds.map((i) => `M${1000 * across(i, moments.length)} 0V1000`).join(""));
    labels.replaceChildren(...objections(moments), ...areas.flatMap((_, digit) => labelsOf(moments, edges, digit)));
  };
}

/** A digit's area: along its upper edge, and back along its lower one. @type {(edges: number[][], digit: number) => string} */
function outline(edges, digit) {
  if (edges.length === 1) return `M0 ${1000 * edges[0][digit]}H1000V${1000 * edges[0][digit + 1]}H0z`;
  const edge = (/** @type {number} */ which) =>
    edges.map((heights, i) => `${(1000 * across(i, edges.length)).toFixed(1)} ${(1000 * heights[which]).toFixed(1)}`);
  return edges.length ? `M${[...edge(digit), ...edge(digit + 1).reverse()].join("L")}z` : "";
}

/** Hatching where the non-digit detector objects: around each of these moments, half the way to its neighbors.
    @param {Moment[]} moments */
function objections(moments) {
  const edge = (/** @type {number} */ i) => 100 * clip(across(i, moments.length), 0, 1);
  return moments.flatMap(({ verdict }, i) => {
    if (verdict !== "not a digit") return [];
    const [left, right] = moments.length > 1 ? [edge(i - 0.5), edge(i + 0.5)] : [0, 100];
    return [create("i", { style: `left: ${left}%; width: ${right - left}%` })];
  });
}

/** A label for each stretch in which a digit's area is wide and high enough.
    @type {(moments: Moment[], edges: number[][], digit: number) => HTMLElement[]} */
function labelsOf(moments, edges, digit) {
  const count = moments.length;
  const found = [];
  const isHigh = (/** @type {number} */ i) => moments[i]?.probabilities[digit] >= LOWEST;
  for (let start = 0; start < count; start++) {
    if (!isHigh(start)) continue;
    let end = start;
    while (isHigh(end + 1)) end++;
    if (count === 1 || across(end, count) - across(start, count) >= NARROWEST) {
      const middle = Math.round((start + end) / 2);
      const top = (edges[middle][digit] + edges[middle][digit + 1]) / 2;
      const left = count > 1 ? across(middle, count) : 0.5;
      found.push(create("span", { style: `left: ${100 * left}%; top: ${100 * top}%` }, String(digit)));
    }
    start = end;
  }
  return found;
}
