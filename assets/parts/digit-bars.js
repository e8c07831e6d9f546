/** Ten bars: the probability of each digit. */
import { DIGITS } from "../engine/classifier.js";
import { html, render } from "../vendor/lit-html.js";
import { percent, percentIfShown } from "./numbers.js";

/** Put ten bars into an element, each a meter for assistive technology. They are changed without a template, since they
    move in the task of the pen. @param {HTMLElement} container */
export function createDigitBars(container) {
  container.classList.add("digit-bars");
  render(
    Array.from({ length: DIGITS }, (_, digit) => bar(digit)),
    container,
  );
  const rows = /** @type {HTMLElement[]} */ ([...container.querySelectorAll(".digit-bar")]);
  const [tracks, numbers, others] = ["track", "percent", "other"].map((name) => [
    ...container.querySelectorAll(`.digit-bar-${name}`),
  ]);

  return {
    rows,

    /** Null for none yet. @param {ArrayLike<number> | null} probabilities @param {number | null} winner */
    show(probabilities, winner) {
      rows.forEach((row, digit) => {
        row.classList.toggle("is-winner", digit === winner);
        const share = probabilities?.[digit] ?? 0;
        if (!setShare(row, "--share", share)) return;
        row.classList.toggle("is-long", share > 0.7); // its number does not fit beside it
        numbers[digit].textContent = percentIfShown(share);
        setMeter(tracks[digit], share);
      });
    },

    /** A second network's probabilities; null hides them. @param {ArrayLike<number> | null} probabilities
        @param {string} whose its title */
    showOther(probabilities, whose) {
      others.forEach((other, digit) => {
        other.toggleAttribute("hidden", !probabilities);
        if (!probabilities) return other.removeAttribute("role");
        other.setAttribute("role", "meter");
        other.setAttribute("aria-label", `Probability of ${digit}, ${whose}`);
        setShare(rows[digit], "--other", probabilities[digit]);
        setMeter(other, probabilities[digit]);
      });
    },
  };
}

/** @param {number} digit */
const bar = (digit) => html`
  <div class="digit-bar">
    <span class="digit-bar-digit" aria-hidden="true">${digit}</span>
    <span class="digit-bar-track bar" role="meter" aria-label="Probability of ${digit}" aria-valuemin="0"
      aria-valuemax="100" aria-valuenow="0.0"></span>
    <span class="digit-bar-percent" aria-hidden="true"></span>
    <span class="digit-bar-other bar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0" hidden></span>
  </div>
`;

/** Whether it is another share than before. @param {HTMLElement} row @param {string} name @param {number} share */
function setShare(row, name, share) {
  const text = share.toFixed(4);
  if (row.style.getPropertyValue(name) === text) return false;
  row.style.setProperty(name, text);
  return true;
}

/** @param {Element} meter @param {number} share */
function setMeter(meter, share) {
  meter.setAttribute("aria-valuenow", (100 * share).toFixed(1));
  const text = percent(share);
  if (text.startsWith(">")) meter.setAttribute("aria-valuetext", `more than ${text.slice(2)}`);
  else meter.removeAttribute("aria-valuetext");
}
