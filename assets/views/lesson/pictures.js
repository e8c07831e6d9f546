/** The pictures of the lesson: those of the views, and its own: a batch, ReLU as a graph, a weight that is nudged, and
    trainings side by side. */
/** @import { Facts } from "./facts.js" */
import { argmax, crossEntropy } from "../../engine/math.js";
import { DEFAULTS, OPTIMIZERS } from "../../engine/settings.js";
import { stepAxis, stepChart } from "../../parts/chart.js";
import { slider } from "../../parts/fields.js";
import { number, percent } from "../../parts/numbers.js";
import { miniSet } from "../../state/mini-sets.js";
import { image } from "../../state/prediction.js";
import * as training from "../../state/runs.js";
import { state } from "../../state/state.js";
import { batch as inOneGo } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { flattening as rowPicture, preprocessingSteps } from "../input/input.js";
import { lossCurve, softmaxPicture } from "../loss/loss.js";
import { neuronSum } from "../neurons/neuron.js";
import { neuronLayers } from "../neurons/neurons.js";
import { ACCURACY, LOSS } from "../train/train.js";
import { changePicture, choice, differenceMap } from "../why/why.js";
import { neuronOf } from "./facts.js";

const BATCH = 32;
const STRIDE = 8; // neurons that one press switches off
const RATES = [0.001, 0.01, 0.1];
const GAP = 0.1; // between training and validation accuracy: far better on what was learned
const REACH = 2; // how far the nudged weight goes in each direction
const POINTS = 81; // of the curve over the nudge
const NEAR = 0.01; // of the loss: this close to the lowest one is the lowest

/** @param {string} label @param {"unrolled" | "nudge"} name of the state */
const stateSlider = (label, name) =>
  slider(label, state[name].value, (value) => (state[name].value = value), { step: 0.0125 });

/** A batch of 32 images, the visitor's first; in color, each is three images. */
export function batch() {
  const isColor = state.color.value;
  const others = miniSet("validation")?.images ?? [];
  const tiles = Array.from({ length: BATCH }, (_, i) => (i ? others[i] : image.value));
  const channels = isColor ? ["red", "green", "blue"] : ["gray"];
  return html`
    <div class="lesson-batch ${isColor ? "is-color" : ""}">
      ${tiles.map(
        (tones, i) =>
          html`<div class=${i ? "" : "is-yours"} title=${i ? `Image ${i}, a test digit of MNIST` : "Image 0: yours"}>
            ${channels.map((channel) => html`<ink-image class="is-${channel}" .tones=${tones ?? []}></ink-image>`)}
          </div>`,
      )}
    </div>
    <figcaption class="lesson-shape">
      <span>(<b>32</b>, <b>${channels.length}</b>, <b>28</b>, <b>28</b>)</span>
      <label><input type="checkbox" role="switch" .checked=${isColor}
        @change=${(/** @type {any} */ { target }) => (state.color.value = target.checked)} />
        In color</label>
    </figcaption>
  `;
}

/** The image that becomes a row, as far as a slider is pulled. */
export function flattening() {
  const share = state.unrolled.value;
  return html`${rowPicture(image.value, share)} ${stateSlider("Unroll the image", "unrolled")}
    <figcaption class="lesson-shape">${share === 1 ? "(1, 784)" : "(1, 1, 28, 28)"}</figcaption>`;
}

/** ReLU as a graph, with the 64 neurons of layer 1 on it. @param {Facts | null} facts */
export function relu(facts) {
  const sums = facts ? [...facts.now.sums[0]] : [];
  const most = Math.max(4, ...sums.map(Math.abs));
  const [x, y] = [
    (/** @type {number} */ z) => 300 + (z / most) * 280,
    (/** @type {number} */ a) => 250 - (a / most) * 230,
  ];
  const chosen = facts ? neuronOf(facts) : 0;
  const dots = sums.map((z, neuron) => {
    const name = `Neuron ${neuron + 1}: its sum is ${number(z)}, it passes on ${number(Math.max(z, 0))}`;
    const isChosen = neuron === chosen;
    const choose = () => (state.neuron.value = [0, neuron]);
    return svg`<circle class="${z > 0 ? "is-active" : ""} ${isChosen ? "is-chosen" : ""}" cx=${x(z)}
      cy=${y(Math.max(z, 0))} r=${isChosen ? 8 : 5} @click=${choose}><title>${name}</title></circle>`;
  });
  return html`
    <svg class="graph lesson-relu" viewBox="0 0 600 290" role="group" aria-label="max(0, z), with 64 neurons on it">
      <path d="M20 250H580M300 250V10"></path>
      <polyline points="20,250 300,250 580,20" />
      <text x="580" y="276" text-anchor="end">sum z</text>
      <text x="310" y="20">passed on: max(0, z)</text>
      ${dots}
    </svg>
    <p class="lesson-neuron">
      <label>Neuron
        <input type="number" min="1" max=${Math.max(sums.length, 1)} .value=${String(chosen + 1)}
          @change=${(/** @type {any} */ { target }) => choose(Number(target.value) - 1, sums.length)} />
      </label>
      ${facts ? `z = ${number(sums[chosen])}, passed on: ${number(Math.max(sums[chosen], 0))}` : nothing}
    </p>
  `;
}

/** @param {number} neuron @param {number} count */
function choose(neuron, count) {
  if (Number.isInteger(neuron) && neuron >= 0 && neuron < count) state.neuron.value = [0, neuron];
}

/** The weight that is nudged: from the most active neuron of layer 2 to the label's output. What it passes on, the loss over
    the nudge, and its slope where the nudge is 0. @param {Facts} facts */
export function nudged({ now, label }) {
  const neuron = argmax(now.hidden[1]);
  const activation = now.hidden[1][neuron];
  const loss = (/** @type {number} */ nudge) =>
    crossEntropy(
      now.logits.map((logit, digit) => logit + (digit === label ? nudge * activation : 0)),
      label,
    );
  return { neuron, activation, loss, slope: (now.probabilities[label] - 1) * activation };
}

/** The nudge that the slider says. */
const nudgeOf = () => (2 * state.nudge.value - 1) * REACH;

/** @param {Facts | null} facts */
export function nudge(facts) {
  if (!facts) return nothing;
  const { neuron, loss, slope } = nudged(facts);
  const at = nudgeOf();
  const curve = Array.from({ length: POINTS }, (_, i) => (2 * (i / (POINTS - 1)) - 1) * REACH);
  const most = Math.max(...curve.map(loss));
  const [x, y] = [
    (/** @type {number} */ value) => 300 + (value / REACH) * 270,
    (/** @type {number} */ l) => 240 - (l / most) * 215,
  ];
  const tangent = [-0.5, 0.5].map((step) => `${x(at + step)} ${y(loss(at) + step * slopeAt(facts, at))}`);
  return html`
    <svg class="graph" viewBox="0 0 600 270" role="img"
      aria-label="The loss over one weight: ${number(loss(at), 3)} here">
      <path d="M30 240H570"></path>
      <polyline points=${curve.map((value) => `${x(value)},${y(loss(value))}`).join(" ")} />
      <path d="M${tangent.join("L")}"></path>
      <circle cx=${x(at)} cy=${y(loss(at))} r="8"></circle>
      <text x="34" y="20">loss ${number(loss(at), 3)}</text>
      <text x="570" y="262" text-anchor="end">
        weight from neuron ${neuron + 1} of layer 2 to ${facts.label}: ${at < 0 ? "−" : "+"}${Math.abs(at).toFixed(2)}
      </text>
    </svg>
    ${stateSlider("Nudge the weight", "nudge")}
    <figcaption>Slope where the weight is now: ${number(slope, 3)}</figcaption>
  `;
}

/** @param {Facts} facts @param {number} at */
function slopeAt(facts, at) {
  const { loss } = nudged(facts);
  return (loss(at + 1e-4) - loss(at - 1e-4)) / 2e-4;
}

/** @param {Facts} facts */
export function nudgeWords(facts) {
  const { slope } = nudged(facts);
  return `The slope is ${number(slope, 3)}: a little more of this weight ${slope < 0 ? "lowers" : "raises"} the loss.`;
}

/** @param {Facts} facts */
export function nudgeReached(facts) {
  const { loss } = nudged(facts);
  const [here, lowest] = [loss(nudgeOf()), Math.min(loss(-REACH), loss(REACH))];
  return (
    here <= lowest + NEAR &&
    `from ${number(loss(0), 3)} to ${number(here, 3)}. Training does this for all 55,050 parameters at once.`
  );
}

// --- the views' pictures ----------------------------------------------------------------------------------------------

export const preprocessing = () => preprocessingSteps();

/** @param {Facts | null} facts */
export function neuron(facts) {
  return facts ? neuronSum(facts.classifier, facts.now, { layer: 0, neuron: neuronOf(facts) }) : nothing;
}

/** All neurons as tiles, and buttons that switch off the weakest that are left in layer 1. @param {Facts | null} facts */
export function layers(facts) {
  if (!facts) return nothing;
  const activations = facts.classifier.whole.forward(facts.now.image).hidden[0];
  const off = state.off.value.filter(([layer]) => layer === 0).map(([, neuron]) => neuron);
  const on = [...activations.keys()].filter((neuron) => !off.includes(neuron));
  on.sort((a, b) => activations[a] - activations[b]);
  const more = () => (state.off.value = [...off, ...on.slice(0, STRIDE)].map((neuron) => [0, neuron]));
  return html`${neuronLayers()}
    <div class="buttons">
      <button type="button" ?disabled=${!on.length} @click=${more}>Switch off ${STRIDE} more</button>
      <button type="button" ?disabled=${!off.length} @click=${() => (state.off.value = [])}>Switch all on</button>
      <span>${on.length} of ${activations.length} neurons of layer 1 are on, ${facts.now.digit} has
        ${percent(facts.now.probabilities[facts.now.digit])}</span>
    </div>`;
}

/** @param {Facts | null} facts */
export const softmax = (facts) => (facts ? softmaxPicture(facts.now) : nothing);

/** @param {Facts | null} facts */
export function crossEntropyCurve(facts) {
  if (!facts) return nothing;
  return html`${labels(facts)} ${lossCurve(facts.now.logits, facts.label)}`;
}

/** @param {Facts | null} facts */
export function backpropagation(facts) {
  if (!facts) return nothing;
  const isAsking = state.errors.value && state.label.value !== null;
  return html`${labels(facts)} ${neuronLayers()}
    <figcaption>
      ${isAsking ? "Bars: what the loss asks for. Orange wants a higher sum, blue a lower one." : nothing}
    </figcaption>`;
}

/** Ten buttons to say which digit was meant. @param {Facts} facts */
function labels({ label }) {
  return html`<div class="lesson-labels" role="group" aria-label="I meant">
    <span>I meant</span>
    ${Array.from({ length: 10 }, (_, digit) => {
      const mean = () => inOneGo(() => ([state.label.value, state.errors.value] = [digit, true]));
      return html`<button type="button" aria-pressed=${digit === label} @click=${mean}>${digit}</button>`;
    })}
  </div>`;
}

/** What softmax and the detector say, side by side. @param {Facts | null} facts */
export function detector(facts) {
  if (!facts) return nothing;
  const { now, classifier } = facts;
  const threshold = classifier.detector?.threshold ?? 0;
  const isDigit = (now.detectorLogit ?? 0) >= threshold;
  return html`<div class="lesson-detector">
    <p>Softmax: <strong>${now.digit}</strong> with ${percent(now.probabilities[now.digit])}</p>
    <p>Detector: <strong>${isDigit ? "a digit" : "not a digit"}</strong></p>
    <ink-image .tones=${now.image}></ink-image>
  </div>`;
}

/** @param {Facts | null} facts */
export function attribution(facts) {
  if (!facts) return nothing;
  return html`<p class="lesson-pair">Why ${choice(0, "Why this digit")} and not ${choice(1, "And not that one")}?</p>
    ${differenceMap(facts.now)} ${changePicture(facts.now)}`;
}

// --- trainings --------------------------------------------------------------------------------------------------------

/** @typedef {import("../../engine/settings.js").Settings} Settings */

/** @param {number} learningRate @returns {Settings} */
const atRate = (learningRate) => ({
  ...DEFAULTS,
  epochs: 1,
  digits: 20_000,
  optimizer: /** @type {Settings["optimizer"]} */ (state.optimizer.value),
  learningRate,
});

const FEW = { ...DEFAULTS, digits: 100, epochs: 50 };

/** @param {import("../../state/runs.js").Run | undefined} run */
const isOver = (run) => run?.state === "done" || run?.state === "diverged";

export function rates() {
  const choose = (/** @type {any} */ { target }) => (state.optimizer.value = target.value);
  const curves = RATES.map((rate) => ({ rate, run: training.runOf(atRate(rate)) }));
  const lines = curves.flatMap(({ rate, run }) =>
    run ? [curve(run.points, "loss", String(rate), training.current.value === run)] : [],
  );
  return html`<div class="buttons">
      <label>Optimizer
        <select @change=${choose}>
          ${Object.entries(OPTIMIZERS).map(([name, title]) => html`<option value=${name} ?selected=${name === state.optimizer.value}>${title}</option>`)}
        </select>
      </label>
      ${curves.map(({ rate, run }) => trainButton(`Train with ${rate}`, atRate(rate), run))}
    </div>
    <div class="lesson-chart">
      ${stepChart(lines, lastStep(curves.map(({ run }) => run)), LOSS, null, "The losses of three trainings over their steps")}
      ${stepAxis(lastStep(curves.map(({ run }) => run)))}
    </div>
    ${trouble()}`;
}

export function ratesReached() {
  const all = RATES.map((rate) => training.runOf(atRate(rate)));
  const accuracies = all.map((run) => (run && isOver(run) ? training.accuracyOf(run) : null));
  if (accuracies.some((accuracy) => accuracy === null)) return null;
  const outcomes = RATES.map((rate, i) => `${percent(accuracies[i] ?? 0)} with ${rate}`);
  return `validation accuracy ${outcomes.join(", ")}.`;
}

export function overfitting() {
  const run = training.runOf(FEW);
  const measured = run?.snapshots.filter(({ accuracy }) => accuracy !== null) ?? [];
  const lines = run
    ? [curve(run.points, "accuracy", "training", true), curve(measured, "accuracy", "validation", false)]
    : [];
  return html`<div class="buttons">${trainButton("Train on 100 digits", FEW, run)}</div>
    <div class="lesson-chart">
      ${stepChart(lines, lastStep([run]), ACCURACY, null, "The accuracy on training and on validation digits over the steps")}
      ${stepAxis(lastStep([run]))}
    </div>
    ${trouble()}`;
}

export function overfittingReached() {
  const run = training.runOf(FEW);
  if (!run || !isOver(run)) return null;
  const [learned, validation] = [run.points.at(-1)?.accuracy ?? 0, training.accuracyOf(run) ?? 0];
  return (
    learned - validation > GAP &&
    `${percent(learned, 0)} of its 100 digits, ${percent(validation)} of the validation digits.`
  );
}

/** @param {string} title @param {Settings} settings @param {import("../../state/runs.js").Run | undefined} run */
function trainButton(title, settings, run) {
  const isGoing = run !== undefined && training.current.value === run;
  return html`<button type="button" ?disabled=${isGoing} @click=${() => training.start(settings)}>
    ${isOver(run) ? "✓ " : ""}${title}
  </button>`;
}

/** @type {(points: readonly any[], field: "loss" | "accuracy", name: string, isChosen: boolean) => import("../../parts/chart.js").Curve} */
function curve(points, field, name, isChosen) {
  return { points: points.map((point) => [point.step, point[field] ?? NaN]), marks: [], name, isChosen };
}

/** @param {(import("../../state/runs.js").Run | undefined)[]} runs */
const lastStep = (runs) => Math.max(100, ...runs.map((run) => run?.steps ?? 0));

function trouble() {
  const words = training.trouble.value;
  return words ? html`<p role="alert">${words}</p>` : nothing;
}
