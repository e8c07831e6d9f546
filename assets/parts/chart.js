/** Charts as templates: curves over the steps of a training.

    All that is drawn over steps shares one logarithmic axis, log10(1 + step): the early steps, where most happens, get the
    room. Charts have no size of their own: places are shares of width and height. */
import { clip } from "../engine/math.js";
import { html, nothing, svg } from "../vendor/lit-html.js";
import { grouped, percent } from "./numbers.js";

/** Numbers are not finite where a training diverged. @typedef {{ step: number, loss: number, accuracy: number }} Measured */
/** A curve's marks are rings; its name stands at its end.
 *  @typedef {{ points: readonly Measured[], marks?: readonly Measured[], name?: string, isChosen?: boolean }} Curve
 *  @typedef {{ of: "loss" | "accuracy", low: number, high: number, scale: (value: number) => number, ticks: number[],
 *    format: (tick: number) => string }} YAxis */

const GUESSING = Math.log(10); // the loss of ten equal probabilities
/** @type {YAxis} */
export const LOSS = {
  ...{ of: "loss", low: 0.01, high: 5, scale: Math.log, ticks: [0.02, 0.1, 0.5, GUESSING] },
  format: (loss) => (loss === GUESSING ? "guessing" : String(loss)),
};
/** @type {YAxis} */
export const ACCURACY = {
  ...{ of: "accuracy", low: 0, high: 1, scale: Number, ticks: [0, 0.5, 1] },
  format: (share) => percent(share, 0),
};
const APART = 0.07; // of the width: numbers so far apart do not touch
const ROUND_STEPS = [0, 1, 10, 100, 1000, 10_000, 100_000];

/** Where a step lies on the axis of steps, as a share of its width. @param {number} step @param {number} last of the axis */
export const placeOf = (step, last) => Math.log10(1 + step) / Math.log10(1 + Math.max(last, 1));

/** Some of the steps, so far apart that what is written at them does not touch; the last one is among them.
    @param {number[]} steps in order @param {number} last */
export function spread(steps, last) {
  let next = Infinity;
  const kept = steps.toReversed().filter((step) => {
    const isFree = placeOf(step, last) <= next - APART;
    if (isFree) next = placeOf(step, last);
    return isFree;
  });
  return kept.reverse();
}

/** Curves over steps. The cursor is a vertical line; the description says the same in words.
    @param {Curve[]} curves @param {number} last step of the axis @param {YAxis} y @param {number | null} cursor
    @param {string} description */
export function stepChart(curves, last, y, cursor, description) {
  const [bottom, top] = [y.scale(y.low), y.scale(y.high)];
  const down = (/** @type {number} */ value) => (top - y.scale(clip(value, y.low, y.high))) / (top - bottom);
  const x = (/** @type {number} */ step) => placeOf(step, last);
  const isNumber = (/** @type {Measured} */ point) => Number.isFinite(point[y.of]);
  const places = (/** @type {readonly Measured[]} */ points) =>
    points.filter(isNumber).map((point) => [x(point.step), down(point[y.of])]);
  const at = (/** @type {number[]} */ [left, top]) => `--x: ${left}; --y: ${top}`;
  return html`<div class="chart" role=${description ? "img" : nothing} aria-label=${description || nothing}>
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path class="chart-grid" d=${y.ticks.map((tick) => `M0 ${down(tick)}H1`).join("")} />
      ${curves.map(
        ({ points, isChosen }) =>
          svg`<polyline class=${isChosen ? "is-chosen" : ""} points=${places(points).join(" ")} />`,
      )}
      ${cursor === null ? nothing : svg`<path d=${`M${x(cursor)} 0V1`} />`}
    </svg>
    ${y.ticks.map((tick) => html`<span class="chart-tick" style="--y: ${down(tick)}">${y.format(tick)}</span>`)}
    ${curves.map(({ points, marks = [], name = "" }) => {
      const [end] = places(points).slice(-1);
      const text = points.every(isNumber) ? name : `✕ ${name}`;
      return html`${places(marks).map((mark) => html`<i style=${at(mark)}></i>`)}
      ${end ? html`<span class="chart-end" style=${at(end)}>${text}</span>` : nothing}`;
    })}
  </div>`;
}

/** The numbers under the axis of steps. @param {number} last */
export function stepAxis(last) {
  const steps = spread([...ROUND_STEPS.filter((step) => step < last), last], last);
  return html`<div class="chart-axis" aria-hidden="true">
    ${steps.map((step) => html`<span style="--x: ${placeOf(step, last)}">${grouped(step)}</span>`)}
  </div>`;
}
