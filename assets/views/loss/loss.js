/** Logits, softmax and cross-entropy of the drawing, and one step of plain gradient descent on it. */
/** @import { ForwardPass, MountContext } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { crossEntropy, powers, softmax, sum } from "../../engine/math.js";
import { afterOneStep } from "../../engine/reference.js";
import * as classifiers from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";
import { create, query, tableRow } from "../../parts/dom.js";
import { number, percent, small } from "../../parts/numbers.js";
import { createCurve } from "./curve.js";

const RATE = 0.0001; // until another one is chosen

/** @param {MountContext} context */
export function mount({ element }) {
  let meant = /** @type {number | null} */ (null); // the digit that the visitor meant
  let rate = RATE;
  const showOnCurve = createCurve(query(element, ".loss-curve", SVGElement));

  const choose = views.changing((digit) => (meant = digit));
  const rows = Array.from({ length: DIGITS }, (_, digit) => {
    const radio = create("input", { type: "radio", name: "meant", value: digit, onchange: () => choose(digit) });
    query(element, ".loss-meant").append(create("label", {}, radio, String(digit)));
    const cells = Array.from({ length: 4 }, () => create("td"));
    const row = tableRow(String(digit), cells);
    query(element, ".loss-table tbody").append(row);
    return { row, cells, radio };
  });
  link.register(
    "label",
    () => String(meant ?? ""),
    (text) => {
      const [label] = link.wholeNumbers(text, [DIGITS - 1]) ?? [];
      if (label === undefined) return false;
      rows[label].radio.checked = true;
      choose(label);
      return true;
    },
  );
  const rates = [...element.querySelectorAll("button")];
  for (const button of rates) button.onclick = views.changing(() => (rate = Number(button.value)));
  link.register(
    "rate",
    () => (meant === null ? "" : decimal(rate)),
    (text) => {
      const isOffered = rates.some((button) => button.value === text);
      if (isOffered) rate = Number(text);
      return isOffered;
    },
  );

  /** @type {(pass: ForwardPass | null, before: Float64Array, after: Float64Array | null) => void} */
  function showTable(pass, before, after) {
    const exponentials = pass && powers(pass.logits);
    rows.forEach(({ row, cells }, digit) => {
      row.classList.toggle("is-meant", digit === meant);
      cells[0].textContent = pass ? number(pass.logits[digit]) : "–";
      cells[1].textContent = exponentials ? small(exponentials[digit]) : "–";
      cells[2].textContent = pass ? percent(before[digit], 2) : "–";
      cells[2].style.setProperty("--share", String(before[digit]));
      cells[3].textContent = after ? `${percent(after[digit], 2)} ${arrow(after[digit] - before[digit])}` : "–";
      cells[3].style.setProperty("--share", String(after?.[digit] ?? 0));
    });
  }

  /** @type {(name: string, words: string) => string} */
  const say = (name, words) => (query(element, name).textContent = words);

  views.register("loss", query(element, ".loss"), (current) => {
    for (const button of rates) button.ariaPressed = String(Number(button.value) === rate);
    const { probabilities } = current;
    if (isEmpty(current)) say(".loss-softmax", "Draw a digit first.");
    else say(".loss-softmax", softmaxInWords(current.logits, probabilities, meant ?? current.digit));
    if (isEmpty(current) || meant === null) {
      showTable(isEmpty(current) ? null : current, probabilities, null);
      showOnCurve(null);
      say(".loss-loss", "Say above which digit you meant: the loss is −ln of the probability that it got.");
      say(".loss-step", "Once you have said which digit you meant, this shows what one training step on it would do.");
      return;
    }
    const logits = afterOneStep(classifiers.active().classifier.network, current, meant, rate);
    const [before, after] = [crossEntropy(current.logits, meant), crossEntropy(logits, meant)];
    const [p, loss, stepped] = [probabilities[meant], before.toFixed(4), softmax(logits)];
    showTable(current, probabilities, stepped);
    showOnCurve({ p, loss: before }, `your drawing stands at p = ${small(p)}, loss ${loss}`);
    const formula = `−ln p(${meant}) = −ln ${small(p)} = ${loss}`;
    say(".loss-loss", `You meant ${meant}: ${formula}: the network is ${surprise(before)}.`);
    say(
      ".loss-step",
      `Each parameter moves by −${decimal(rate)} × its gradient. ${outcome(before, after)}; ` +
        `p(${meant}) goes from ${percent(p, 2)} to ${percent(stepped[meant], 2)}. This is plain gradient descent on a ` +
        "single drawing, neither Adam nor a batch: it fits this drawing, and can cost accuracy on all other digits.",
    );
  });
}

/** @type {(logits: Float64Array, probabilities: Float64Array, digit: number) => string} */
function softmaxInWords(logits, probabilities, digit) {
  const exponentials = powers(logits);
  const total = sum(exponentials).toFixed(4);
  return (
    `The highest logit, ${number(Math.max(...logits))}, is subtracted from each, so that no power overflows; the ten ` +
    `powers add up to ${total}. p(${digit}) = ${small(exponentials[digit])} / ${total} = ${small(probabilities[digit])}.`
  );
}

/** @param {number} loss */
function surprise(loss) {
  if (loss < 0.1) return "hardly surprised";
  if (loss < 0.7) return "somewhat surprised";
  return loss < Math.log(DIGITS) ? "very surprised" : "more surprised than by guessing, which costs ln 10 = 2.303";
}

/** @type {(before: number, after: number) => string} */
function outcome(before, after) {
  const [from, to] = [before.toFixed(4), after.toFixed(4)];
  if (from === to) return `The loss stays at ${to}`;
  if (after < before) return `The loss falls from ${from} to ${to}`;
  return `The step is too long: it overshoots, and the loss rises from ${from} to ${to}`;
}

/** A learning rate as it is written on its button: 0.00001, not 1e-5. @param {number} rate */
const decimal = (rate) => rate.toFixed(5).replace(/0+$/, "");

/** @param {number} change of a probability */
function arrow(change) {
  if (Math.abs(change) < 5e-5) return "=";
  return change > 0 ? "▲" : "▼";
}
