/** The weights of a layer over the pixels, <weight-tiles .layer .full>: a tile of 28 x 28 for each neuron, on one canvas, so
    that 64 of them are painted in every frame of a training. */
/** @import { Layer } from "../../state/types.js" */
import { SIDE } from "../../engine/preprocessing.js";
import { color, share } from "../../parts/tiles.js";
import { watchScreen } from "../../parts/screen.js";

const GAP = 1; // pixel between tiles
const LEVELS = 256;
const OPACITIES = Uint8Array.from({ length: LEVELS + 1 }, (_, level) => 255 * share(level / LEVELS));

class WeightTiles extends HTMLElement {
  #canvas = document.createElement("canvas");
  #layer = /** @type {Layer | null} */ (null);
  #full = 1;

  connectedCallback() {
    if (this.#canvas.isConnected) return;
    this.append(this.#canvas);
    watchScreen([], () => this.#paint());
  }

  /** @param {Layer} layer */
  set layer(layer) {
    this.#layer = layer;
    this.#paint();
  }

  /** The absolute weight that gets the full color; to be set before the layer. @param {number} full */
  set full(full) {
    this.#full = full;
  }

  #paint() {
    if (!this.#layer || !this.isConnected) return;
    const { inputs, outputs, weights } = this.#layer;
    const columns = Math.ceil(Math.sqrt(outputs));
    const rows = Math.ceil(outputs / columns);
    const [width, height] = [columns, rows].map((count) => count * (SIDE + GAP) - GAP);
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const pixels = new ImageData(width, height);
    const words = new Uint32Array(pixels.data.buffer);
    const [up, down] = ["up", "down"].map((name) => color(name).reduce((word, part, i) => word | (part << (8 * i)), 0));
    const scale = LEVELS / this.#full;
    for (let neuron = 0; neuron < outputs; neuron++) {
      const corner = Math.floor(neuron / columns) * (SIDE + GAP) * width + (neuron % columns) * (SIDE + GAP);
      for (let i = 0; i < inputs; i++) {
        const weight = weights[neuron * inputs + i];
        const level = Math.min(Math.round(Math.abs(weight) * scale), LEVELS);
        const at = corner + Math.floor(i / SIDE) * width + (i % SIDE);
        words[at] = (weight < 0 ? down : up) | (OPACITIES[level] << 24);
      }
    }
    /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(pixels, 0, 0);
  }
}

customElements.define("weight-tiles", WeightTiles);
