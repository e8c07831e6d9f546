/** Ten bars: the probability of each digit. */
import { DIGITS } from "../engine/classifier.js";
import { create } from "./dom.js";
import { percentage } from "./numbers.js";

/** Put ten bars into a container. With `meters`, each bar is a meter for assistive technology; else its text is read.
    @param {HTMLElement} container a list, or any other element @param {{ meters?: boolean }} [options] */
export function createDigitBars(container, { meters = false } = {}) {
  const bars = Array.from({ length: DIGITS }, (_, digit) => createBar(digit, meters, container));
  container.classList.add("digit-bars");
  let winning = /** @type {number | null} */ (null);

  return {
    /** Null shows a dash each. @param {ArrayLike<number> | null} probabilities @param {number | null} winner */
    show(probabilities, winner) {
      bars.forEach((bar, digit) => bar.show(probabilities && probabilities[digit]));
      if (winner === winning) return;
      if (winning !== null) bars[winning].row.classList.remove("is-winner");
      if (winner !== null) bars[winner].row.classList.add("is-winner");
      winning = winner;
    },
    /** A second network's; null hides them. @param {ArrayLike<number> | null} probabilities @param {string} whose */
    showOther(probabilities, whose) {
      bars.forEach((bar, digit) => bar.showOther(probabilities && probabilities[digit], whose));
    },
  };
}

/** @param {number} digit @param {boolean} isMeter @param {HTMLElement} container */
function createBar(digit, isMeter, container) {
  const meter = { role: "meter", "aria-label": `Probability of ${digit}`, "aria-valuemin": 0, "aria-valuemax": 100 };
  const fill = create("span");
  const labels = isMeter ? meter : { "aria-hidden": "true" };
  const track = create("span", { class: "digit-bar-track track", ...labels }, fill);
  const text = document.createTextNode("–");
  const unit = create("span", { hidden: true }, "\u00a0%");
  const label = create("span", { class: "digit-bar-percent", "aria-hidden": isMeter && "true" }, text, unit);
  const spoken = isMeter ? [] : [create("span", { class: "sr-only" }, "Probability of ")];
  const name = create("span", { class: "digit-bar-digit", "aria-hidden": isMeter && "true" }, ...spoken, String(digit));
  const tag = container.matches("ul, ol") ? "li" : "div";
  const row = create(tag, { class: "digit-bar", style: `--digit: var(--digit-${digit})` }, name, track, label);
  container.append(row);
  const otherFill = create("span");
  const other = create("span", { ...meter, class: "digit-bar-other track" }, otherFill); // in the row while it is shown

  return {
    row,
    /** @param {number | null} share */
    show(share) {
      const percents = share === null ? "–" : percentage(share).replace("\u202f", "");
      setShare(fill, share ?? 0);
      if (text.data === percents) return;
      text.data = percents;
      unit.hidden = share === null;
      if (!isMeter) return;
      track.setAttribute("aria-valuenow", (100 * (share ?? 0)).toFixed(1));
      track.ariaValueText = percents.startsWith(">") ? "more than 99.9\u00a0%" : null;
    },
    /** @param {number | null} share @param {string} whose */
    showOther(share, whose) {
      if (share === null) return other.remove();
      if (!other.isConnected) row.append(other);
      setShare(otherFill, share);
      other.ariaLabel = `Probability of ${digit}, ${whose}`;
      other.ariaValueNow = (100 * share).toFixed(1);
    },
  };
}

/** @param {HTMLElement} fill @param {number} share */
function setShare(fill, share) {
  const value = share.toFixed(4);
  if (fill.dataset.share === value) return;
  fill.dataset.share = value;
  fill.style.setProperty("--share", value);
}
