/** One neuron as pictures: inputs times weights are products; these and the bias are added up; the activation function
    makes of the sum what is passed on. And backwards: what the neurons that it feeds ask of it. */
/** @import { Classifier, Current, Drawn, Layer, NeuronPlace } from "../../state/types.js" */
import { clip, largest, sum } from "../../engine/math.js";
import { lossGradients } from "../../engine/reference.js";
import { ACTIVATIONS } from "../../engine/settings.js";
import { given, parts, products } from "../../page/picture/sums.js";
import { brief, percent } from "../../parts/numbers.js";
import { sumBars } from "../../parts/sum-bars.js";
import { fullOf } from "../../parts/tiles.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";

/** The weights of each neuron of a layer, and the weight that gets the full color.
    @type {WeakMap<Layer, { rows: Float32Array[], full: number }>} */
const known = new WeakMap();

/** @param {Layer} layer */
export function weightsOf(layer) {
  const { inputs, outputs, weights } = layer;
  const row = (/** @type {unknown} */ _, /** @type {number} */ i) => weights.subarray(i * inputs, (i + 1) * inputs);
  const found = known.get(layer) ?? { rows: Array.from({ length: outputs }, row), full: fullOf(weights) };
  known.set(layer, found);
  return found;
}

/** "neuron 19 of layer 1", or "digit 3". @param {NeuronPlace} place @param {number} layers */
export function neuronName({ layer, neuron }, layers) {
  return layer === layers - 1 ? `digit ${neuron}` : `neuron ${neuron + 1} of layer ${layer + 1}`;
}

/** Inputs × weights = products, as three images; their sum as bars; and what is passed on.
    @param {Classifier} classifier @param {Current} current @param {NeuronPlace} place */
export function neuronSum(classifier, current, place) {
  const { layer, neuron } = place;
  const { network, whole, off } = classifier;
  const { rows, full } = weightsOf(whole.network.layers[layer]);
  const name = neuronName(place, network.layers.length);
  const label = `The ${rows[neuron].length} weights of ${name}`;
  const weights = html`<signed-image
    role="img"
    aria-label=${label}
    .values=${rows[neuron]}
    .full=${full}
  ></signed-image>`;
  if (current.verdict === "blank") {
    return html`<div class="neuron-sum">
      <div class="equation">${picture("its weights", weights)}</div>
      <p>Draw a digit: ink on orange raises the sum, ink on blue lowers it.</p>
    </div>`;
  }
  const { raises, lowers, rest, total } = parts(classifier, current, place);
  const isOutput = layer === network.layers.length - 1;
  const terms = /** @type {[string, number][]} */ ([
    ["raises", raises],
    ["lowers", lowers],
    [layer ? "bias" : "bias, paper", rest],
  ]);
  return html`<div class="neuron-sum">
    <div class="equation">
      ${picture(layer ? `layer ${layer} passes on` : "your ink", image(given(classifier, current, layer)))}
      <span>×</span> ${picture("its weights", weights)} <span>=</span>
      ${picture(layer ? "product" : "ink × weights", image(products(classifier, current, place), true))}
    </div>
    <figure role="group" aria-label="The sum of ${name}">
      <figcaption>added up</figcaption>
      ${sumBars(terms, isOutput ? "logit" : "sum")}
    </figure>
    ${
      off[layer]?.includes(neuron)
        ? result("switched off", "0", "passed on")
        : isOutput
          ? result("softmax", percent(current.probabilities[neuron]), `for ${neuron}`)
          : activationGraph(network, total)
    }
  </div>`;
}

/** What the loss asks a neuron's sum to change by: minus its gradient, which the neurons that it feeds send back.
    @param {Classifier} classifier @param {Drawn} current @param {NeuronPlace} place @param {number} label */
export function neuronError({ network }, current, { layer, neuron }, label) {
  const asked = lossGradients(network, current, label).map((errors) => errors.map((error) => -error));
  const last = network.layers.length - 1;
  if (layer === last) {
    const target = Number(neuron === label);
    return html`<div class="neuron-sum">
      <figure role="group" aria-label="What the loss asks for">
        <figcaption>you meant ${neuron === label ? "it" : label}: its target is ${target}</figcaption>
        ${sumBars(
          [
            ["target", target],
            ["− probability", -current.probabilities[neuron]],
          ],
          "asks for",
        )}
      </figure>
    </div>`;
  }
  const weights = Float64Array.from(weightsOf(network.layers[layer + 1]).rows, (row) => row[neuron]);
  const its = asked[layer + 1].map((request, to) => request * weights[to]);
  const [raises, lowers] = [1, -1].map((sign) => sum(its.filter((product) => sign * product > 0)));
  const [slope] = network.slopes(current.sums[layer].slice(neuron, neuron + 1));
  return html`<div class="neuron-sum">
    <div class="equation">
      ${picture(layer + 1 === last ? "the logits ask for" : `layer ${layer + 2} asks for`, image(asked[layer + 1], true))}
      <span>×</span> ${picture("weights to them", image(weights, true))} <span>=</span>
      ${picture("product", image(its, true))}
    </div>
    <figure role="group" aria-label="What the loss asks for">
      <figcaption>added up</figcaption>
      ${sumBars(
        [
          ["more", raises],
          ["less", lowers],
        ],
        "together",
      )}
    </figure>
    ${result(
      `× slope of ${ACTIVATIONS[network.activation]}: ${brief(slope)}`,
      brief(asked[layer][neuron]),
      slope ? "asked for" : "inactive: nothing passes",
    )}
  </div>`;
}

/** An activation function with the point that a sum gives.
    @param {Pick<Classifier["network"], "activation" | "activate">} network @param {number} total */
function activationGraph(network, total) {
  const { activation } = network;
  const value = (/** @type {number} */ at) => network.activate(Float64Array.of(at))[0];
  const isBounded = activation === "tanh" || activation === "sigmoid";
  const reach = Math.max(1.25 * Math.abs(total), isBounded ? 4 : 1); // of the sums on the axis
  const height = isBounded ? 1.1 : reach;
  const x = (/** @type {number} */ at) => 60 + (55 * at) / reach;
  const y = (/** @type {number} */ at) => 62 - (56 * clip(value(at), -height, height)) / height;
  const points = Array.from({ length: 49 }, (_, i) => ((i - 24) / 24) * reach).map((at) => `${x(at)},${y(at)}`);
  const isInactive = activation === "relu" && total <= 0;
  const graph = svg`<svg class="graph neuron-graph" viewBox="0 0 120 124" aria-hidden="true">
    <path d="M0 62H120M60 2V122" />
    <path stroke-dasharray="2 3" d="M${x(total)} 62V${y(total)}H60" />
    <polyline points=${points.join(" ")} />
    <circle cx=${x(total)} cy=${y(total)} r="4.5" />
  </svg>`;
  const caption = activation === "relu" ? "ReLU: below 0, nothing" : ACTIVATIONS[activation];
  return result(caption, brief(value(total)), isInactive ? "passed on: inactive" : "passed on", graph);
}

/** @param {string} caption @param {string} value @param {string} words @param {unknown} graph */
const result = (caption, value, words, graph = nothing) =>
  html`<figure class="neuron-result">
    <figcaption>${caption}</figcaption>
    ${graph}
    <p><strong>${value}</strong> ${words}</p>
  </figure>`;

/** Values as an image: ink where all are positive; ten of them as bars.
    @param {Float64Array} values */
function image(values, isSigned = values.some((value) => value < 0)) {
  if (values.length === 10) return html`<ol class="neuron-column">${Array.from(values, bar(values))}</ol>`;
  if (isSigned) return html`<signed-image .values=${values} .full=${null}></signed-image>`;
  const most = largest(values) || 1;
  return html`<ink-image .tones=${values.map((value) => (255 * value) / most)}></ink-image>`;
}

/** @param {Float64Array} values @returns {(value: number, digit: number) => unknown} */
function bar(values) {
  const most = largest(values) || 1;
  return (value, digit) =>
    html`<li title=${brief(value)}>
      ${digit}<i class="bar ${value < 0 ? "is-down" : "is-up"}" style="--share: ${Math.abs(value) / most}"></i>
    </li>`;
}

/** @param {string} caption @param {unknown} content */
const picture = (caption, content) =>
  html`<figure>
    <figcaption>${caption}</figcaption>
    ${content}
  </figure>`;
