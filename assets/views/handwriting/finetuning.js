/** Fine-tuning a copy of the shared network on the visitor's drawings, in the page; and what it gained and forgot. */
/** @import { Shape } from "../../engine/backpropagation.js" */
/** @import { FineTuned } from "../../engine/finetuning.js" */
/** @import { LabeledDrawing } from "./handwriting.js" */
import { PIXELS } from "../../engine/backpropagation.js";
import { argmax, sum } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { preprocess } from "../../engine/preprocessing.js";
import { percent, withSign } from "../../parts/numbers.js";
import { addOwn, drawWith, networks, predictWith } from "../../state/networks.js";
import { current as currentRun } from "../../state/runs.js";
import { state } from "../../state/state.js";
import { keep, kept } from "../../state/storage.js";
import { listeners, tell } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { begin, inkOf } from "./handwriting.js";

/** @typedef {{ parameters: Float32Array, shape: Shape, testAccuracy: number }} Tuned */

const NAME = "fine-tuned"; // in the state
const FEWEST = 4; // drawings: one for each fold of the cross-validation

const tuned = signal(/** @type {Tuned | null} */ (null));
/** The last fine-tuning: on which drawings, how far it is, and what came of it. */
const job = signal(
  /** @type {{ drawings: LabeledDrawing[], share: number, result: FineTuned | null } | null} */ (null),
);
const problem = signal("");

/** Whether the network that predicts was fine-tuned on these very drawings. */
export function isTunedOnThese() {
  return state.network.value === NAME && job.value?.drawings === state.handwriting.value;
}

const shared = computed(() => networks.value.get("shared") ?? null);
const shape = computed(() => {
  if (!shared.value) return null;
  const { network, mean, std } = shared.value.classifier;
  const widths = [PIXELS, ...network.layers.map(({ outputs }) => outputs)];
  return /** @type {Shape} */ ({ widths, activation: "relu", mean, std });
});

async function start() {
  const drawings = state.handwriting.value;
  if (!shared.value) return;
  [job.value, problem.value] = [{ drawings, share: 0, result: null }, ""];
  const images = new Uint8Array(drawings.length * PIXELS);
  drawings.forEach((drawn, i) => images.set(preprocess(inkOf(drawn), CANVAS_SIDE, CANVAS_SIDE), i * PIXELS));
  const samples = { images, labels: Uint8Array.from(drawings, ({ label }) => label) };
  const layers = shared.value.classifier.network.layers;
  const parameters = Float32Array.from(layers.flatMap(({ weights, biases }) => [...weights, ...biases]));
  try {
    await tell({ type: "fine-tune", run: NAME, parameters, shape: shape.value, drawings: samples, seed: 0 });
  } catch (error) {
    fail(/** @type {Error} */ (error).message);
  }
}

/** @param {string} message */
function fail(message) {
  [job.value, problem.value] = [null, message];
}

listeners.add((message) => {
  if (!job.value || job.value.result || (message.run !== NAME && message.run !== undefined)) return;
  if (message.type === "failed") fail(message.message);
  if (message.type !== "fine-tuning") return;
  if (message.state === "stopped") job.value = null;
  else if (message.state === "diverged") fail("It diverged: its weights are no numbers any more. Write other digits.");
  else job.value = { ...job.value, share: message.share, result: message.result };
  if (!message.result || !shape.value) return;
  tuned.value = {
    parameters: message.result.parameters,
    shape: shape.value,
    testAccuracy: message.result.mnistAfter.accuracy,
  };
  keep(NAME, tuned.value);
});

effect(() => {
  const [network, base] = [tuned.value, shared.value];
  if (!network || !base) return;
  const recipe = `${base.description.recipe}; fine-tuned on your drawings`;
  const about = { recipe, origin: "Fine-tuned in this page", testAccuracy: network.testAccuracy };
  untracked(() => addOwn(NAME, "Fine-tuned", network, about));
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
    <p class="view-quiet">
      A copy of the pretrained network learns slightly distorted copies of your drawings among MNIST’s digits, in this
      page: nothing is sent. It takes some seconds.
    </p>
    <div class="buttons">
      ${
        isRunning
          ? html`<button type="button" @click=${() => tell({ type: "stop" })}>Stop</button>
              <progress max="1" value=${now.share} aria-label="Fine-tuning"></progress>`
          : html`<button type="button" class="is-main" ?disabled=${missing !== ""} @click=${start}>Fine-tune</button>`
      }
      <span role="status">${isRunning ? "Fine-tuning …" : now?.result ? "Done: the copy is yours." : missing}</span>
    </div>
    ${problem.value ? html`<p role="alert">! ${problem.value}</p>` : nothing}
    ${now?.result && now.drawings === drawings ? comparison(now.result, drawings) : nothing}
  </section>`;
}

/** @param {FineTuned} result @param {LabeledDrawing[]} drawings */
function comparison({ before, after, outOfFold, mnistBefore, mnistAfter }, drawings) {
  const right = (/** @type {Uint8Array} */ digits) => drawings.filter(({ label }, i) => digits[i] === label).length;
  const count = drawings.length;
  const losses = mnistBefore.confusion.map((row, digit) => row[digit] - mnistAfter.confusion[digit][digit]);
  const worst = argmax(losses);
  const points = 100 * (mnistAfter.accuracy - mnistBefore.accuracy);
  const fresh = () => {
    predictWith(NAME);
    begin();
  };
  /** @type {(what: unknown, shares: number[], words: string[], change: string) => unknown} */
  const row = (what, shares, words, change) =>
    html`<tr>
      <th scope="row">${what}</th>
      ${shares.map(
        (share, i) =>
          html`<td>
            <span class="track" aria-hidden="true"><span style="--share: ${share}"></span></span>${words[i]}
          </td>`,
      )}
      <td>${change}</td>
    </tr>`;
  const ofMine = (/** @type {string} */ what, /** @type {Uint8Array} */ digits) =>
    row(
      what,
      [right(before) / count, right(digits) / count],
      [`${right(before)} of ${count}`, `${right(digits)} of ${count}`],
      right(digits) === right(before) ? "none" : withSign(right(digits) - right(before), 0),
    );
  const forgotten =
    losses[worst] > 0
      ? `Learning one thing cost another: the ${worst}s suffered most, of which ${losses[worst]} more of ` +
        `${sum(mnistAfter.confusion[worst])} are wrong now. MNIST’s digits among yours keep this small.`
      : "It forgot none of MNIST’s digits.";
  return html`<table>
      <caption class="sr-only">Right, before and after</caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">before</th>
          <th scope="col">after</th>
          <th scope="col">change</th>
        </tr>
      </thead>
      <tbody>
        ${ofMine("Your drawings, which it learned", after)}
        ${ofMine("The same, each by a copy that did not learn it", outOfFold)}
        ${row(
          "MNIST’s 10,000 test digits",
          [mnistBefore.accuracy, mnistAfter.accuracy],
          [percent(mnistBefore.accuracy, 2), percent(mnistAfter.accuracy, 2)],
          Math.abs(points) < 0.005 ? "none" : `${withSign(points)} points`,
        )}
      </tbody>
    </table>
    <p class="view-quiet">The second line is the fair one (cross-validation in four parts). ${forgotten}</p>
    <div class="buttons">
      <button type="button" @click=${() => drawWith(NAME)}>Draw with it</button>
      <button type="button" @click=${fresh}>Write twenty new digits for it</button>
    </div>`;
}

kept().then((all) => {
  const found = all.find(([key]) => key === NAME);
  if (found && !tuned.value) tuned.value = found[1];
});
