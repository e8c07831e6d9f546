/** The network as tiles: each neuron as its weights over the layer before, and how strongly the drawing activates it. The
    chosen one is explained below; threads show what it passes on, and what it gets. */
/** @import { Drawn, MountContext, NeuronPlace } from "../../state/types.js" */
import { argmax, largest, sum } from "../../engine/math.js";
import { lossGradients } from "../../engine/reference.js";
import { strongest } from "../../page/picture/sums.js";
import { between } from "../../parts/figures.js";
import { digitSelect, slider } from "../../parts/fields.js";
import { brief, percent } from "../../parts/numbers.js";
import { drawing } from "../../state/drawing.js";
import { changed, chosenNetwork, classifier } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, image, isEmpty } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { batch, computed } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { nameOf, neuronError, neuronSum, weightsOf } from "./neuron.js";

// In tiles, each with the gutter to its right and below it.
const GUTTER = 1 / 8;
const BETWEEN = 1.5; // layers, where threads cross
const LEAST = 8; // rows, for ten logits beside them

const THREADS = 6; // of the chosen neuron to each side
const THINNEST = 0.08; // of the strongest thread: what is less is left out
const NOISES = Array.from({ length: 31 }, (_, i) => i / 10);

/** The neuron that is explained: the chosen one, or the strongest of the first layer. */
const chosen = computed(() => {
  const { layers } = classifier().network;
  const [layer, neuron] = state.neuron.value ?? [0, strongestOf(0)];
  const nearest = Math.min(layer, layers.length - 1);
  return { layer: nearest, neuron: Math.min(neuron, layers[nearest].outputs - 1) };
});

/** @param {number} layer */
function strongestOf(layer) {
  const now = current.value;
  return isEmpty(now) ? 0 : argmax([...now.hidden, now.logits][layer]);
}

/** What the loss asks each neuron's sum to change by; null while no label is meant. It is minus the gradient: a step goes
    there. */
const requests = computed(() => {
  const [now, label] = [current.value, state.label.value];
  if (isEmpty(now) || label === null || !state.errors.value) return null;
  return lossGradients(classifier().network, now, label).map((errors) => errors.map((error) => -error));
});

/** @param {MountContext} context */
export const mount = ({ element }) => view("neurons", element, template);

const template = () =>
  html`<header class="view-head">
      <h2>What each neuron looks for</h2>
      <p class="view-lead">${legend()}</p>
      <div class="buttons">${weakerHalf()} ${meant()}</div>
    </header>
    ${neuronLayers()} ${card()} ${noiseCard()}`;

/** What the bars on the tiles are. */
export const legend = () =>
  requests.value
    ? "Bars: what the loss asks for. Orange wants a higher sum, blue a lower one."
    : "A tile is a neuron’s weights; the bar in its foot, how strongly it fires.";

export const weakerHalf = () =>
  html`<button type="button" ?disabled=${isEmpty(current.value)} @click=${switchOffWeaker}>Switch off the weaker half</button>`;

/** The label that the loss is computed for. */
export function meant() {
  const mean = (/** @type {number | null} */ label) =>
    batch(() => {
      state.errors.value = label !== null;
      if (label !== null) state.label.value = label;
    });
  return html`<label>
    Backpropagation, if I meant
    ${digitSelect("Backpropagation, if I meant", state.errors.value ? state.label.value : null, mean, "–")}
  </label>`;
}

/** Switch off the weaker half, in each layer, of the neurons that are on. */
function switchOffWeaker() {
  const now = current.value;
  if (isEmpty(now)) return;
  const { off } = classifier();
  const more = now.hidden.flatMap((activations, layer) => {
    const on = [...activations.keys()].filter((neuron) => !off[layer]?.includes(neuron));
    on.sort((a, b) => activations[a] - activations[b]);
    return on.slice(0, Math.floor(on.length / 2)).map((neuron) => [layer, neuron]);
  });
  state.off.value = [...state.off.value, ...more];
}

/** All layers as tiles, with the threads of the chosen neuron; where there is no room for all, one of them. */
export function neuronLayers() {
  const { layers } = classifier().network;
  const now = current.value;
  const columns = layers.slice(0, -1).map(({ outputs }) => Math.ceil(Math.sqrt(outputs)));
  const [across, rows] = [sum(columns) + BETWEEN * columns.length, Math.max(...columns, LEAST)];
  const name = (/** @type {number} */ layer) => (layer === columns.length ? "Logits" : `Layer ${layer + 1}`);
  return html`<div class="neurons-network" style="--across: ${across}; --widest: ${Math.max(...columns, 1)}; --rows: ${rows}">
    <div class="segments" role="group" aria-label="Layer">
      ${layers.map((_, layer) => {
        const pick = () => (state.neuron.value = [layer, strongestOf(layer)]);
        return html`<button type="button" aria-pressed=${chosen.value.layer === layer} @click=${pick}>${name(layer)}</button>`;
      })}
    </div>
    <div class="neurons-layers">
      ${layers.map((_, layer) => layerTiles(layer, name(layer), columns[layer] ?? 1))}
      ${isEmpty(now) ? nothing : threads(now, columns, rows)}
    </div>
  </div>`;
}

/** A layer: hidden neurons as a grid, logits as rows. Each layer is one stop of the Tab key.
    @param {number} layer @param {string} name @param {number} columns */
function layerTiles(layer, name, columns) {
  const now = current.value;
  const { whole, off } = classifier();
  const { network } = whole;
  const { rows, full } = weightsOf(network.layers[layer]);
  const isOutput = layer === network.layers.length - 1;
  const asked = requests.value?.[layer];
  const values = asked ?? (isEmpty(now) ? null : [...now.hidden, now.logits][layer]);
  const [low, high] = [Math.min(0, ...(values ?? [])), Math.max(0, ...(values ?? []))];
  const isRelu = network.activation === "relu" && !isOutput;
  const note = isRelu && !isEmpty(now) ? `${now.hidden[layer].filter(Boolean).length} of ${rows.length} active` : "";

  const tile = (/** @type {number} */ neuron) => {
    const value = values?.[neuron] ?? 0;
    const isOff = off[layer]?.includes(neuron);
    const isInactive = isRelu && !isEmpty(now) && now.hidden[layer][neuron] === 0;
    const isChosen = chosen.value.layer === layer && chosen.value.neuron === neuron;
    const sign = asked ? (value < 0 ? "is-down" : "is-up") : !isOutput || neuron === now.digit ? "is-ink" : "";
    const said = isOff ? "switched off" : asked ? `asks for ${brief(value)}` : isInactive ? "inactive" : brief(value);
    const bar = html`<i class="bar ${sign}" style=${between(0, value, low, high - low)}></i>`;
    return html`<button type="button" role="radio" aria-checked=${isChosen}
      class="${isOutput ? "neurons-logit" : "neurons-tile"} is-plain ${isOff ? "is-switched-off" : isInactive ? "is-inactive" : ""}"
      aria-label="${nameOf({ layer, neuron }, network)}${values ? `: ${said}` : ""}"
      tabindex=${isChosen || (chosen.value.layer !== layer && !neuron) ? 0 : -1}
      @click=${() => (state.neuron.value = [layer, neuron])}>
      <signed-image .values=${rows[neuron]} .full=${full}></signed-image>
      ${isOutput ? html`<b>${neuron}</b>` : nothing} ${value && !isOff ? bar : nothing}
      ${isOutput && Math.abs(value) >= 0.005 ? html`<small>${brief(value)}</small>` : nothing}
    </button>`;
  };

  return html`<div class="neurons-layer ${isOutput ? "is-output" : ""} ${chosen.value.layer === layer ? "is-chosen" : ""}">
    <p class="quiet"><b>${name}</b> ${note}</p>
    <div class="neurons-tiles" style="--columns: ${columns}" role="radiogroup" aria-label=${name}
      @keydown=${(/** @type {KeyboardEvent} */ event) => walk(event, layer, columns)}>
      ${Array.from(rows, (_, neuron) => tile(neuron))}
    </div>
  </div>`;
}

/** Arrow keys go from neuron to neuron. @param {KeyboardEvent} event @param {number} layer @param {number} columns */
function walk(event, layer, columns) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (!step) return;
  event.preventDefault();
  const tiles = /** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button");
  const neuron = [...tiles].findIndex((tile) => tile === document.activeElement) + step;
  if (!tiles[neuron]) return;
  state.neuron.value = [layer, neuron];
  tiles[neuron].focus();
}

/** The strongest connections of the chosen neuron: weight × activation, or × what is asked for, backwards. They run in the
    gutters, never over a tile. @param {Drawn} now @param {number[]} columns of each hidden layer @param {number} rows */
function threads(now, columns, rows) {
  const { layers } = classifier().network;
  const { layer, neuron } = chosen.value;
  const asked = requests.value;
  const onward = (layers[layer + 1] ? weightsOf(layers[layer + 1]).rows : []).map(
    (row, to) => row[neuron] * (asked ? asked[layer + 1][to] : now.hidden[layer][neuron]),
  );
  const row = weightsOf(layers[layer]).rows[neuron];
  const inward = layer && !asked ? Array.from(now.hidden[layer - 1], (value, from) => value * row[from]) : [];
  const most = Math.max(largest(onward), largest(inward));
  const strong = (/** @type {number[]} */ values) =>
    strongest(values, THREADS).filter((i) => Math.abs(values[i]) > THINNEST * most);
  /** @type {(source: NeuronPlace, to: number, share: number, framed: NeuronPlace) => unknown} */
  const thread = (source, to, share, framed) =>
    svg`<path class=${share < 0 ? "is-down" : "is-up"} stroke-width=${1 + 2.5 * Math.abs(share)}
      d=${course(columns, rows, source, to, framed)} />`;
  return html`<svg class="neurons-threads" viewBox="0 0 ${sum(columns) + BETWEEN * columns.length} ${rows}" aria-hidden="true">
    ${strong(onward).map((to) => thread(chosen.value, to, onward[to] / most, { layer: layer + 1, neuron: to }))}
    ${strong(inward).map((from) => {
      const source = { layer: layer - 1, neuron: from };
      return thread(source, neuron, inward[from] / most, source);
    })}
  </svg>`;
}

/** The course of a thread, in tiles: down from a tile, along the gutter below it, to the next layer, and along the gutter
    below a tile there, or to a logit; and a frame around the tile at its other end.
    @param {number[]} columns @param {number} rows @param {NeuronPlace} source @param {number} to @param {NeuronPlace} framed */
function course(columns, rows, source, to, framed) {
  const [tile, gutter] = [1 - GUTTER, 1 - GUTTER / 2];
  const left = (/** @type {number} */ layer) => sum(columns.slice(0, layer)) + BETWEEN * layer;
  const corner = (/** @type {NeuronPlace} */ { layer, neuron }) => [
    left(layer) + (neuron % columns[layer]),
    Math.floor(neuron / columns[layer]),
  ];
  const next = source.layer + 1;
  const [[x, y], leaves, enters] = [corner(source), left(next) - BETWEEN - GUTTER, left(next)];
  const isOutput = next === columns.length;
  const [target, below] = isOutput ? [enters, ((to + 0.5) * rows) / 10 - gutter] : corner({ layer: next, neuron: to });
  const [start, end, middle] = [y + gutter, below + gutter, (leaves + enters) / 2];
  const last = isOutput ? "" : `H${target + tile / 2}v${-GUTTER / 2}`;
  const frame = columns[framed.layer] ? `M${corner(framed)}h${tile}v${tile}h${-tile}z` : "";
  return `M${x + tile / 2} ${y + tile}V${start}H${leaves}C${middle} ${start} ${middle} ${end} ${enters} ${end}${last}${frame}`;
}

/** The chosen neuron as what it computes. */
function card() {
  const now = current.value;
  const { layer, neuron } = chosen.value;
  const { network, off } = classifier();
  const isOff = off[layer]?.includes(neuron);
  const others = state.off.value.filter(([of, which]) => of !== layer || which !== neuron);
  const toggle = () => (state.off.value = isOff ? others : [...others, [layer, neuron]]);
  const asked = requests.value;
  return html`<section class="card" aria-label="The chosen neuron">
    <header>
      <h3>${nameOf(chosen.value, network)}</h3>
      ${asked ? html`<span class="quiet">Each output asks for a change</span>` : nothing}
      ${
        layer < network.layers.length - 1
          ? html`<button type="button" @click=${toggle}>Switch it ${isOff ? "on" : "off"}</button>`
          : nothing
      }
    </header>
    ${
      isEmpty(now) || !asked
        ? neuronSum(classifier(), now, chosen.value)
        : neuronError(classifier(), now, chosen.value, asked)
    }
  </section>`;
}

/** The digits that are predicted with ever more noise on the weights, for the drawing at rest. */
const noisy = computed(() => {
  const network = chosenNetwork.value;
  if (!network || drawing.value.penIsDown || !image.value.some(Boolean)) return [];
  return NOISES.map((noise) => changed(network.classifier, noise).predict(image.value).digit);
});

/** How much noise on the weights it takes until the answer changes. */
function noiseCard() {
  const change = noisy.value.findIndex((digit) => digit !== noisy.value[0]);
  const outcome =
    change < 0 ? "the answer stays" : `from ${percent(NOISES[change], 0)} on, it is ${noisy.value[change]}`;
  const text = percent(state.noise.value, 0);
  const set = (/** @type {number} */ noise) => (state.noise.value = noise);
  return html`<section class="card">
    <h3>Noise on the weights</h3>
    <p>${text} of their spread${noisy.value.length ? `; ${outcome}` : ""}</p>
    ${slider("Noise on the weights", state.noise.value, set, { max: 3, step: 0.1, text })}
  </section>`;
}
