/** Fine-tuning a copy of the shared network on the visitor's drawings, in the page; and what it gained and forgot. */
/** @import { Shape } from "../../engine/backpropagation.js" */
/** @import { FineTuned } from "../../engine/finetuning.js" */
/** @import { LabeledDrawing } from "./handwriting.js" */
import { accuracyOf, confusionOf } from "../../engine/evaluation.js";
import { argmax, sum } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { PIXELS, preprocess } from "../../engine/preprocessing.js";
import { percent, withSign } from "../../parts/numbers.js";
import { drawWith, offer, ownNetwork, predictWith, shared } from "../../state/networks.js";
import { current as currentRun } from "../../state/runs.js";
import { state } from "../../state/state.js";
import { keptSignal } from "../../state/storage.js";
import { listeners, tell } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { begin, inkOf } from "./handwriting.js";

/** @typedef {{ parameters: Float32Array, shape: Shape, testAccuracy: number }} Tuned */

const NAME = "fine-tuned"; // in the state
const FEWEST = 4; // drawings: one for each fold of the cross-validation

const tuned = /** @type {typeof keptSignal<Tuned>} */ (keptSignal)(NAME);
/** The last fine-tuning: on which drawings, how far it is, and what came of it.
    @typedef {{ drawings: LabeledDrawing[], shape: Shape, share: number, result: FineTuned | null }} Job */
const job = signal(/** @type {Job | null} */ (null));
const problem = signal("");

/** Whether the network that predicts was fine-tuned on these very drawings. */
export function isTunedOnThese() {
  return state.network.value === NAME && job.value?.drawings === state.handwriting.value;
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
  [job.value, problem.value] = [{ drawings, shape, share: 0, result: null }, ""];
  tell({ type: "fine-tune", run: NAME, parameters, shape, drawings: samples, seed: 0 }).catch(fail);
}

/** @param {{ message: string }} error */
function fail({ message }) {
  [job.value, problem.value] = [null, message];
}

listeners.add((message) => {
  if (!job.value || job.value.result || (message.run ?? NAME) !== NAME) return;
  const { type, state: its, share, result } = message;
  if (type === "failed") fail(message);
  else if (its === "diverged")
    fail({ message: "Fine-tuning diverged: its weights became infinite. Write other digits." });
  else job.value = its === "stopped" ? null : { ...job.value, share, result };
  if (!result || !job.value) return;
  const testAccuracy = accuracyOf({ labels: result.mnist.labels, predicted: result.mnist.after });
  tuned.value = { parameters: result.parameters, shape: job.value.shape, testAccuracy };
});

effect(() => {
  const isReplaced = currentRun.value && untracked(() => job.value && !job.value.result);
  if (isReplaced) fail({ message: "A run in Train took its place." });
});

export function fineTuning() {
  const drawings = state.handwriting.value;
  const missing =
    drawings.length < FEWEST
      ? `Fine-tuning needs at least ${FEWEST} drawings.`
      : currentRun.value
        ? `Run ${currentRun.value.number} is being trained: wait for its end, or press Reset in Train.`
        : "";
  const now = job.value;
  const isRunning = now !== null && !now.result;
  return html`<section class="handwriting-tuning" aria-labelledby="handwriting-tuning">
    <h3 id="handwriting-tuning">Fine-tune it on my handwriting</h3>
    <p class="quiet">
      A copy of the pretrained network learns slightly distorted copies of your drawings among MNIST’s digits, in this
      page: nothing is sent. It takes some seconds.
    </p>
    <div class="buttons">
      ${
        isRunning
          ? html`<button type="button" @click=${() => tell({ type: "go", state: "stopped" })}>Stop</button>
              <progress max="1" value=${now.share} aria-label="Fine-tuning"></progress>`
          : html`<button type="button" class="is-main" ?disabled=${missing !== ""} @click=${start}>Fine-tune</button>`
      }
      <span role="status">${isRunning ? "Fine-tuning …" : now?.result ? "Done: the copy is yours." : missing}</span>
    </div>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${now?.result && now.drawings === drawings ? comparison(now.result, drawings) : nothing}
  </section>`;
}

/** @param {FineTuned} result @param {LabeledDrawing[]} drawings */
function comparison({ before, after, outOfFold, mnist }, drawings) {
  const count = drawings.length;
  /** @type {(what: string, shares: number[], words: (share: number) => string, change: string) => unknown} */
  const row = (what, shares, words, change) =>
    html`<tr>
      <th scope="row">${what}</th>
      ${shares.map(
        (share) =>
          html`<td>
            <i class="bar is-ink" style="--share: ${share}"></i>${words(share)}
          </td>`,
      )}
      <td>${change}</td>
    </tr>`;
  const ofMine = (/** @type {string} */ what, /** @type {Uint8Array} */ digits) => {
    const right = [before, digits].map((its) => drawings.filter(({ label }, i) => its[i] === label).length);
    const shares = right.map((number) => number / count);
    const change = right[1] === right[0] ? "none" : withSign(right[1] - right[0], 0);
    return row(what, shares, (share) => `${Math.round(share * count)} of ${count}`, change);
  };
  const ofMnist = [mnist.before, mnist.after].map((predicted) => ({ labels: mnist.labels, predicted }));
  const accuracies = ofMnist.map(accuracyOf);
  const points = 100 * (accuracies[1] - accuracies[0]);
  const change = Math.abs(points) < 0.005 ? "none" : `${withSign(points)} points`;
  const [confusionBefore, confusionAfter] = ofMnist.map(confusionOf);
  const losses = confusionBefore.map((row, digit) => row[digit] - confusionAfter[digit][digit]);
  const worst = argmax(losses);
  const forgotten =
    losses[worst] > 0
      ? `Learning one thing cost another: the ${worst}s suffered most, of which ${losses[worst]} more of ` +
        `${sum(confusionAfter[worst])} are wrong now. MNIST’s digits among yours keep this small.`
      : "It forgot none of MNIST’s digits.";
  const writeNew = () => {
    predictWith(NAME);
    begin();
  };
  return html`<table>
      <caption class="sr-only">Right, before and after</caption>
      <thead>
        <tr>
          <td></td>
          ${["before", "after", "change"].map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${ofMine("Your drawings, which it learned", after)}
        ${ofMine("The same, each by a copy that did not learn it", outOfFold)}
        ${row("MNIST’s 10,000 test digits", accuracies, (share) => percent(share, 2), change)}
      </tbody>
    </table>
    <p class="quiet">The second line is the fair one (cross-validation in four parts). ${forgotten}</p>
    <div class="buttons">
      <button type="button" @click=${() => drawWith(NAME)}>Draw with it</button>
      <button type="button" @click=${writeNew}>Write twenty new digits for it</button>
    </div>`;
}
