/** The weights of a layer over the pixels, <weight-tiles .layer .full>: a tile of 28 x 28 for each neuron, on one canvas, so
    that 64 of them are painted in every frame of a training. */
/** @import { Layer } from "../../state/types.js" */
import { SIDE } from "../../engine/preprocessing.js";
import { color, share } from "../../parts/tiles.js";
import { watchScreen } from "../../parts/screen.js";

const GAP = 1; // pixel between tiles
const LEVELS = 256; // of each color

class WeightTiles extends HTMLElement {
  #canvas = document.createElement("canvas");
  #layer = /** @type {Layer | null} */ (null);
  #full = 1;
  #colors = new Uint32Array();
  #pixels = /** @type {ImageData | null} */ (null);

  connectedCallback() {
    if (this.#canvas.isConnected) return;
    this.#canvas.setAttribute("aria-hidden", "true"); // the element itself has a name
    this.append(this.#canvas);
    watchScreen([], () => {
      this.#colors = scaleOfColors();
      this.#paint();
    });
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
    const { outputs, weights } = this.#layer;
    const columns = Math.ceil(Math.sqrt(outputs));
    const [width, height] = [columns, Math.ceil(outputs / columns)].map((count) => count * (SIDE + GAP) - GAP);
    if (this.#pixels?.width !== width || this.#pixels.height !== height) {
      this.#pixels = new ImageData(width, height);
      Object.assign(this.#canvas, { width, height });
    }
    const pixels = new Uint32Array(this.#pixels.data.buffer);
    const scale = LEVELS / this.#full;
    for (let neuron = 0, weight = 0; neuron < outputs; neuron++) {
      let at = (Math.floor(neuron / columns) * width + (neuron % columns)) * (SIDE + GAP);
      for (let y = 0; y < SIDE; y++, at += width - SIDE) {
        for (let x = 0; x < SIDE; x++, at++, weight++) {
          const level = LEVELS + weights[weight] * scale;
          pixels[at] = this.#colors[level < 0 ? 0 : level > 2 * LEVELS ? 2 * LEVELS : level | 0];
        }
      }
    }
    /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d")).putImageData(this.#pixels, 0, 0);
  }
}

/** The colors from -full to full, as the pixels of an ImageData. */
function scaleOfColors() {
  const [up, down] = ["up", "down"].map((name) => color(name).reduce((pixel, part, i) => pixel | (part << (8 * i)), 0));
  return Uint32Array.from({ length: 2 * LEVELS + 1 }, (_, i) => {
    const part = i / LEVELS - 1;
    return (part < 0 ? down : up) | ((255 * share(part)) << 24);
  });
}

customElements.define("weight-tiles", WeightTiles);
