/** Fine-tuning a copy of the shared network on the visitor's drawings, in the page; and what it gained and forgot. */
/** @import { Shape } from "../../engine/backpropagation.js" */
/** @import { FineTuned } from "../../engine/finetuning.js" */
/** @import { Stroke } from "../../state/types.js" */
import { accuracy, confusionOf } from "../../engine/evaluation.js";
import { argmax } from "../../engine/math.js";
import { CANVAS_SIDE, InkCanvas } from "../../engine/pen.js";
import { preprocess } from "../../engine/preprocessing.js";
import { PIXELS } from "../../engine/settings.js";
import { grouped, withSign } from "../../parts/numbers.js";
import { drawWith, offer, ownNetwork, shared } from "../../state/networks.js";
import { current as currentRun } from "../../state/runs.js";
import { state } from "../../state/state.js";
import { keptSignal } from "../../state/storage.js";
import { tell } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { computed, effect, signal } from "../../vendor/signals-core.js";

/** @typedef {{ label: number, strokes: Stroke[] }} LabeledDrawing
    @typedef {{ parameters: Float32Array, shape: Shape, testAccuracy: number }} Tuned */

const NAME = "fine-tuned"; // in the state
const FEWEST = 4; // drawings: one for each fold of the cross-validation

const tuned = /** @type {typeof keptSignal<Tuned>} */ (keptSignal)(NAME);
/** The last fine-tuning: on which drawings, how far it is, and what came of it, or why nothing did.
    @typedef {{ drawings: LabeledDrawing[], shape: Shape, share: number, result?: FineTuned, problem?: string }} Job */
const job = signal(/** @type {Job | null} */ (null));
let tunedOn = /** @type {LabeledDrawing[]} */ ([]);
const isRunning = computed(() => job.value !== null && !job.value.result && !job.value.problem);

export const inkOf = (/** @type {LabeledDrawing} */ { strokes }) => new InkCanvas().draw(strokes).ink;

/** Whether the network that predicts was fine-tuned on these very drawings. */
export function isTunedOnThese() {
  return state.network.value === NAME && tunedOn === state.handwriting.value;
}

offer(
  computed(() => {
    if (!tuned.value || !shared.value) return null;
    const { parameters, shape, testAccuracy } = tuned.value;
    const recipe = `${shared.value.description.recipe}; fine-tuned on your drawings`;
    const about = { recipe, origin: "Fine-tuned in this page", testAccuracy };
    return ownNetwork(NAME, "Fine-tuned", shape, { parameters }, about);
  }),
);

function start() {
  const drawings = state.handwriting.value;
  if (!shared.value) return;
  const { classifier, description } = shared.value;
  const { widths, activation } = description.network;
  const shape = { widths, activation, mean: description.mean, std: description.std };
  const { parameters } = classifier.network;
  const images = new Uint8Array(drawings.length * PIXELS);
  drawings.forEach((drawn, i) => images.set(preprocess(inkOf(drawn), CANVAS_SIDE, CANVAS_SIDE), i * PIXELS));
  const samples = { images, labels: Uint8Array.from(drawings, ({ label }) => label) };
  job.value = { drawings, shape, share: 0 };
  tell({ type: "fine-tune", run: NAME, parameters, shape, drawings: samples, seed: 0 }, listen);
}

/** @param {{ message: string }} error */
function fail({ message: problem }) {
  job.value = job.value && { ...job.value, problem };
}

/** @param {any} message of the worker */
function listen(message) {
  if (!job.value || !isRunning.value) return;
  const { type, state: its, share, result } = message;
  if (type === "failed") return fail(message);
  if (its === "diverged")
    return fail({ message: "Fine-tuning diverged: its weights became infinite. Write other digits." });
  job.value = its === "stopped" ? null : { ...job.value, share, result };
  if (!result || !job.value) return;
  tunedOn = job.value.drawings;
  const testAccuracy = accuracy({ labels: result.mnist.labels, predicted: result.mnist.after });
  tuned.value = { parameters: result.parameters, shape: job.value.shape, testAccuracy };
}

effect(() => {
  if (currentRun.value && isRunning.value) fail({ message: "A run in Train took its place." });
});

export function fineTuning() {
  const drawings = state.handwriting.value;
  const missing =
    drawings.length < FEWEST
      ? `Fine-tuning needs at least ${FEWEST} drawings.`
      : currentRun.value
        ? `Run ${currentRun.value.number} is being trained: wait for its end, or press Reset in Train.`
        : "";
  const { share = 0, result, problem } = job.value ?? {};
  return html`<section class="handwriting-tuning stack" aria-labelledby="handwriting-tuning">
    <h3 id="handwriting-tuning">Fine-tune it on my handwriting</h3>
    <p class="quiet">
      A copy of the pretrained network learns slightly distorted copies of your drawings among MNIST’s digits, in this
      page: nothing is sent. It takes some seconds.
    </p>
    <div class="buttons">
      ${
        isRunning.value
          ? html`<button type="button" @click=${() => tell({ type: "go", state: "stopped" })}>Stop</button>
              <progress max="1" value=${share} aria-label="Fine-tuning"></progress>`
          : html`<button type="button" class="is-main" ?disabled=${missing !== ""} @click=${start}>Fine-tune</button>`
      }
      <span role="status">${isRunning.value ? "Fine-tuning …" : result ? "Done: the copy is yours." : missing}</span>
    </div>
    ${problem ? html`<p role="alert">${problem}</p>` : nothing}
    ${result && job.value?.drawings === drawings ? comparison(result, drawings) : nothing}
  </section>`;
}

/** @param {FineTuned} result @param {LabeledDrawing[]} drawings */
function comparison({ before, after, outOfFold, mnist }, drawings) {
  const mine = drawings.map(({ label }) => label);
  const [was, is] = [mnist.before, mnist.after].map((predicted) => confusionOf({ labels: mnist.labels, predicted }));
  const losses = was.map((row, digit) => row[digit] - is[digit][digit]);
  const worst = argmax(losses);
  const forgotten =
    losses[worst] > 0
      ? `It forgot ${losses[worst]} of MNIST’s ${worst}s, more than of any other digit.`
      : "It forgot none of MNIST’s digits.";
  return html`<table>
      <caption class="sr-only">Right, before and after</caption>
      <thead>
        <tr>
          <td></td>
          ${["before", "after", "change"].map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${row(`Your ${mine.length} drawings, which it learned`, mine, before, after)}
        ${row("The same, each by a copy that did not learn it", mine, before, outOfFold)}
        ${row("MNIST’s 10,000 test digits", mnist.labels, mnist.before, mnist.after)}
      </tbody>
    </table>
    <p class="quiet">The second line is the fair one (cross-validation in four parts). ${forgotten}</p>
    <div class="buttons"><button type="button" @click=${() => drawWith(NAME)}>Draw with it</button></div>`;
}

/** @type {(what: string, labels: ArrayLike<number>, before: Uint8Array, after: Uint8Array) => unknown} */
function row(what, labels, before, after) {
  const right = [before, after].map((digits) => digits.filter((digit, i) => digit === labels[i]).length);
  const change = right[1] - right[0];
  return html`<tr>
    <th scope="row">${what}</th>
    ${right.map(
      (count) => html`<td><i class="bar is-ink" style="--share: ${count / labels.length}"></i>${grouped(count)}</td>`,
    )}
    <td>${change ? withSign(change, 0) : "none"}</td>
  </tr>`;
}
