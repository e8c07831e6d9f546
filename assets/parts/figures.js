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

/** Each term of a sum begins where the one before it ended; the last bar is the sum.
    @param {[label: string, value: number][]} terms @param {string} total what the sum is called */
export function sumBars(terms, total) {
  const ends = [0];
  for (const [, value] of terms) ends.push(ends[ends.length - 1] + value);
  const low = Math.min(...ends);
  const row = (/** @type {string} */ label, /** @type {number} */ from, /** @type {number} */ to, isTotal = false) =>
    html`<dt>${label}</dt>
      <dd class="bar ${isTotal ? "is-ink" : to < from ? "is-down" : "is-up"}"
        style=${between(from, to, low, Math.max(...ends) - low)}></dd>
      <dd>${isTotal ? html`<b>${brief(to)}</b>` : briefWithSign(to - from)}</dd>`;
  return html`<dl class="sum-bars">
    ${terms.map(([label], i) => row(label, ends[i], ends[i + 1]))} ${row(total, 0, ends[terms.length], true)}
  </dl>`;
}

/** A few numbers beside each other, on one scale. @param {[label: unknown, value: number][]} rows */
export function bars(rows) {
  const most = largest(rows.map(([, value]) => value));
  return html`<dl class="bars">
    ${rows.map(
      ([label, value]) =>
        html`<dt>${label}</dt>
          <dd class="bar ${value < 0 ? "is-down" : "is-up"}" style=${between(0, Math.abs(value), 0, most)}></dd>`,
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
