/** The layers as grids of tiles, one for each neuron. One tile is chosen, by click or with the arrow keys. */
/** @import { Layer, NeuronPlace } from "../../state/types.js" */
import { largest } from "../../engine/math.js";
import { create } from "../../parts/dom.js";
import { number } from "../../parts/numbers.js";

/** @type {(layer: number, layers: number) => string} */
const layerName = (layer, layers) => (layer === layers - 1 ? "output" : `hidden layer ${layer + 1}`);

export const capitalized = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);

/** A neuron's name, with its activation or another value if there is one.
    @param {NeuronPlace} place @param {number} layers of the network @param {number} [value] */
export function described({ layer, neuron }, layers, value, isActivation = true) {
  const name = layer === layers - 1 ? `digit ${neuron}` : `neuron ${neuron + 1} of ${layerName(layer, layers)}`;
  return value === undefined
    ? name
    : `${name}: ${value === 0 && isActivation ? "inactive" : number(value, isActivation ? 2 : 4)}`;
}

/** What the tiles show: the values of each layer, in part if the rest is still to come; the neurons that are switched off,
    of each layer; the output that wins; and whether the values are activations or errors.
    @typedef {{ layers: Float64Array[], off: number[][], winner: number | null, areActivations: boolean,
    penIsDown: boolean }} Shown */

/** Tiles inside an element, for the network that `build` gets.
    @param {HTMLElement} container @param {(place: NeuronPlace) => void} pick called with the visitor's choice */
export function createTiles(container, pick) {
  let tiles = /** @type {HTMLButtonElement[][]} */ ([]); // by layer

  /** @param {Layer[]} layers */
  function build(layers) {
    container.querySelectorAll(".neurons-layer").forEach((figure) => figure.remove());
    tiles = layers.map(({ outputs }, layer) => {
      const isOutput = layer === layers.length - 1;
      const columns = isOutput ? 1 : Math.ceil(Math.sqrt(outputs));
      const ofLayer = Array.from({ length: outputs }, (_, neuron) => {
        const choose = () => pick({ layer, neuron });
        const name = isOutput ? [create("span", {}, String(neuron))] : [];
        return create("button", { type: "button", class: "tile", role: "radio", onclick: choose }, ...name);
      });
      const labels = {
        role: "radiogroup",
        "aria-label": layerName(layer, layers.length),
        style: `--columns: ${columns}`,
      };
      const grid = create("div", { class: "tiles", ...labels }, ...ofLayer);
      grid.addEventListener("keydown", (event) => move(event, layer, columns));
      const size = create("small", {}, `${outputs} ${isOutput ? "logits" : "neurons"}`);
      const caption = create("figcaption", {}, capitalized(layerName(layer, layers.length)), size);
      container.append(create("figure", { class: "neurons-layer" }, caption, grid));
      return ofLayer;
    });
  }

  /** Arrow keys go from neuron to neuron. @type {(event: KeyboardEvent, layer: number, columns: number) => void} */
  function move(event, layer, columns) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    const neuron = tiles[layer].findIndex((tile) => tile === document.activeElement) + step;
    tiles[layer][neuron]?.focus();
    tiles[layer][neuron]?.click();
  }

  /** @param {NeuronPlace} chosen */
  function mark({ layer, neuron }) {
    tiles.forEach((ofLayer, i) =>
      ofLayer.forEach((tile, j) => {
        const isChosen = i === layer && j === neuron;
        tile.ariaChecked = String(isChosen);
        tile.tabIndex = isChosen || (i !== layer && j === 0) ? 0 : -1; // one stop of the Tab key for each layer
      }),
    );
  }

  /** Color the tiles by the layers' values; those of a layer that has none are blank. @param {Shown} shown */
  function light({ layers, off, winner, areActivations, penIsDown }) {
    tiles.forEach((ofLayer, layer) => {
      const values = layers[layer];
      const isOutput = layer === tiles.length - 1;
      const strength = strengths(values ?? [], areActivations && isOutput);
      ofLayer.forEach((tile, neuron) => {
        const value = values?.[neuron];
        tile.style.backgroundColor = value === undefined ? "" : tint(strength(value));
        tile.classList.toggle("is-off", value === 0);
        const isSwitchedOff = off[layer]?.includes(neuron) ?? false;
        tile.classList.toggle("is-switched-off", isSwitchedOff);
        tile.classList.toggle("is-winner", isOutput && neuron === winner);
        if (penIsDown) return;
        const name = described({ layer, neuron }, tiles.length, isSwitchedOff ? undefined : value, areActivations);
        tile.ariaLabel = tile.title = isSwitchedOff ? `${name}: switched off` : name;
      });
    });
  }

  return { build, mark, light };
}

/** From a value of a layer to how strongly it is colored, -1 to 1. Of the logits, the highest is the strongest, and
    negative ones are half as strong at most.
    @type {(values: ArrayLike<number>, areLogits: boolean) => (value: number) => number} */
function strengths(values, areLogits) {
  const most = largest(values) || 1;
  if (!areLogits) return (value) => value / most;
  const [low, high] = [Math.min(...Array.from(values)), Math.max(...Array.from(values))];
  return (value) => (value > 0 ? value / high : -0.5 * (value / low));
}

/** The color of a strength on the page's own background, so that weak ones recede in the dark as well. @param {number} strength */
function tint(strength) {
  const share = 100 * Math.min(Math.abs(strength), 1) ** 0.75;
  return `color-mix(in srgb, var(--${strength < 0 ? "negative" : "positive"}) ${share.toFixed(1)}%, var(--track))`;
}
