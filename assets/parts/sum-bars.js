/** A sum as bars: each term begins where the one before it ended, and goes to the right in orange if it raises the sum, to
    the left in blue if it lowers it. The last bar is the sum. */
import { html } from "../vendor/lit-html.js";
import { brief, briefWithSign } from "./numbers.js";

/** @param {[label: string, value: number][]} terms @param {string} total what the sum is called */
export function sumBars(terms, total) {
  const ends = [0];
  for (const [, value] of terms) ends.push(ends[ends.length - 1] + value);
  const low = Math.min(...ends);
  const width = Math.max(...ends) - low || 1;
  const row = (/** @type {string} */ label, /** @type {number} */ from, /** @type {number} */ to, isTotal = false) => {
    const share = Math.max(Math.abs(to - from) / width, 0.01);
    const place = (100 * (Math.min(from, to) - low)) / width / (1 - share || 1); // as backgrounds are placed
    const sign = isTotal ? "var(--ink)" : `var(--${to < from ? "down" : "up"})`;
    return html`<dt>${label}</dt>
      <dd class="bar" style="--share: ${share}; --from: ${place}%; --sign: ${sign}"></dd>
      <dd>${isTotal ? html`<b>${brief(to)}</b>` : briefWithSign(to - from)}</dd>`;
  };
  return html`<dl class="sum-bars">
    ${terms.map(([label], i) => row(label, ends[i], ends[i + 1]))} ${row(total, 0, ends[terms.length], true)}
  </dl>`;
}
