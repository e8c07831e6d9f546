/** What a run that is over can do: predict at the pad, be measured on the test digits, and leave as files. */
/** @import { Predictions } from "../../engine/evaluation.js" */
/** @import { Run } from "../../state/runs.js" */
/** @import { Evaluated } from "../../state/training.js" */
import { accuracyOf, confusionOf, worst } from "../../engine/evaluation.js";
import { PIXELS } from "../../engine/preprocessing.js";
import { trainingScript } from "../../engine/script.js";
import { confusionMatrix } from "../../parts/chart.js";
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
      <button type="button" @click=${() => save(`run-${run.number}.py`, trainingScript(run.settings), "text/x-python")}>
        PyTorch script (.py)
      </button>
    </div>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${its?.result ? testResult(titleOf(run), its.result) : nothing}`;
}

/** @param {string} title @param {Evaluated} result */
function testResult(title, { predictions, deadNeurons }) {
  const dead = deadNeurons.flatMap(({ length }, i) => (length ? [`${length} in layer ${i + 1}`] : []));
  const open = (/** @type {number} */ digit, /** @type {number} */ predicted) => (cell.value = [digit, predicted]);
  const [digit, predicted] = cell.value ?? [0, 0];
  const ofCell = digit === predicted ? `Right ${digit}s` : `${digit}s taken for ${predicted}`;
  return html`<h3 tabindex="-1">${title}: ${percent(accuracyOf(predictions), 2)} of the 10,000 test digits right</h3>
    ${dead.length ? html`<p>Dead neurons, off for every training digit: ${dead.join(", ")}.</p>` : nothing}
    <div class="train-test">
      ${confusionMatrix(confusionOf(predictions), open, cell.value)}
      <figure aria-live="polite">
        <figcaption>${cell.value ? `${ofCell}, the worst first` : "Worst mistakes"} <small>digit → prediction</small></figcaption>
        <ul class="train-examples">${worst(predictions, cell.value).map((i) => example(predictions, i))}</ul>
      </figure>
    </div>`;
}

/** @param {Predictions} predictions @param {number} i */
function example({ images, labels, predicted, probabilities }, i) {
  return html`<li>
    <ink-image .tones=${images.subarray(i * PIXELS, (i + 1) * PIXELS)}></ink-image>
    <span>${labels[i]} → ${predicted[i]}, ${percent(probabilities[i], 0)}</span>
  </li>`;
}
