/** Ten bars: the probability of each digit, and a second network's below it. */
import { html, nothing } from "../vendor/lit-html.js";
import { percent, percentIfShown } from "./numbers.js";

/** @param {ArrayLike<number>} probabilities @param {number | null} winner
    @param {ArrayLike<number> | null} [others] the second network's @param {string} [whose] its title */
export const digitBars = (probabilities, winner, others = null, whose = "") =>
  Array.from(probabilities, (share, digit) => {
    const isLong = share > 0.7; // its number does not fit beside it
    return html`<div class="digit-bar ${digit === winner ? "is-winner is-ink" : ""} ${isLong ? "is-long" : ""}"
      style="--share: ${share.toFixed(4)}">
      <b class="digit-bar-digit" aria-hidden="true">${digit}</b>
      ${meter("track", `Probability of ${digit}`, share)}
      <span class="digit-bar-percent" aria-hidden="true">${percentIfShown(share)}</span>
      ${others ? meter("other", `Probability of ${digit}, ${whose}`, others[digit]) : nothing}
    </div>`;
  });

/** For assistive technology. @param {string} kind @param {string} name @param {number} share */
const meter = (kind, name, share) =>
  html`<span class="digit-bar-${kind} bar" style="--share: ${share.toFixed(4)}" role="meter" aria-label=${name}
    aria-valuemin="0" aria-valuemax="100" aria-valuenow=${(100 * share).toFixed(1)}
    aria-valuetext=${percent(share).replace(">\u202f", "more than ")}></span>`;
