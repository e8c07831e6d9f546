/** What a run that is over can do: predict at the pad, be measured on the test digits, and leave as files. */
/** @import { Predictions } from "../../engine/evaluation.js" */
/** @import { Run } from "../../state/runs.js" */
/** @import { Evaluated } from "../../state/training.js" */
import { accuracy, confusionOf, worst } from "../../engine/evaluation.js";
import { trainingScript } from "../../engine/script.js";
import { PIXELS } from "../../engine/settings.js";
import { save } from "../../parts/download.js";
import { percent } from "../../parts/numbers.js";
import { isUnderWay, nameOf, shown, titleOf } from "../../state/runs.js";
import { drawWith } from "../../state/networks.js";
import { evaluate } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { signal } from "../../vendor/signals-core.js";

/** The run that was measured on the test digits last; without a result while it is. */
const measured = signal(/** @type {{ number: number, result: Evaluated | null } | null} */ (null));
const cell = signal(/** @type {[number, number] | null} */ (null)); // of the confusion matrix, which is open
const problem = signal("");

/** @param {Run} run */
async function measure({ number, parameters, shape, settings }) {
  if (!parameters) return;
  [measured.value, cell.value, problem.value] = [{ number, result: null }, null, ""];
  try {
    measured.value = { number, result: await evaluate(parameters, shape, settings.digits) };
  } catch (error) {
    [measured.value, problem.value] = [null, /** @type {Error} */ (error).message];
  }
}

export function result() {
  const run = shown.value;
  if (!run?.number || !run.parameters || isUnderWay(run)) return nothing;
  const its = measured.value?.number === run.number ? measured.value : null;
  return html`<div class="buttons">
      <button type="button" @click=${() => drawWith(nameOf(run))}>Draw with it</button>
      <button type="button" ?disabled=${its !== null} @click=${() => measure(run)}>
        ${its && !its.result ? "Measuring …" : "Look at the test digits"}
      </button>
      <button type="button" @click=${() => save(`run-${run.number}.py`, trainingScript(run.settings))}>
        PyTorch script (.py)
      </button>
    </div>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${its?.result ? testResult(titleOf(run), its.result) : nothing}`;
}

/** @param {string} title @param {Evaluated} result */
function testResult(title, { predictions, deadNeurons }) {
  const dead = deadNeurons.flatMap(({ length }, i) => (length ? [`${length} in layer ${i + 1}`] : []));
  const [digit, predicted] = cell.value ?? [0, 0];
  const ofCell = digit === predicted ? `Right ${digit}s` : `${digit}s taken for ${predicted}`;
  return html`<h3>${title}: ${percent(accuracy(predictions), 2)} of the 10,000 test digits right</h3>
    ${dead.length ? html`<p>Dead neurons, off for every training digit: ${dead.join(", ")}.</p>` : nothing}
    <div class="columns" style="--least: 22rem">
      ${confusionMatrix(confusionOf(predictions))}
      <figure aria-live="polite">
        <figcaption>${cell.value ? `${ofCell}, the worst first` : "Worst mistakes"} <small>digit → prediction</small></figcaption>
        <ul class="train-examples">${worst(predictions, cell.value).map((i) => example(predictions, i))}</ul>
      </figure>
    </div>`;
}

/** A row for each digit, a column for each prediction; a press on a cell shows its images. @param {number[][]} counts */
function confusionMatrix(counts) {
  const most = Math.max(...counts.flatMap((row, digit) => row.with(digit, 0)), 1);
  const content = (/** @type {number} */ count, /** @type {number} */ digit, /** @type {number} */ predicted) => {
    if (!count) return "·";
    const name = `${digit} classified ${digit === predicted ? "correctly" : `as ${predicted}`}: ${count}`;
    const isOpen = cell.value?.join() === `${digit},${predicted}`;
    return html`<button type="button" class="is-plain" aria-label=${name} aria-pressed=${isOpen}
      @click=${() => (cell.value = [digit, predicted])}>${count}</button>`;
  };
  const row = (/** @type {number[]} */ ofDigit, /** @type {number} */ digit) =>
    html`<tr>
      <th scope="row">${digit}</th>
      ${ofDigit.map(
        (count, predicted) =>
          html`<td class=${digit === predicted ? "is-right" : ""} style="--share: ${count / most}">
            ${content(count, digit, predicted)}
          </td>`,
      )}
    </tr>`;
  return html`<table class="confusion">
    <caption>Digit (rows) and prediction (columns)</caption>
    <thead>
      <tr>
        <td></td>
        ${counts.map((_, predicted) => html`<th scope="col">${predicted}</th>`)}
      </tr>
    </thead>
    <tbody>${counts.map(row)}</tbody>
  </table>`;
}

/** @param {Predictions} predictions @param {number} i */
function example({ images, labels, predicted, probabilities }, i) {
  return html`<li>
    <ink-image .values=${images.subarray(i * PIXELS, (i + 1) * PIXELS)}></ink-image>
    <span>${labels[i]} → ${predicted[i]}, ${percent(probabilities[i], 0)}</span>
  </li>`;
}
