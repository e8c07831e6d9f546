/** Logits, softmax and cross-entropy of the drawing, and one step of plain gradient descent on it. */
/** @import { Classifier, Current, ForwardPass, MountContext } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { argmax, crossEntropy, powers, softmax, sum } from "../../engine/math.js";
import { afterOneStep } from "../../engine/reference.js";
import * as classifiers from "../../state/classifiers.js";
import { current, isEmpty } from "../../state/prediction.js";
import * as label from "../../state/label.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";
import { create, query, tableRow } from "../../parts/dom.js";
import { number, percent, small } from "../../parts/numbers.js";
import { createCurve } from "./curve.js";
import { COUNT, createMiniTestSet } from "./mini-test-set.js";

const RATE = 0.0001; // until another one is chosen
const HIGHEST = 40; // where a logit can be moved to; the lowest is its negative

/** @param {MountContext} context */
export function mount({ element }) {
  let rate = RATE;
  let moved = { logits: /** @type {Float64Array | null} */ (null), version: 0 }; // by the visitor, for one prediction
  const testSet = createMiniTestSet(views.refresh);
  const counted = { key: "", before: 0, after: 0 }; // of the test digits
  const showOnCurve = createCurve(query(element, ".loss-curve", SVGElement));

  const choose = views.changing(label.set);
  const rows = Array.from({ length: DIGITS }, (_, digit) => {
    const radio = create("input", { type: "radio", name: "meant", value: digit, onchange: () => choose(digit) });
    query(element, ".loss-meant").append(create("label", {}, radio, String(digit)));
    const slider = create("input", { type: "range", min: -HIGHEST, max: HIGHEST, step: 0.1 });
    slider.ariaLabel = `Logit of ${digit}`;
    slider.oninput = views.changing(() => move(digit, slider.valueAsNumber));
    const cells = Array.from({ length: 4 }, (_, column) => createCell(column ? createTrack() : slider));
    const row = tableRow(
      String(digit),
      cells.map(({ cell }) => cell),
    );
    query(element, ".loss-table tbody").append(row);
    return { row, cells, radio, slider };
  });
  label.subscribe((meant) => rows.forEach(({ radio }, digit) => (radio.checked = digit === meant)));
  link.register(
    "label",
    () => String(label.get() ?? ""),
    (text) => {
      const [meant] = link.wholeNumbers(text, [DIGITS - 1]) ?? [];
      if (meant !== undefined) choose(meant);
      return meant !== undefined;
    },
  );
  const rates = /** @type {HTMLButtonElement[]} */ ([...element.querySelectorAll(".loss-rate button")]);
  for (const button of rates) button.onclick = views.changing(() => (rate = Number(button.value)));
  link.register(
    "rate",
    () => (label.get() === null ? "" : decimal(rate)),
    (text) => {
      const isOffered = rates.some((button) => button.value === text);
      if (isOffered) rate = Number(text);
      return isOffered;
    },
  );

  /** @type {(digit: number, logit: number) => void} */
  function move(digit, logit) {
    const now = current();
    if (isEmpty(now)) return;
    const logits = Float64Array.from(shownLogits(now));
    logits[digit] = logit;
    moved = { logits, version: now.version };
  }
  const reset = query(element, ".loss-reset", HTMLButtonElement);
  reset.onclick = views.changing(() => (moved.logits = null));

  /** @param {Extract<Current, ForwardPass>} now */
  const shownLogits = (now) => (moved.version === now.version && moved.logits) || now.logits;

  /** @type {(logits: Float64Array | null, before: ArrayLike<number>, after: Float64Array | null) => void} */
  function showTable(logits, before, after) {
    const exponentials = logits && powers(logits);
    const meant = label.get();
    rows.forEach(({ row, cells, slider }, digit) => {
      row.classList.toggle("is-meant", digit === meant);
      slider.disabled = !logits;
      slider.value = String(logits?.[digit] ?? 0);
      cells[0].show(logits ? number(logits[digit]) : "–");
      cells[1].show(exponentials ? small(exponentials[digit]) : "–", exponentials?.[digit]);
      cells[2].show(logits ? percent(before[digit], 2) : "–", before[digit]);
      const stepped = after && `${percent(after[digit], 2)} ${arrow(after[digit] - before[digit])}`;
      cells[3].show(stepped ?? "–", after?.[digit]);
    });
  }

  /** @type {(name: string, words: string) => string} */
  const say = (name, words) => (query(element, name).textContent = words);

  views.register("loss", query(element, ".loss"), (current) => {
    const meant = label.get();
    for (const button of rates) button.ariaPressed = String(Number(button.value) === rate);
    const logits = isEmpty(current) ? null : shownLogits(current);
    const isMoved = !isEmpty(current) && logits !== current.logits;
    const probabilities = logits ? softmax(logits) : current.probabilities;
    reset.disabled = !isMoved;
    say(
      ".loss-softmax",
      logits ? softmaxInWords(logits, probabilities, meant ?? argmax(logits)) : "Draw a digit first.",
    );
    if (!logits || meant === null) {
      showTable(logits, probabilities, null);
      showOnCurve(null);
      say(".loss-loss", "Say above which digit you meant: the loss is −ln of the probability that it got.");
      say(".loss-step", "Once you have said which digit you meant, this shows what one training step on it would do.");
      say(".loss-accuracy", "");
      return;
    }
    const before = crossEntropy(logits, meant);
    const [p, loss] = [probabilities[meant], before.toFixed(4)];
    showOnCurve({ p, loss: before }, `your drawing stands at p = ${small(p)}, loss ${loss}`);
    const formula = `−ln p(${meant}) = −ln ${small(p)} = ${loss}`;
    say(".loss-loss", `You meant ${meant}: ${formula}: the network is ${surprise(before)}.`);
    if (isEmpty(current) || isMoved) {
      showTable(logits, probabilities, null);
      say(".loss-step", "You moved the logits: no drawing gives these, so there is nothing to take a step on.");
      say(".loss-accuracy", "");
      return;
    }
    const { classifier } = classifiers.active();
    const stepped = afterOneStep(classifier.network, current, meant, rate);
    const after = stepped(current.input);
    const share = softmax(after);
    showTable(logits, probabilities, share);
    say(
      ".loss-step",
      `Each parameter moves by −${decimal(rate)} × its gradient. ${outcome(before, crossEntropy(after, meant))}; ` +
        `p(${meant}) goes from ${small(p)} to ${small(share[meant])}. This is plain gradient descent on a ` +
        "single drawing, neither Adam nor a batch: it fits this drawing, and can cost accuracy on all other digits.",
    );
    if (!current.penIsDown)
      say(".loss-accuracy", accuracyInWords(classifier, `${current.version} ${meant} ${rate}`, stepped));
  });

  /** @type {(classifier: Classifier, key: string, stepped: (input: Float64Array) => Float64Array) => string} */
  function accuracyInWords(classifier, key, stepped) {
    if (counted.key !== key) {
      const before = testSet.recognized(classifier, (input) => classifier.network.forward(input).logits);
      const after = testSet.recognized(classifier, stepped);
      if (before === null || after === null) return "";
      Object.assign(counted, { key, before, after });
    }
    const { before, after } = counted;
    return (
      `Of ${COUNT} of MNIST’s test digits that come with this page, the network recognizes ${before} ` +
      `(${percent(before / COUNT)}), and after the step ${after} (${percent(after / COUNT)}).`
    );
  }
}

/** What shows a share, 0 to 1, as a bar. */
const createTrack = () => create("span", { class: "track" }, create("span"));

/** A cell of the table: a bar or a slider, and a text. @param {HTMLElement} part */
function createCell(part) {
  const text = create("span", { class: "loss-number" });
  return {
    cell: create("td", {}, part, text),
    /** @type {(words: string, share?: number) => void} */
    show(words, share) {
      text.textContent = words;
      part.firstElementChild?.setAttribute("style", `--share: ${share ?? 0}`);
    },
  };
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
