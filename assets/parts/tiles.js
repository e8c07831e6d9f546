/** Images of 28 x 28 and other sizes as elements: <ink-image> for tones, <signed-image> for values with a sign. They are
    painted over the paper in the page's colors, so zero is paper, in light and dark.

    In a template: <signed-image .values=${weights} .full=${0.32}></signed-image>. */
import { clip, largest, quantile } from "../engine/math.js";
import { html } from "../vendor/lit-html.js";
import { context2d, newCanvas } from "./dom.js";
import { watchScreen } from "./screen.js";

const LEVELS = 255; // of each color
/** By element: the colors of negative and positive values, and the exponent of their opacity, which keeps small ones visible.
    @type {Record<string, [string, string, number]>} */
const COLORS = { "ink-image": ["ink", "ink", 1], "signed-image": ["down", "up", 0.75] };

/** Colors as the style sheets have them: red, green, blue. @type {Record<string, number[]>} */
let colors = {};
/** Colors by the share of the full value, -1 to 1, as the pixels of an ImageData. @type {Record<string, Uint32Array>} */
let palettes = {};

const painted = /** @type {Set<Tile>} */ (new Set());

class Tile extends HTMLElement {
  #canvas = document.createElement("canvas"); // the element itself may have a role and a name
  #values = /** @type {ArrayLike<number>} */ ([]);
  #full = /** @type {number | null} */ (null);

  connectedCallback() {
    this.#canvas.setAttribute("aria-hidden", "true");
    this.append(this.#canvas);
    painted.add(this);
    this.paint();
  }

  disconnectedCallback() {
    painted.delete(this);
  }

  /** Tones, 0 for paper to 255 for ink, or values with a sign, row by row, of a square or of what is nearest to one.
      @param {ArrayLike<number>} values */
  set values(values) {
    this.#values = values;
    this.paint();
  }

  /** The absolute value that gets the full color; else it is 255 of tones, and the largest of values with a sign.
      @param {number} full */
  set full(full) {
    this.#full = full;
    this.paint();
  }

  paint() {
    const values = this.#values;
    const columns = Math.ceil(Math.sqrt(values.length));
    const rows = Math.ceil(values.length / columns);
    if (!this.isConnected || !columns) return;
    if (this.#canvas.width !== columns || this.#canvas.height !== rows) {
      Object.assign(this.#canvas, { width: columns, height: rows });
    }
    const image = new ImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const palette = (palettes[this.localName] ??= colorsTo(...COLORS[this.localName]));
    const full = this.#full ?? (this.localName === "ink-image" ? 255 : largest(values));
    const scale = full && LEVELS / full;
    for (let i = 0; i < values.length; i++) {
      pixels[i] = palette[Math.round(clip(values[i] * scale, -LEVELS, LEVELS)) + LEVELS];
    }
    context2d(this.#canvas).putImageData(image, 0, 0);
  }
}

/** @param {string} low color of negative values @param {string} high @param {number} exponent of the opacity */
function colorsTo(low, high, exponent) {
  return Uint32Array.from({ length: 2 * LEVELS + 1 }, (_, i) => {
    const [red, green, blue] = color(i < LEVELS ? low : high);
    const opacity = Math.round(255 * Math.abs(i / LEVELS - 1) ** exponent);
    return red | (green << 8) | (blue << 16) | (opacity << 24);
  });
}

/** The absolute value from which point on a neuron's weights get the full color: few are larger. @param {ArrayLike<number>} weights */
export const fullOf = (weights) => quantile(Float64Array.from(weights, Math.abs), 0.98);

/** A pixel with its tone written on it. @param {number} tone 0 for paper to 255 for ink @param {string} [name] a class */
export const pixel = (tone, name = "") => {
  const on = tone > 152 ? "var(--on-ink)" : tone > 106 ? "black" : tone ? "var(--on-paper)" : "var(--quiet)"; // legible
  return html`<span class="pixel ${name}" style="--tone: ${(100 * tone) / 255}%; color: ${on}">${tone}</span>`;
};

/** A color of the style sheets, such as "up", as red, green and blue. @param {string} name */
export function color(name) {
  if (!colors[name]) {
    const context = newCanvas(1, 1);
    context.fillStyle = getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
    context.fillRect(0, 0, 1, 1);
    colors[name] = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }
  return colors[name];
}

customElements.define("ink-image", class extends Tile {});
customElements.define("signed-image", class extends Tile {});
watchScreen([], () => {
  [colors, palettes] = [{}, {}];
  for (const tile of painted) tile.paint();
});
