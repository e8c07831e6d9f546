/** The layers as grids of tiles, one for each neuron. One tile is chosen, by click or with the arrow keys. */
/** @import { Current, Layer, NeuronPlace } from "../../state/types.js" */
import { largest } from "../../engine/math.js";
import { isEmpty } from "../../state/prediction.js";
import { create } from "../../parts/dom.js";
import { color } from "../../parts/images.js";
import { number } from "../../parts/numbers.js";

const LAYERS = ["hidden layer 1", "hidden layer 2", "output"];

export const capitalized = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);

/** A neuron's name, with its activation if there is one. @param {NeuronPlace} place @param {number} [value] */
export function described({ layer, neuron }, value) {
  const name = layer === 2 ? `digit ${neuron}` : `neuron ${neuron + 1} of ${LAYERS[layer]}`;
  return value === undefined ? name : `${name}: ${value === 0 ? "inactive" : number(value)}`;
}

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
      const labels = { role: "radiogroup", "aria-label": LAYERS[layer], style: `--columns: ${columns}` };
      const grid = create("div", { class: "tiles", ...labels }, ...ofLayer);
      grid.addEventListener("keydown", (event) => move(event, layer, columns));
      const size = create("small", {}, `${outputs} ${isOutput ? "logits" : "neurons"}`);
      const caption = create("figcaption", {}, capitalized(LAYERS[layer]), size);
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

  /** Color the tiles by activation. @param {Current} current */
  function light(current) {
    const activations = isEmpty(current) ? [] : [current.hidden1, current.hidden2, current.logits];
    tiles.forEach((ofLayer, layer) => {
      const values = activations[layer];
      const most = largest(values ?? []) || 1;
      ofLayer.forEach((tile, neuron) => {
        const value = values?.[neuron];
        tile.style.backgroundColor = value === undefined ? "" : color(value / most);
        tile.classList.toggle("is-off", value === 0);
        if (!current.penIsDown) tile.ariaLabel = tile.title = described({ layer, neuron }, value);
      });
    });
  }

  return { build, mark, light };
}
