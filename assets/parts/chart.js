/** Charts as templates: curves over the steps of a training, and a confusion matrix.

    All that is drawn over steps shares one logarithmic axis, log10(1 + step): the early steps, where most happens, get the
    room. Charts have no size of their own: places are shares of width and height. */
import { clip, sum } from "../engine/math.js";
import { html, nothing, svg } from "../vendor/lit-html.js";
import { grouped } from "./numbers.js";

/** A curve; y is not finite where a training diverged. Its marks are rings; its name stands at its end.
 * @typedef {{ points: [step: number, y: number][], marks: [step: number, y: number][], name: string, isChosen: boolean }} Curve
 *
 * @typedef {{ low: number, high: number, isLogarithmic?: boolean, ticks: number[], format: (tick: number) => string }} YAxis */

const ROUND_STEPS = [0, 1, 10, 100, 1000, 10_000, 100_000];

/** Where a step lies on the axis of steps, as a share of its width. @param {number} step @param {number} last of the axis */
export const placeOf = (step, last) => Math.log10(1 + step) / Math.log10(1 + Math.max(last, 1));

/** Some of the steps, so far apart that what is written at them does not touch; the last one is among them.
    @param {number[]} steps in order @param {number} last @param {number} [apart] share of the width */
export function spread(steps, last, apart = 0.07) {
  let next = Infinity;
  const kept = steps.toReversed().filter((step) => {
    const isFree = placeOf(step, last) <= next - apart;
    if (isFree) next = placeOf(step, last);
    return isFree;
  });
  return kept.reverse();
}

/** Curves over steps. The cursor is a vertical line; the description says the same in words.
    @param {Curve[]} curves @param {number} last step of the axis @param {YAxis} y @param {number | null} cursor
    @param {string} description */
export function stepChart(curves, last, y, cursor, description) {
  const on = y.isLogarithmic ? (/** @type {number} */ value) => Math.log(Math.max(value, y.low / 2)) : Number;
  const down = (/** @type {number} */ value) =>
    1 - (clip(on(value), on(y.low), on(y.high)) - on(y.low)) / (on(y.high) - on(y.low));
  const x = (/** @type {number} */ step) => placeOf(step, last);
  const places = (/** @type {[number, number][]} */ points) =>
    points.flatMap(([step, value]) => (Number.isFinite(value) ? [[x(step), down(value)]] : []));
  const at = (/** @type {number[]} */ [left, top]) => `--x: ${left}; --y: ${top}`;
  const ticks = y.ticks.filter((tick) => tick >= y.low && tick <= y.high);
  return html`<div class="chart" role=${description ? "img" : nothing} aria-label=${description || nothing}>
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path class="chart-grid" d=${ticks.map((tick) => `M0 ${down(tick)}H1`).join("")} />
      ${curves.map(
        ({ points, isChosen }) =>
          svg`<polyline class=${isChosen ? "is-chosen" : ""} points=${places(points).join(" ")} />`,
      )}
      ${cursor === null ? nothing : svg`<path d=${`M${x(cursor)} 0V1`} />`}
    </svg>
    ${ticks.map((tick) => html`<span class="chart-tick" style="--y: ${down(tick)}">${y.format(tick)}</span>`)}
    ${curves.map(({ points, marks, name }) => {
      const [end] = places(points).slice(-1);
      const text = points.every(([, value]) => Number.isFinite(value)) ? name : `✕ ${name}`;
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

/** A confusion matrix: a row for each digit, a column for each prediction; `open` makes its cells buttons.
    @param {number[][]} matrix @param {((digit: number, predicted: number) => void) | null} open
    @param {number[] | null} [chosen] digit and prediction of the cell that is open */
export function confusionMatrix(matrix, open, chosen = null) {
  const most = Math.max(1, ...matrix.flatMap((row, digit) => row.filter((_, predicted) => predicted !== digit)));
  const cell = (/** @type {number} */ count, /** @type {number} */ digit, /** @type {number} */ predicted) => {
    const isRight = digit === predicted;
    const name = `${digit} classified ${isRight ? "correctly" : `as ${predicted}`}: ${count}`;
    const share = isRight ? 0 : count / most;
    const isChosen = chosen?.[0] === digit && chosen[1] === predicted;
    const content =
      open && count
        ? html`<button type="button" aria-label=${name} aria-pressed=${isChosen} @click=${() => open(digit, predicted)}>
            ${count}
          </button>`
        : count || "·";
    return html`<td class=${isRight ? "is-right" : ""} style="--share: ${share}" title=${name}>${content}</td>`;
  };
  return html`<table class="confusion">
    <caption>
      Digit (rows) and prediction (columns): ${grouped(sum(matrix.map((row, i) => row[i])))} of
      ${grouped(sum(matrix.map(sum)))} right
    </caption>
    <thead>
      <tr>
        <td></td>
        ${matrix.map((_, predicted) => html`<th scope="col">${predicted}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${matrix.map(
        (row, digit) =>
          html`<tr>
            <th scope="row">${digit}</th>
            ${row.map((count, predicted) => cell(count, digit, predicted))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
