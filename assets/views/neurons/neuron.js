/** One neuron as pictures: inputs times weights are products; these and the bias are added up; the activation function
    makes of the sum what is passed on. And backwards: what the neurons that it feeds ask of it. */
/** @import { Classifier, Current, Drawn, Layer, NeuronPlace } from "../../state/types.js" */
/** @import { Network } from "../../engine/network.js" */
import { clip, largest, sum } from "../../engine/math.js";
import { ACTIVATIONS } from "../../engine/settings.js";
import { given, parts, products } from "../../page/picture/sums.js";
import { bars, equation, figure, sumBars } from "../../parts/figures.js";
import { brief, percent } from "../../parts/numbers.js";
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

/** "Neuron 19 of layer 1", or "Digit 3". @param {NeuronPlace} place @param {Pick<Network, "layers">} network */
export function nameOf({ layer, neuron }, { layers }) {
  return layer === layers.length - 1 ? `Digit ${neuron}` : `Neuron ${neuron + 1} of layer ${layer + 1}`;
}

/** Inputs × weights = products, as three images; their sum as bars; and what is passed on.
    @param {Classifier} classifier @param {Current} current @param {NeuronPlace} place */
export function neuronSum(classifier, current, place) {
  const { layer, neuron } = place;
  const { network, whole, off } = classifier;
  const { rows, full } = weightsOf(whole.network.layers[layer]);
  const inputs = current.verdict === "blank" ? new Float64Array() : given(classifier, current, layer);
  const weights = html`<signed-image role="img" aria-label="The ${rows[neuron].length} weights of ${nameOf(place, network)}"
    .values=${rows[neuron]} .full=${full}>${outline(inputs)}</signed-image>`;
  if (!inputs.length) return html`<div class="neuron-sum split">${figure("its weights", weights)}</div>`;
  const { raises, lowers, rest, total } = parts(classifier, current, place);
  const isOutput = layer === network.layers.length - 1;
  return html`<div class="neuron-sum split">
    ${equation(
      figure(layer ? `layer ${layer} passes on` : "your ink", image(inputs)),
      "×",
      figure("its weights", weights),
      figure(layer ? "product" : "ink × weights", image(products(classifier, current, place), true)),
    )}
    <div class="columns" style="--least: 12rem">
      ${addedUp(
        `The sum of ${nameOf(place, network)}`,
        { raises, lowers, [layer ? "bias" : "bias, paper"]: rest },
        isOutput ? "logit" : "sum",
      )}
      ${
        off[layer]?.includes(neuron)
          ? result("switched off", "0", "passed on")
          : isOutput
            ? result("softmax", percent(current.probabilities[neuron]), `for ${neuron}`)
            : activationGraph(network, total)
      }
    </div>
  </div>`;
}

/** What the loss asks a neuron's sum to change by, and how that comes about: the neurons that it feeds send it back.
    @param {Classifier} classifier @param {Drawn} current @param {NeuronPlace} place @param {Float64Array[]} asked of the
    neurons of all layers */
export function neuronError({ network }, current, { layer, neuron }, asked) {
  const name = "What the loss asks for";
  const next = network.layers[layer + 1];
  if (!next) {
    const probability = current.probabilities[neuron];
    const target = asked[layer][neuron] + probability;
    const terms = { target, "− probability": -probability };
    return html`<div class="neuron-sum split">${addedUp(name, terms, "asks for")}</div>`;
  }
  const weights = Float64Array.from(weightsOf(next).rows, (row) => row[neuron]);
  const its = asked[layer + 1].map((request, to) => request * weights[to]);
  const [more, less] = [1, -1].map((sign) => sum(its.filter((product) => sign * product > 0)));
  const [slope] = network.slopes(current.sums[layer].slice(neuron, neuron + 1));
  return html`<div class="neuron-sum split">
    ${equation(
      figure(
        network.layers[layer + 2] ? `layer ${layer + 2} asks for` : "logits ask for",
        image(asked[layer + 1], true),
      ),
      "×",
      figure("weights to them", image(weights, true)),
      figure("product", image(its, true)),
    )}
    <div class="columns" style="--least: 12rem">
      ${addedUp(name, { more, less }, "together")}
      ${result(
        `× slope of ${ACTIVATIONS[network.activation]}: ${brief(slope)}`,
        brief(asked[layer][neuron]),
        slope ? "asked for" : "inactive: nothing passes",
      )}
    </div>
  </div>`;
}

/** An activation function with the point that a sum gives.
    @param {Pick<Network, "activation" | "activate">} network @param {number} total */
function activationGraph(network, total) {
  const { activation } = network;
  const value = (/** @type {number} */ at) => network.activate(Float64Array.of(at))[0];
  const isBounded = activation === "tanh" || activation === "sigmoid";
  const reach = Math.max(1.25 * Math.abs(total), isBounded ? 4 : 1); // of the sums on the axis
  const height = isBounded ? 1.1 : reach;
  const x = (/** @type {number} */ at) => 60 + (55 * at) / reach;
  const y = (/** @type {number} */ at) => 62 - (56 * clip(value(at), -height, height)) / height;
  const places = Array.from({ length: 49 }, (_, i) => ((i - 24) / 24) * reach);
  const points = places.map((at) => `${x(at)},${y(at)}`);
  const graph = svg`<svg class="graph" viewBox="0 0 120 ${8 + Math.max(...places.map(y))}" aria-hidden="true">
    <path d="M0 62H120M60 2V122" />
    <path stroke-dasharray="2 3" d="M${x(total)} 62V${y(total)}H60" />
    <polyline points=${points.join(" ")} />
    <circle cx=${x(total)} cy=${y(total)} r="4.5" />
  </svg>`;
  const isInactive = activation === "relu" && total <= 0;
  return result(ACTIVATIONS[activation], brief(value(total)), isInactive ? "inactive" : "passed on", graph);
}

/** The edge of what is darker than a third, around squares of a square. @param {ArrayLike<number>} tones */
function outline(tones) {
  const side = Math.ceil(Math.sqrt(tones.length));
  const third = largest(tones) / 3;
  const isIn = (/** @type {number} */ x, /** @type {number} */ y) => x >= 0 && x < side && tones[y * side + x] > third;
  let path = "";
  for (let y = 0; y <= side; y++) {
    for (let x = 0; x <= side; x++) {
      if (isIn(x, y) !== isIn(x - 1, y)) path += `M${x} ${y}v1`;
      if (isIn(x, y) !== isIn(x, y - 1)) path += `M${x} ${y}h1`;
    }
  }
  return svg`<svg viewBox="0 0 ${side || 1} ${Math.ceil(tones.length / side) || 1}" aria-hidden="true">
    <path d=${path} />
  </svg>`;
}

/** @param {string} name @param {Record<string, number>} terms @param {string} total */
const addedUp = (name, terms, total) =>
  html`<figure role="group" aria-label=${name}>
    <figcaption>added up</figcaption>
    ${sumBars(terms, total)}
  </figure>`;

/** @param {string} caption @param {string} value @param {string} words @param {unknown} graph */
const result = (caption, value, words, graph = nothing) =>
  html`<figure class="neuron-result outcome buttons">
    ${graph}
    <p>${caption} <strong>${value}</strong> ${words}</p>
  </figure>`;

/** Values as an image, in ink where all are positive; ten of them as bars. @param {Float64Array} values */
function image(values, isSigned = values.some((value) => value < 0)) {
  if (values.length === 10) return bars([...values]);
  return isSigned
    ? html`<signed-image .values=${values}></signed-image>`
    : html`<ink-image .values=${values} .full=${largest(values)}></ink-image>`;
}
