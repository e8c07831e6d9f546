/** The lesson's own pictures: a batch, an image that becomes a row, ReLU as a graph, and one weight that is nudged. */
/** @import { Facts } from "./steps.js" */
import { argmax, crossEntropy } from "../../engine/math.js";
import { number } from "../../parts/numbers.js";
import { image } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { testDigits } from "../loss/test-digits.js";
import { neuronOf } from "./steps.js";

const SIDE = 28;
const BATCH = 32;
const REACH = 2; // how far the nudged weight goes in each direction
const POINTS = 81; // of the curve over the nudge
const NEAR = 0.01; // of the loss: this close to the lowest one is the lowest

/** A slider of the lesson. @param {string} label @param {"unrolled" | "nudge"} name of the state */
function slider(label, name) {
  return html`<input
    type="range"
    min="0"
    max="1"
    step="0.0125"
    aria-label=${label}
    .value=${String(state[name].value)}
    @input=${(/** @type {any} */ { target }) => (state[name].value = Number(target.value))}
  />`;
}

/** A batch of 32 images, the visitor's first; in color, each is three images. */
export function batch() {
  const isColor = state.color.value;
  const others = testDigits.value?.images ?? [];
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
      <label
        ><input
          type="checkbox"
          role="switch"
          .checked=${isColor}
          @change=${(/** @type {any} */ { target }) => (state.color.value = target.checked)}
        />
        In color</label
      >
    </figcaption>
  `;
}

/** 28 rows that slide behind one another, as far as a slider is pulled. */
export function flattening() {
  const share = state.unrolled.value;
  const between = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * share;
  const [cell, height] = [between(8, 1), between(8, 24)];
  const pixels = [...image.value].map((tone, i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE];
    const [x, y] = [between(280, row * SIDE) + column * cell, between(row * 8, 100)];
    return tone
      ? svg`<rect x=${x} y=${y} width=${cell} height=${height} fill-opacity=${(tone / 255).toFixed(2)}></rect>`
      : nothing;
  });
  const rows = Array.from(
    { length: SIDE },
    (_, row) =>
      svg`<rect class="is-row" x=${between(280, row * SIDE)} y=${between(row * 8, 100)} width=${SIDE * cell} height=${height}></rect>`,
  );
  const words = share === 1 ? "Your image as one row of 784 pixels" : "Your image, 28 by 28 pixels";
  return html`
    <svg class="lesson-unrolled" viewBox="-1 -1 786 226" role="img" aria-label=${words}>${rows}${pixels}</svg>
    ${slider("Unroll the image", "unrolled")}
    <figcaption class="lesson-shape">${share === 1 ? "(1, 784)" : "(1, 1, 28, 28)"}</figcaption>
  `;
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
    return svg`<circle class="${z > 0 ? "is-active" : ""} ${isChosen ? "is-chosen" : ""}" cx=${x(z)} cy=${y(Math.max(z, 0))}
      r=${isChosen ? 8 : 5} @click=${choose}><title>${name}</title></circle>`;
  });
  return html`
    <svg class="lesson-relu" viewBox="0 0 600 290" role="group" aria-label="max(0, z), with 64 neurons on it">
      <path class="is-axis" d="M20 250H580M300 250V10"></path>
      <path class="is-graph" d="M20 250H300L580 20"></path>
      <text x="580" y="276" text-anchor="end">sum z</text>
      <text x="310" y="20">passed on: max(0, z)</text>
      ${dots}
    </svg>
    <label class="lesson-neuron"
      >Neuron
      <input
        type="number"
        min="1"
        max=${Math.max(sums.length, 1)}
        .value=${String(chosen + 1)}
        @change=${(/** @type {any} */ { target }) => choose(Number(target.value) - 1, sums.length)}
      />
      ${facts ? `z = ${number(sums[chosen])}, passed on: ${number(Math.max(sums[chosen], 0))}` : nothing}
    </label>
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
    <svg
      class="lesson-nudge"
      viewBox="0 0 600 270"
      role="img"
      aria-label="The loss over one weight: ${number(loss(at), 3)} here"
    >
      <path class="is-axis" d="M30 240H570"></path>
      <path class="is-graph" d="M${curve.map((value) => `${x(value)} ${y(loss(value))}`).join("L")}"></path>
      <path class="is-tangent" d="M${tangent.join("L")}"></path>
      <circle class="is-chosen" cx=${x(at)} cy=${y(loss(at))} r="8"></circle>
      <text x="34" y="20">loss ${number(loss(at), 3)}</text>
      <text x="570" y="262" text-anchor="end">
        weight from neuron ${neuron + 1} of layer 2 to ${facts.label}: ${at < 0 ? "−" : "+"}${Math.abs(at).toFixed(2)}
      </text>
    </svg>
    ${slider("Nudge the weight", "nudge")}
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
