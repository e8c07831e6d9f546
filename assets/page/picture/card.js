/** The card of a neuron or of a connection, which takes the image's place: what raises the sum, and what lowers it. */
/** @import { Classifier, Current } from "../../state/types.js" */
/** @import { Pointed } from "./picture.js" */
import { SIDE } from "../../engine/preprocessing.js";
import { number, percent, withSign } from "../../parts/numbers.js";
import { fullOf } from "../../parts/tiles.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { lineValues, parts } from "./sums.js";

/** @typedef {{ classifier: Classifier, current: Current, at: Pointed }} Shown */

/** @param {Shown} shown */
export const card = (shown) => (shown.at.from === undefined ? neuronCard(shown) : connectionCard(shown));

/** The same in words, for assistive technology. @param {Shown} shown */
export function cardInWords({ classifier, current, at }) {
  const name = nameOf(classifier, at.layer, at.neuron);
  if (at.from !== undefined) {
    const { value } = connection({ classifier, current, at });
    return `${sourceOf(at)} to ${name}: ${withSign(value)}`;
  }
  const { raises, lowers, rest, total } = parts(classifier, current, at);
  const made = [`${withSign(raises)} raises`, `${withSign(lowers)} lowers`, `${withSign(rest)} ${restName(at)}`];
  return `${name}: sum ${number(total)}. ${made.join(", ")}.`;
}

/** @param {Shown} shown */
function neuronCard({ classifier, current, at }) {
  const { inputs, weights } = classifier.network.layers[at.layer];
  const its = square(weights.subarray(at.neuron * inputs, (at.neuron + 1) * inputs));
  const tones = at.layer ? square(current.hidden?.[at.layer - 1] ?? []) : current.image;
  const sum = parts(classifier, current, at);
  const isOutput = at.layer === classifier.network.layers.length - 1;
  const what = at.layer ? "Active neurons" : "Ink";
  return html`
    <h3>${nameOf(classifier, at.layer, at.neuron)} <small>${isOutput ? "output" : `layer ${at.layer + 1}`}</small></h3>
    <p>${what} on <b class="is-up">orange</b> raises its sum, on <b class="is-down">blue</b> lowers it.</p>
    <div class="picture-weights">
      <signed-image .values=${its} .full=${fullOf(its)}></signed-image>
      ${outline(tones)}
    </div>
    <div class="picture-sum">
      ${sumBars(sum, at)} ${isOutput || !classifier.network.relu ? nothing : reluPlot(sum.total)}
      <p>
        <b>${isOutput ? "logit" : "sum"} ${number(sum.total, 1)}</b>
        <small>${outcome(classifier, current, at, sum.total)}</small>
      </p>
    </div>
  `;
}

/** @param {Classifier} classifier @param {Current} current @param {Pointed} at @param {number} total */
function outcome({ network }, { probabilities }, { layer, neuron }, total) {
  if (layer === network.layers.length - 1) return `softmax: ${percent(probabilities[neuron])}`;
  if (!network.relu) return "";
  return total > 0 ? "ReLU keeps it" : "ReLU makes it 0";
}

/** @param {Shown} shown */
function connectionCard(shown) {
  const { classifier, current, at } = shown;
  const { layer, neuron } = at;
  const { weight, activation, value } = connection(shown);
  const sum = parts(classifier, current, at);
  const whole = value < 0 ? sum.lowers : sum.raises;
  const name = nameOf(classifier, layer, neuron);
  return html`
    <h3>${sourceOf(at)} → ${name}</h3>
    ${
      layer
        ? html`<p>Weight times activation:</p>
            <p class="picture-product">
              ${number(weight)} × ${number(activation)} =
              <b class=${value < 0 ? "is-down" : "is-up"}>${withSign(value)}</b>
            </p>`
        : html`<p>The ink of 28 pixels, each times its weight:</p>
            <p class="picture-product"><b class=${value < 0 ? "is-down" : "is-up"}>${withSign(value)}</b></p>`
    }
    <p>
      This ${value < 0 ? "lowers" : "raises"} its sum,
      ${number(sum.total)}${
        whole ? `: ${percent(value / whole)} of all that ${value < 0 ? "lowers" : "raises"} it` : ""
      }.
    </p>
    <div class="picture-sum">${sumBars(sum, at)}</div>
  `;
}

/** @param {Shown} shown */
function connection({ classifier, current, at: { layer, neuron, from = 0 } }) {
  const values = lineValues(classifier, current, layer);
  const { inputs, outputs, weights } = classifier.network.layers[layer];
  return {
    weight: weights[neuron * inputs + from],
    activation: current.hidden?.[layer - 1]?.[from] ?? 0,
    value: values[(neuron * values.length) / outputs + from],
  };
}

/** @param {{ raises: number, lowers: number, rest: number }} sum @param {Pointed} at */
function sumBars({ raises, lowers, rest }, at) {
  const most = Math.max(raises, -lowers, Math.abs(rest)) || 1;
  const bar = (/** @type {number} */ value, /** @type {string} */ words) => html`
    <li class=${value < 0 ? "is-down" : "is-up"}>
      <span style="inline-size: ${((52 * Math.abs(value)) / most).toFixed(1)}%"></span>${withSign(value, 1)} ${words}
    </li>
  `;
  return html`<ul>${bar(raises, "")} ${bar(lowers, "")} ${bar(rest, restName(at))}</ul>`;
}

/** ReLU, with the neuron's sum on it. @param {number} sum */
function reluPlot(sum) {
  const x = 36 + (30 * sum) / Math.max(Math.abs(sum), 8);
  const y = 42 - Math.max(x - 36, 0);
  return svg`<svg class="graph" viewBox="0 0 72 50" aria-hidden="true">
    <path stroke-dasharray="2 2" d="M0 42h72M36 4v46M36 ${y}H${x}V42" />
    <polyline points="0,42 36,42 72,6" />
    <circle cx=${x} cy=${y} r="4" />
  </svg>`;
}

/** The edge of what is darker than a third, around squares of a square. @param {ArrayLike<number>} tones */
function outline(tones) {
  const side = Math.sqrt(tones.length);
  const most = Math.max(...Array.from(tones), 1e-9);
  const isIn = (/** @type {number} */ x, /** @type {number} */ y) =>
    x >= 0 && y >= 0 && x < side && y < side && tones[y * side + x] > most / 3;
  let path = "";
  for (let y = 0; y <= side; y++) {
    for (let x = 0; x <= side; x++) {
      if (isIn(x, y) !== isIn(x - 1, y)) path += `M${x} ${y}v1`;
      if (isIn(x, y) !== isIn(x, y - 1)) path += `M${x} ${y}h1`;
    }
  }
  return svg`<svg viewBox="0 0 ${side || 1} ${side || 1}" aria-hidden="true">
    <path vector-effect="non-scaling-stroke" d=${path} />
  </svg>`;
}

/** Values filled up with zeros to those of a square. @param {ArrayLike<number>} values */
function square(values) {
  const all = new Float64Array(Math.ceil(Math.sqrt(values.length)) ** 2);
  all.set(Array.from(values));
  return all;
}

/** @param {Classifier} classifier @param {number} layer @param {number} neuron */
function nameOf({ network }, layer, neuron) {
  return layer === network.layers.length - 1 ? `Digit ${neuron}` : `Neuron ${neuron + 1}`;
}

/** @param {Pointed} at */
function sourceOf({ layer, from = 0 }) {
  return layer ? `Neuron ${from + 1}` : `Row ${from + 1} of ${SIDE}`;
}

/** @param {Pointed} at */
function restName({ layer }) {
  return layer ? "bias" : "bias, paper";
}
