/** The network as tiles: each neuron as its weights over the layer before, and how strongly the drawing activates it. The
    chosen one is explained below; threads show what it passes on, and what it gets. */
/** @import { Current, Drawn, MountContext, NeuronPlace } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { argmax, largest, sum } from "../../engine/math.js";
import { lossGradients } from "../../engine/reference.js";
import { strongest } from "../../page/picture/sums.js";
import { digitSelect, slider } from "../../parts/fields.js";
import { answer, brief, percent } from "../../parts/numbers.js";
import { isMotionReduced } from "../../parts/player.js";
import { drawing } from "../../state/drawing.js";
import { active, classifier, networks } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, image, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { batch, computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { neuronError, neuronName, neuronSum, weightsOf } from "./neuron.js";

// Pixels, where the root's size of type is 16.
const [PITCH, WIDEST_PITCH] = [40, 48]; // from tile to tile; where one layer is shown
const GUTTER = 5; // between tiles
const BETWEEN = 60; // between layers, where threads cross
const LOGITS = 182; // width of the last column
const LEAST = 320; // height of the layers
export const NARROW = 620; // below this width, one layer is shown at a time

const THREADS = 6; // of the chosen neuron to each side
const THINNEST = 0.08; // of the strongest thread: what is less is left out
const PACE = 500; // milliseconds in which errors flow back from layer to layer
const NOISES = Array.from({ length: 31 }, (_, i) => i / 10);

const rootFontSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const rootSize = signal(rootFontSize()); // kept, as to look it up in each frame takes long
addEventListener("resize", () => (rootSize.value = rootFontSize()));

const reached = signal(Infinity); // how many layers the errors have come back to, from the logits on

/** The neuron that is explained: the chosen one, or the strongest of the first layer. */
export const chosen = computed(() => {
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

/** What the loss asks each neuron's sum to change by, as far as it has flowed back; null while no label is meant. It is
    minus the gradient: a step goes there. */
const requests = computed(() => {
  const [now, label] = [current.value, state.label.value];
  if (isEmpty(now) || label === null || !state.errors.value) return null;
  const all = lossGradients(classifier().network, now, label).map((errors) => errors.map((error) => -error));
  return all.map((errors, layer) => (all.length - layer <= reached.value ? errors : null));
});

/** @param {MountContext} context */
export function mount({ element }) {
  const width = signal(element.clientWidth);
  new ResizeObserver(() => (width.value = element.clientWidth || width.value)).observe(element);
  effect(() => {
    if (state.errors.value && state.label.value !== null) untracked(flowBack);
  });
  view("neurons", element, () => {
    const isNarrow = width.value < NARROW;
    const lead = requests.value
      ? "Bars: what the loss asks for. Orange wants a higher sum, blue a lower one."
      : "A tile is a neuron’s weights; the bar in its foot, how strongly it fires.";
    return html`<section class="view neurons" id="view-neurons" aria-label="Neurons">
      <header class="view-head">
        <h2>What each neuron looks for</h2>
        <p class="view-lead">${lead}</p>
        ${isNarrow ? layerSwitch() : controls()}
      </header>
      ${neuronLayers(width.value)} ${card()} ${isNarrow ? controls() : nothing} ${noisePicture()}
    </section>`;
  });
}

/** Let the errors flow back layer by layer. */
function flowBack() {
  reached.value = isMotionReduced.matches ? Infinity : 1;
  const timer = setInterval(() => {
    reached.value += 1;
    if (reached.value > 4) clearInterval(timer);
  }, PACE);
}

function controls() {
  const { off, network } = classifier();
  const mean = (/** @type {number | null} */ label) =>
    batch(() => {
      state.errors.value = label !== null;
      if (label !== null) state.label.value = label;
    });
  return html`<div class="buttons">
    ${
      network.layers.length > 1
        ? html`<button type="button" ?disabled=${isEmpty(current.value)} @click=${switchOffWeaker}>
            Switch off the weaker half
          </button>`
        : nothing
    }
    ${
      off.some((neurons) => neurons.length)
        ? html`<button type="button" @click=${() => reset("off")}>Switch all on</button>`
        : nothing
    }
    <label>
      Backpropagation, if I meant
      ${digitSelect("Backpropagation, if I meant", state.errors.value ? state.label.value : null, mean, "–")}
    </label>
  </div>`;
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

/** Buttons for the layers, where only one has room. */
export function layerSwitch() {
  return html`<div class="segments" role="group" aria-label="Layer">
    ${classifier().network.layers.map((_, layer, { length }) => {
      const pick = () => (state.neuron.value = [layer, strongestOf(layer)]);
      const name = layer === length - 1 ? "Output" : `Layer ${layer + 1}`;
      return html`<button type="button" aria-pressed=${chosen.value.layer === layer} @click=${pick}>${name}</button>`;
    })}
  </div>`;
}

/** Where the tiles are. @param {number} width that there is, in pixels */
function geometry(width) {
  const { layers } = classifier().network;
  const scale = rootSize.value / 16;
  const [gutter, between, logits] = [GUTTER * scale, BETWEEN * scale, LOGITS * scale];
  const isNarrow = width < NARROW;
  const columns = layers.slice(0, -1).map(({ outputs }) => Math.ceil(Math.sqrt(outputs)));
  const across = isNarrow ? Math.max(...columns, 1) : sum(columns) || 1;
  const space = isNarrow ? width + gutter : width - logits - between * columns.length;
  const pitch = Math.min((isNarrow ? WIDEST_PITCH : PITCH) * scale, Math.floor(space / across));
  const height = Math.max(pitch * Math.max(...columns, 0), LEAST * scale);
  const lefts = [0];
  for (const count of columns) lefts.push(lefts[lefts.length - 1] + count * pitch + between);
  const sizes = { pitch, gutter, between, logits, height, row: Math.min(height / DIGITS, PITCH * scale) };
  return {
    ...sizes,
    isNarrow,
    columns,
    lefts,
    style: Object.entries(sizes).map(([key, size]) => `--${key}: ${size}px`),
  };
}

/** All layers as tiles, with the threads of the chosen neuron; on a narrow screen, its layer. @param {number} width in pixels */
export function neuronLayers(width) {
  const places = geometry(width);
  const { isNarrow, columns } = places;
  const now = current.value;
  const shown = isNarrow ? [chosen.value.layer] : [...columns.keys(), columns.length];
  return html`<div class="neurons-layers" style=${places.style.join(";")}>
    ${shown.map((layer) => layerTiles(layer, columns[layer] ?? 1, now))}
    ${isNarrow || isEmpty(now) ? nothing : threads(now, places)}
  </div>`;
}

/** A layer: hidden neurons as a grid, logits as rows. @param {number} layer @param {number} columns @param {Current} now */
function layerTiles(layer, columns, now) {
  const { whole } = classifier();
  const { rows } = weightsOf(whole.network.layers[layer]);
  const isOutput = layer === whole.network.layers.length - 1;
  const values = isEmpty(now) ? null : [...now.hidden, now.logits][layer];
  const asked = requests.value?.[layer] ?? null;
  const name = isOutput ? "Logits" : `Layer ${layer + 1}`;
  const count = values?.filter((value) => value > 0).length;
  const isRelu = whole.network.activation === "relu";
  const note = isRelu && values ? `${count} of ${rows.length} active` : `${rows.length} neurons`;
  const tile = isOutput ? logitTile(layer, values, asked) : neuronTile(layer, values, asked);
  return html`<div class="neurons-layer ${isOutput ? "is-output" : ""}">
    <p class="view-quiet"><b>${isOutput && asked ? "Each logit asks for" : name}</b> ${isOutput ? "" : note}</p>
    <div class="neurons-tiles" style="--columns: ${columns}" role="radiogroup" aria-label=${name}
      @keydown=${(/** @type {KeyboardEvent} */ event) => walk(event, layer, columns)}>
      ${rows.map((_, neuron) => tile(neuron))}
    </div>
  </div>`;
}

/** A neuron as a button with its weights. Each layer is one stop of the Tab key.
    @param {NeuronPlace} place @param {string} classes @param {string} said @param {unknown} content below the weights */
function tileButton({ layer, neuron }, classes, said, content) {
  const { layers } = classifier().whole.network;
  const { rows, full } = weightsOf(layers[layer]);
  const isChosen = chosen.value.layer === layer && chosen.value.neuron === neuron;
  return html`<button type="button" role="radio" class="neurons-tile ${classes}" aria-checked=${isChosen}
    aria-label="${neuronName({ layer, neuron }, layers.length)}${said && `: ${said}`}"
    tabindex=${isChosen || (chosen.value.layer !== layer && !neuron) ? 0 : -1}
    @click=${() => (state.neuron.value = [layer, neuron])}>
    <signed-image .values=${rows[neuron]} .full=${full}></signed-image>${content}
  </button>`;
}

/** @typedef {(layer: number, values: Float64Array | null, asked: Float64Array | null) => (neuron: number) => unknown} Tiles */

/** @type {Tiles} */
function neuronTile(layer, values, asked) {
  const { off, network } = classifier();
  const dead = active.value?.description.deadNeurons[layer] ?? [];
  const most = largest(asked ?? values ?? []) || 1;
  return (neuron) => {
    const isOff = off[layer]?.includes(neuron);
    const isInactive = network.activation === "relu" && values?.[neuron] === 0;
    const value = (asked ?? values)?.[neuron] ?? 0;
    const inactive = dead.includes(neuron) ? "dead: inactive for every training digit" : "inactive";
    const words = asked ? `asks for ${brief(value)}` : isInactive ? inactive : brief(value);
    const sign = asked ? (value < 0 ? "is-down" : "is-up") : value < 0 ? "" : "is-ink";
    const bar =
      value && !isOff ? html`<i class="bar ${sign}" style="--share: ${Math.abs(value) / most}"></i>` : nothing;
    const classes = isOff ? "is-switched-off" : isInactive ? "is-inactive" : "";
    return tileButton({ layer, neuron }, classes, values ? (isOff ? "switched off" : words) : "", bar);
  };
}

/** @type {Tiles} */
function logitTile(layer, values, asked) {
  const shown = Array.from(asked ?? values ?? []);
  const [low, high] = [Math.min(0, ...shown), Math.max(0, ...shown)];
  return (digit) => {
    const value = shown[digit];
    if (value === undefined) return tileButton({ layer, neuron: digit }, "", "", html`<b>${digit}</b>`);
    const share = Math.abs(value) / (high - low || 1);
    const from = (100 * (Math.min(value, 0) - low)) / (high - low || 1) / (1 - share || 1); // as backgrounds are placed
    const sign = asked ? (value < 0 ? "is-down" : "is-up") : digit === current.value.digit ? "is-ink" : "";
    const bar = html`<b>${digit}</b><i class="bar" style="--share: ${share}; --from: ${from}%"></i>
      <small>${asked && Math.abs(value) < 0.005 ? "" : brief(value)}</small>`;
    return tileButton({ layer, neuron: digit }, sign, `${asked ? "asks for " : ""}${brief(value)}`, bar);
  };
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
    gutters, never over a tile.
    @param {Drawn} now @param {ReturnType<typeof geometry>} places */
function threads(now, places) {
  const { layers } = classifier().network;
  const { layer, neuron } = chosen.value;
  const asked = requests.value;
  const onward = (layers[layer + 1] ? weightsOf(layers[layer + 1]).rows : []).map(
    (row, to) => row[neuron] * (asked ? (asked[layer + 1]?.[to] ?? 0) : now.hidden[layer][neuron]),
  );
  const row = weightsOf(layers[layer]).rows[neuron];
  const inward = layer && !asked ? Array.from(now.hidden[layer - 1], (value, from) => value * row[from]) : [];
  const most = Math.max(largest(onward), largest(inward));
  const [to, from] = [onward, inward].map((values) =>
    strongest(values, THREADS).filter((i) => Math.abs(values[i]) > THINNEST * most),
  );
  return html`<svg class="neurons-threads" aria-hidden="true">
    ${to.map((other) => thread(places, chosen.value, other, onward[other] / most, { layer: layer + 1, neuron: other }))}
    ${from.map((other) => {
      const source = { layer: layer - 1, neuron: other };
      return thread(places, source, neuron, inward[other] / most, source);
    })}
  </svg>`;
}

/** A thread to a neuron of the next layer, and a frame around what it leads to or comes from.
    @param {ReturnType<typeof geometry>} places @param {NeuronPlace} source @param {number} to @param {number} share
    @param {NeuronPlace} framed */
function thread({ columns, lefts, pitch, gutter, row }, source, to, share, framed) {
  const tile = pitch - gutter;
  const corner = (/** @type {NeuronPlace} */ { layer, neuron }) => [
    lefts[layer] + (neuron % columns[layer]) * pitch,
    Math.floor(neuron / columns[layer]) * pitch,
  ];
  const [x, y] = corner(source);
  const below = tile + gutter / 2;
  const next = source.layer + 1;
  const [leaves, enters] = [lefts[source.layer] + columns[source.layer] * pitch - gutter, lefts[next]];
  const isOutput = next === columns.length;
  const [targetX, targetY] = isOutput ? [enters, (to + 0.5) * row - below] : corner({ layer: next, neuron: to });
  const middle = (leaves + enters) / 2;
  const [start, end] = [y + below, targetY + below];
  const last = isOutput ? "" : `H${targetX + tile / 2}v${-gutter / 2}`;
  const path = `M${x + tile / 2} ${y + tile}V${start}H${leaves}C${middle} ${start} ${middle} ${end} ${enters} ${end}${last}`;
  const [left, top] = columns[framed.layer] ? corner(framed) : [0, 0];
  return svg`<g class=${share < 0 ? "is-down" : "is-up"}>
    <path d=${path} stroke-width=${1 + 2.5 * Math.abs(share)} />
    ${columns[framed.layer] ? svg`<rect x=${left} y=${top} width=${tile} height=${tile} rx="3" />` : nothing}
  </g>`;
}

/** The chosen neuron as what it computes. */
function card() {
  const now = current.value;
  const { network, whole, off } = classifier();
  const { layer, neuron } = chosen.value;
  const isHidden = layer < network.layers.length - 1;
  const isOff = off[layer]?.includes(neuron);
  const others = state.off.value.filter(([of, which]) => of !== layer || which !== neuron);
  const toggle = () => (state.off.value = isOff ? others : [...others, [layer, neuron]]);
  const label = requests.value && state.label.value;
  const total = sum(network.layers.slice(0, -1).map(({ outputs }) => outputs));
  const before = answer(whole.predict(now.image));
  const switched = `${sum(off.map(({ length }) => length))} of ${total} neurons are off: ${answer(now)}. With all: ${before}.`;
  return html`<section class="card" aria-label="The chosen neuron">
    <header>
      <h3>${isHidden ? `Neuron ${neuron + 1}` : `Digit ${neuron}`}</h3>
      <span>${isHidden ? `of layer ${layer + 1}` : ""} ${label === null ? "" : "Each output asks for a change"}</span>
      ${isHidden ? html`<button type="button" @click=${toggle}>Switch it ${isOff ? "on" : "off"}</button>` : nothing}
    </header>
    ${
      isEmpty(now) || label === null
        ? neuronSum(classifier(), now, chosen.value)
        : neuronError(classifier(), now, chosen.value, label)
    }
    <p role="status">${state.off.value.length && !isEmpty(now) ? switched : ""}</p>
  </section>`;
}

/** The predictions with ever more noise on the weights, for the drawing at rest. */
const noisy = computed(() => {
  const { off } = classifier();
  const quiet = networks.value.get(active.value?.name ?? "")?.classifier;
  if (!quiet || drawing.value.penIsDown || !image.value.some(Boolean)) return [];
  return NOISES.map((noise) => quiet.noisy(noise).without(off).predict(image.value));
});

/** How the answer's probability falls as noise is added to the weights, and where the answer changes. */
function noisePicture() {
  const course = noisy.value;
  const change = course.findIndex(({ digit }) => digit !== course[0].digit);
  const outcome = change < 0 ? "the answer stays" : `the answer changes at ${percent(NOISES[change], 0)}`;
  const text = percent(state.noise.value, 0);
  const set = (/** @type {number} */ noise) => (state.noise.value = noise);
  return html`<section class="card">
    <header>
      <h3>Noise on the weights</h3>
      <span>${text} of their spread${course.length ? `: ${outcome}` : ""}</span>
      ${state.noise.value ? html`<button type="button" @click=${() => reset("noise")}>No noise</button>` : nothing}
    </header>
    <div class="neurons-course" aria-hidden="true">
      ${course.map(({ digit, probabilities }, i) => {
        const classes = digit === course[0].digit ? "is-ink" : "";
        return html`<i class=${classes} style="--share: ${Math.max(...probabilities)}">
          ${digit === course[i - 1]?.digit ? nothing : html`<b>${digit}</b>`}
        </i>`;
      })}
    </div>
    ${slider("Noise on the weights", state.noise.value, set, { max: 3, step: 0.1, text, name: "is-wide" })}
  </section>`;
}
