/** The pictures of the lesson: those of the views, and its own: a batch, ReLU as a graph, a weight that is nudged, and
    trainings side by side. */
/** @import { Settings } from "../../engine/settings.js" */
/** @import { Curve, YAxis } from "../../parts/chart.js" */
/** @import { Facts } from "./facts.js" */
import { DEFAULTS, OPTIMIZERS } from "../../engine/settings.js";
import { ACCURACY, LOSS, stepAxis, stepChart } from "../../parts/chart.js";
import { options, slider } from "../../parts/fields.js";
import { number, percent, withSign } from "../../parts/numbers.js";
import { miniSet } from "../../state/mini-sets.js";
import { image } from "../../state/prediction.js";
import * as training from "../../state/runs.js";
import { state } from "../../state/state.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { lossCurve, softmaxPicture } from "../loss/loss.js";
import { neuronSum } from "../neurons/neuron.js";
import { legend, meant, neuronLayers, weakerHalf } from "../neurons/neurons.js";
import { changePicture, choice, differenceMap } from "../why/why.js";
import { neuronOf, nudged } from "./facts.js";

const BATCH = 32;
const RATES = [0.001, 0.01, 0.1];
const GAP = 0.1; // between training and validation accuracy: far better on what was learned
const POINTS = 81; // of the curve over the nudge

/** How far the nudged weight goes in each direction. */
export const REACH = 2;

/** @param {string} label @param {"unrolled" | "nudge"} name of the state */
const stateSlider = (label, name) =>
  slider(label, state[name].value, (value) => (state[name].value = value), { step: 0.0125 });

/** A batch of 32 images, the visitor's first; in color, each is three sheets. */
export function batch() {
  const isColor = state.color.value;
  const others = miniSet("validation")?.images ?? [];
  return html`
    <div class="lesson-batch ${isColor ? "is-color" : ""}">
      ${Array.from(
        { length: BATCH },
        (_, i) => html`<ink-image title=${i ? `Image ${i + 1}, a validation digit of MNIST` : "Image 1: yours"}
          .values=${(i ? others[i] : image.value) ?? []}></ink-image>`,
      )}
    </div>
    <figcaption>
      <code>(<b>32</b>, <b>${isColor ? 3 : 1}</b>, <b>28</b>, <b>28</b>)</code>
      <label><input type="checkbox" role="switch" .checked=${isColor}
        @change=${(/** @type {any} */ { target }) => (state.color.value = target.checked)} />
        In color</label>
    </figcaption>
  `;
}

/** The image becomes a row as far as a slider is pulled: its 28 rows slide behind one another. */
export function flattening() {
  const share = state.unrolled.value;
  const between = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * share;
  const [width, height] = [between(4, 1), between(4, 16)]; // of a pixel
  const rows = Array.from({ length: 28 }, (_, row) => {
    const [x, y] = [between(336, row * 28), between(row * 4, 48)];
    return svg`<rect class="flattening-row" x=${x} y=${y} width=${28 * width} height=${height} />
      ${Array.from(image.value.subarray(row * 28, row * 28 + 28), (tone, column) =>
        tone
          ? svg`<rect x=${x + column * width} y=${y} width=${width} height=${height} opacity=${tone / 255} />`
          : nothing,
      )}`;
  });
  return html`<svg class="flattening" viewBox="0 -2 784 124" role="img"
      aria-label=${share === 1 ? "The image as one row of 784 pixels" : "The image, 28 by 28 pixels"}>
      ${rows}
    </svg>
    ${stateSlider("Unroll the image", "unrolled")}
    <figcaption><code>${share === 1 ? "(1, 784)" : "(1, 1, 28, 28)"}</code></figcaption>`;
}

/** @param {Facts | null} known */
export function neuron(known) {
  return known ? neuronSum(known.classifier, known.now, { layer: 0, neuron: neuronOf(known) }) : nothing;
}

/** ReLU as a graph, with the 64 neurons of layer 1 on it. @param {Facts | null} known */
export function relu(known) {
  const sums = known ? [...known.now.sums[0]] : [];
  const most = Math.max(4, ...sums.map(Math.abs));
  const x = (/** @type {number} */ z) => 300 + (z / most) * 280;
  const y = (/** @type {number} */ z) => 250 - (Math.max(z, 0) / most) * 230;
  const chosen = known ? neuronOf(known) : 0;
  const choose = (/** @type {number} */ neuron) => {
    if (neuron in sums) state.neuron.value = [0, neuron];
  };
  const dots = sums.map((z, neuron) => {
    const name = `Neuron ${neuron + 1}: its sum is ${number(z)}, it passes on ${number(Math.max(z, 0))}`;
    return svg`<circle class=${z > 0 ? "" : "is-inactive"} cx=${x(z)} cy=${y(z)}
      r=${neuron === chosen ? 9 : 6} @click=${() => choose(neuron)}><title>${name}</title></circle>`;
  });
  return html`
    <svg class="graph lesson-graph" viewBox="0 0 600 290" role="group" aria-label="max(0, z), with 64 neurons on it">
      <path d="M20 250H580M300 250V10"></path>
      <polyline points="20,250 300,250 580,20" />
      <text x="580" y="280" text-anchor="end">sum z</text>
      <text x="290" y="30" text-anchor="end">passed on: max(0, z)</text>
      ${dots}
    </svg>
    <figcaption>
      <label>Neuron
        <input type="number" min="1" max=${Math.max(sums.length, 1)} .value=${String(chosen + 1)}
          @change=${(/** @type {any} */ { target }) => choose(target.value - 1)} />
      </label>
      ${known ? `z = ${number(sums[chosen])}, passed on: ${number(Math.max(sums[chosen], 0))}` : nothing}
    </figcaption>
  `;
}

/** All layers as tiles, and what the step does with them. @param {unknown} control */
const tiles = (control) =>
  html`<div class="lesson-neurons stack">
    ${neuronLayers()}
    <div class="buttons">${control} <span class="quiet">${legend()}</span></div>
  </div>`;

export const layers = () => tiles(weakerHalf());

export const backpropagation = () => tiles(meant());

/** @param {Facts | null} known */
export const softmax = (known) =>
  known ? html`<div class="lesson-softmax stack">${softmaxPicture(known.now)}</div>` : nothing;

/** @param {Facts | null} known */
export const crossEntropyCurve = (known) =>
  known ? html`${labels(known)} ${lossCurve(known.now.logits, known.label)}` : nothing;

/** Ten buttons to say which digit was meant. @param {Facts} known */
function labels({ label }) {
  return html`<div class="segments" role="group" aria-label="I meant">
    <span>I meant</span>
    ${Array.from({ length: 10 }, (_, digit) => {
      const mean = () => (state.label.value = digit);
      return html`<button type="button" aria-pressed=${digit === label} @click=${mean}>${digit}</button>`;
    })}
  </div>`;
}

/** The nudge that the slider says. */
export const nudgeOf = () => (2 * state.nudge.value - 1) * REACH;

/** The loss over one weight, with its tangent where the weight is. @param {Facts | null} known */
export function nudge(known) {
  if (!known) return nothing;
  const { neuron, loss, slope } = nudged(known);
  const at = nudgeOf();
  const curve = Array.from({ length: POINTS }, (_, i) => (2 * (i / (POINTS - 1)) - 1) * REACH);
  const most = loss(-REACH);
  const x = (/** @type {number} */ value) => 300 + (value / REACH) * 270;
  const y = (/** @type {number} */ value) => 250 - (value / most) * 225;
  const tangent = [-0.5, 0.5].map((by) => `${x(at + by)} ${y(loss(at) + by * slope(at))}`);
  return html`
    <svg class="graph lesson-graph" viewBox="0 0 600 290" role="img" aria-label="The loss over one weight: ${number(loss(at))} here">
      <path d="M30 250H570M30 250V10"></path>
      <polyline points=${curve.map((value) => `${x(value)},${y(loss(value))}`).join(" ")} />
      <path d="M${tangent.join("L")}"></path>
      <circle cx=${x(at)} cy=${y(loss(at))} r="9"></circle>
      <text x="40" y="24">loss</text>
      <text x="570" y="280" text-anchor="end">weight from neuron ${neuron + 1} of layer 2 to ${known.label}</text>
    </svg>
    ${stateSlider("Nudge the weight", "nudge")}
    <figcaption>
      <span>Weight <b>${withSign(at)}</b></span> <span>loss <b>${number(loss(at))}</b></span>
      <span>slope <b>${number(slope(at))}</b></span>
    </figcaption>
  `;
}

/** What softmax and the detector say, side by side. @param {Facts | null} known */
export function detector(known) {
  if (!known) return nothing;
  const { verdict, digit, probabilities, image: tones } = known.now;
  return html`<div class="lesson-detector">
    <p>Softmax: <strong>${digit}</strong> with ${percent(probabilities[digit])}</p>
    <p>Detector: <strong>${verdict === "not a digit" ? verdict : "a digit"}</strong></p>
    <ink-image .values=${tones}></ink-image>
  </div>`;
}

/** @param {Facts | null} known */
export function attribution(known) {
  if (!known) return nothing;
  return html`<p>Why ${choice(0, "Why this digit")} and not ${choice(1, "And not that one")}?</p>
    <div class="lesson-why stack">${differenceMap(known.now)} ${changePicture(known.now)}</div>`;
}

// --- trainings --------------------------------------------------------------------------------------------------------

// The chapter's settings, but for these.
const FEW = { ...DEFAULTS, digits: 100, epochs: 50 };
const SHORT = { ...DEFAULTS, digits: 20_000, epochs: 1 };
const atRates = () => RATES.map((learningRate) => ({ ...SHORT, learningRate, optimizer: state.optimizer.value }));

/** The runs with these settings, if all are over. @param {Settings[]} all */
function ended(all) {
  const runs = all.flatMap((settings) => training.runOf(settings) ?? []);
  return runs.length === all.length && !runs.some(training.isUnderWay) ? runs : null;
}

/** Curves of trainings, and a button that runs those that have not been run.
    @param {string} title @param {Settings[]} all @param {Curve[]} curves @param {YAxis} axis @param {string} description
    @param {unknown} [field] */
function trainings(title, all, curves, axis, description, field) {
  const last = Math.max(100, ...all.map((settings) => training.runOf(settings)?.steps ?? 0));
  const trouble = training.trouble.value;
  const isGoing = training.current.value !== null && training.current.value.state !== "paused";
  const start = () => training.startAll(all.filter((settings) => !ended([settings])));
  return html`<figcaption>
      ${field} <button type="button" class="is-main" ?disabled=${isGoing || ended(all) !== null} @click=${start}>${title}</button>
      <span>${description}</span>
    </figcaption>
    <div class="lesson-chart">${stepChart(curves, last, axis, null, description)} ${stepAxis(last)}</div>
    ${trouble ? html`<p role="alert">${trouble}</p>` : nothing}`;
}

export function rates() {
  const all = atRates();
  const choose = (/** @type {any} */ { target }) => (state.optimizer.value = target.value);
  const curves = all.flatMap((settings) => {
    const run = training.runOf(settings);
    if (!run) return [];
    return [{ points: run.points, name: String(settings.learningRate), isChosen: training.current.value === run }];
  });
  const select = html`<select aria-label="Optimizer" @change=${choose}>
    ${options(OPTIMIZERS, state.optimizer.value)}
  </select>`;
  const title = `Train with ${RATES.join(", ")}`;
  return trainings(title, all, curves, LOSS, "Loss, one epoch of 20,000 digits each", select);
}

export function ratesReached() {
  const outcomes = ended(atRates())?.map((run, i) => `${percent(training.accuracyOf(run) ?? 0)} with ${RATES[i]}`);
  return outcomes && `validation accuracy ${outcomes.join(", ")}.`;
}

export function overfitting() {
  const run = training.runOf(FEW);
  const curves = [
    { points: run?.points ?? [], name: "training", isChosen: true },
    { points: run?.snapshots ?? [], name: "validation" },
  ];
  return trainings("Train on 100 digits", [FEW], curves, ACCURACY, "Accuracy, 50 epochs");
}

export function overfittingReached() {
  const [run] = ended([FEW]) ?? [];
  const [learned, validation] = [run?.points.at(-1)?.accuracy ?? 0, run ? (training.accuracyOf(run) ?? 0) : 0];
  return (
    learned - validation > GAP &&
    `${percent(learned, 0)} of its 100 digits, ${percent(validation)} of the validation digits.`
  );
}
