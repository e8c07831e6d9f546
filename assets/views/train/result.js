/** What a run that is over can do: predict at the pad, be measured on the test digits, and leave as files. */
/** @import { Example } from "../../engine/evaluation.js" */
/** @import { Run } from "../../state/runs.js" */
/** @import { Evaluated } from "../../state/training.js" */
import { worstMistakes } from "../../engine/evaluation.js";
import { trainingScript } from "../../engine/script.js";
import { writeSafetensors } from "../../engine/weights-files.js";
import { confusionMatrix } from "../../parts/chart.js";
import { save } from "../../parts/download.js";
import { grouped, percent } from "../../parts/numbers.js";
import { isUnderWay, nameOf, shown, titleOf } from "../../state/runs.js";
import { drawWith } from "../../state/networks.js";
import { state } from "../../state/state.js";
import { evaluate } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { signal } from "../../vendor/signals-core.js";

/** Of the runs that were measured on the test digits; null while one is. */
const measured = signal(/** @type {ReadonlyMap<number, Evaluated | null>} */ (new Map()));
const cell = signal(/** @type {[number, number] | null} */ (null)); // of the confusion matrix, which is open
const problem = signal("");

/** @param {Run} run */
export function saveWeights({ number, shape, parameters }) {
  if (parameters) save(`run-${number}.safetensors`, writeSafetensors(parameters, shape), "application/octet-stream");
}

/** @param {Run} run */
async function measure({ number, parameters, shape, settings }) {
  if (!parameters) return;
  const put = (/** @type {Evaluated | null} */ result) =>
    (measured.value = new Map([...measured.value, [number, result]]));
  put(null);
  [cell.value, problem.value] = [null, ""];
  try {
    put(await evaluate(parameters, shape, "test", settings.digits));
  } catch (error) {
    measured.value = new Map([...measured.value].filter(([other]) => other !== number));
    problem.value = /** @type {Error} */ (error).message;
  }
}

export function result() {
  const run = shown.value;
  if (!run?.number || !run.parameters || isUnderWay(run)) return nothing;
  const title = titleOf(run);
  const result = measured.value.get(run.number);
  const isBeside = state.compared.value === "shared";
  return html`<div class="train-result">
    <div class="buttons">
      <button type="button" @click=${() => drawWith(nameOf(run))}>Draw with it</button>
      <button type="button" aria-pressed=${isBeside}
        @click=${() => (state.compared.value = isBeside ? null : "shared")}>Beside the pretrained one</button>
      <button type="button" ?disabled=${result !== undefined} @click=${() => measure(run)}>
        ${result === null ? "Measuring …" : "Look at the test digits"}
      </button>
      <button type="button" @click=${() => save(`run-${run.number}.py`, trainingScript(run.settings), "text/x-python")}>
        PyTorch script (.py)
      </button>
      <button type="button" @click=${() => saveWeights(run)}>Weights (.safetensors)</button>
    </div>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${result ? testResult(title, result) : nothing}
  </div>`;
}

/** @param {string} title @param {Evaluated} result */
function testResult(title, { report, deadNeurons }) {
  const dead = deadNeurons.map((neurons) => neurons.length);
  const total = dead.reduce((sum, count) => sum + count, 0);
  const open = (/** @type {number} */ digit, /** @type {number} */ predicted) => (cell.value = [digit, predicted]);
  const [digit, predicted] = cell.value ?? [0, 0];
  const inCell = cell.value ? report.examples[digit][predicted] : worstMistakes(report);
  const count = report.confusion[digit][predicted];
  const heading = cell.value
    ? `${digit === predicted ? `Right ${digit}s` : `${digit}s taken for ${predicted}`}: ${inCell.length < count ? `${inCell.length} of ${grouped(count)}` : count}`
    : "Worst mistakes";
  return html`<h3 tabindex="-1">${title}: ${percent(report.accuracy, 2)} of the 10,000 test digits right</h3>
    <p>
      ${
        total
          ? `Dead neurons, off for every training digit: ${dead.map((each, i) => `${each} in layer ${i + 1}`).join(", ")}.`
          : nothing
      }
    </p>
    <div class="train-test">
      ${confusionMatrix(report.confusion, open, cell.value)}
      <figure aria-live="polite">
        <figcaption>${heading} <small>digit → prediction</small></figcaption>
        <ul class="train-examples">${inCell.map(example)}</ul>
      </figure>
    </div>`;
}

/** @param {Example} example */
function example({ label, predicted, probability, image }) {
  return html`<li>
    <ink-image .tones=${image}></ink-image>
    <span>${label} → ${predicted}, ${percent(probability, 0)}</span>
  </li>`;
}
