/** Figures that several views have. Bars of signed numbers: orange for what raises a sum, blue for what lowers it, ink for
    the sum. */
import { largest } from "../engine/math.js";
import { html } from "../vendor/lit-html.js";
import { brief, briefWithSign } from "./numbers.js";

/** The style of a bar between two places of a track. @param {number} from @param {number} to
    @param {number} low of the track @param {number} width of the track */
export function between(from, to, low, width) {
  const share = Math.abs(to - from) / (width || 1);
  const before = (Math.min(from, to) - low) / (width || 1);
  return `--share: ${share}; --from: ${(100 * before) / (1 - share || 1)}%`; // as backgrounds are placed
}

/** @type {(label: unknown, sign: string, place: string, value: unknown) => unknown} */
const row = (label, sign, place, value) =>
  html`<dt>${label}</dt>
    <dd class="bar ${sign}" style=${place}></dd>
    <dd>${value}</dd>`;

/** @param {number} value */
const signOf = (value) => (value < 0 ? "is-down" : "is-up");

/** Each term of a sum begins where the one before it ended; the last bar is the sum.
    @param {Record<string, number>} terms by their labels @param {string} total what the sum is called */
export function sumBars(terms, total) {
  const ends = [0];
  for (const value of Object.values(terms)) ends.push(ends[ends.length - 1] + value);
  const low = Math.min(...ends);
  const place = (/** @type {number} */ from, /** @type {number} */ to) =>
    between(from, to, low, Math.max(...ends) - low);
  return html`<dl class="bars sum-bars">
    ${Object.entries(terms).map(([label, value], i) => row(label, signOf(value), place(ends[i], ends[i + 1]), briefWithSign(value)))}
    ${row(total, "is-ink", place(0, ends[ends.length - 1]), html`<b>${brief(ends[ends.length - 1])}</b>`)}
  </dl>`;
}

/** A few numbers on one scale. @param {Record<string, number> | number[]} values by their labels
    @param {(value: number) => string} [format] */
export function bars(values, format = () => "") {
  const most = largest(Object.values(values));
  return html`<dl class="bars">
    ${Object.entries(values).map(([label, value]) =>
      row(label, signOf(value), between(0, Math.abs(value), 0, most), format(value)),
    )}
  </dl>`;
}

/** @param {string} caption @param {unknown} content */
export const figure = (caption, content) =>
  html`<figure>
    <figcaption>${caption}</figcaption>
    ${content}
  </figure>`;

/** Three figures with signs between them. @type {(a: unknown, sign: string, b: unknown, result: unknown) => unknown} */
export const equation = (a, sign, b, result) =>
  html`<div class="equation">${a} <span>${sign}</span> ${b} <span>=</span> ${result}</div>`;
