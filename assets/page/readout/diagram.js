/**
 * The network itself, between the pad and the bars: its input, each hidden layer as a column of neurons, and the bars as
 * the output layer. Neurons are lit by their activations. Lines are the strongest contributions, activation times
 * weight, to the sums of the next layer: orange raises a sum, blue lowers it. From the input, ink contributes what
 * it changes against blank paper, which also has a tone.
 *
 * Where everything is follows from the page's layout, which is read when it changes and never while the pen moves.
 */
/** @import { Current, Layer } from "../../state/types.js" */
import { largest } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { context2d, create, query } from "../../parts/dom.js";
import { watchScreen } from "../../parts/screen.js";
import * as classifiers from "../../state/classifiers.js";
import * as prediction from "../../state/prediction.js";
import * as views from "../../state/views.js";

/** @typedef {{ x: number, y: number }} Place in pixels of the readout
 *  @typedef {{ from: Place, to: Place, share: number }} Line its share of the layer's largest contribution of its sign, -1 to 1 */

const LIT = 12; // neurons of the first layer whose ink is shown
// Shares of the largest one, from which a line is shown: for a contribution, for one of ink, and for a weight at rest.
const [LEAST, LEAST_INK, LEAST_WEIGHT] = [0.25, 0.6, 0.62];
const LEVELS = 5; // of a line's opacity: lines of one level are stroked at once
const RADIUS = { least: 1.1, most: 4.6 }; // pixels, of a neuron

/** @param {HTMLElement} readout @param {(layer: number, neuron: number | null) => void} open a layer's view, at a neuron */
export function createDiagram(readout, open) {
  const canvas = query(readout, ".diagram-canvas", HTMLCanvasElement);
  const diagram = query(readout, ".diagram");
  const input = query(readout, ".diagram-input");
  const image = query(readout, ".diagram-image", HTMLCanvasElement);
  const digits = [...readout.querySelectorAll(".digit-bar-digit")];
  const rest = document.createElement("canvas"); // what is there without a drawing
  const inputButton = create("button", { type: "button", class: "diagram-layer", onclick: () => views.visit("input") });
  inputButton.ariaLabel = "Input, 28 × 28 pixels: open its view";
  input.append(inputButton);

  let layers = /** @type {Layer[]} */ ([]);
  let buttons = /** @type {HTMLElement[]} */ ([]); // of the hidden layers
  let places = /** @type {Place[][]} */ ([]); // of the neurons, layer by layer
  let origin = { x: 0, y: 0, size: 0, isUpright: false }; // of the input's image
  let radius = RADIUS.most;
  let colors = { raise: "", lower: "", rest: "" };
  let frame = 0;

  /** One button for each hidden layer: a click near a neuron opens the view there. */
  function build() {
    buttons.forEach((button) => button.remove());
    buttons = layers.slice(0, -1).map(({ outputs }, layer) => {
      const button = create("button", { type: "button", class: "diagram-layer" });
      button.ariaLabel = `Hidden layer ${layer + 1}, ${outputs} neurons: open its view`;
      button.addEventListener("click", (event) => open(layer, event.detail ? nearest(layer, event) : null));
      return button;
    });
    diagram.append(...buttons);
    fit();
  }

  /** @param {number} layer @param {MouseEvent} event */
  function nearest(layer, { clientX, clientY }) {
    const { left, top } = canvas.getBoundingClientRect();
    const distances = places[layer].map(({ x, y }) => Math.hypot(x - clientX + left, y - clientY + top));
    return distances.indexOf(Math.min(...distances));
  }

  function fit() {
    const { left, top, width, height } = readout.getBoundingClientRect();
    if (!width) return;
    const scale = devicePixelRatio;
    for (const one of [canvas, rest]) {
      [one.width, one.height] = [Math.round(width * scale), Math.round(height * scale)];
      context2d(one).setTransform(scale, 0, 0, scale, 0, 0);
    }
    const box = (/** @type {Element} */ element) => {
      const rect = element.getBoundingClientRect();
      return { x: rect.left - left, y: rect.top - top, width: rect.width, height: rect.height };
    };
    const ends = digits.map(box);
    const isUpright = Math.abs(ends[0].y - ends[1].y) < 1; // the bars stand beside each other
    const tracks = isUpright ? [...readout.querySelectorAll(".digit-bar-percent")].map(box) : ends;
    const outputs = tracks.map(({ x, y, width, height }) =>
      isUpright ? { x: x + width / 2, y: y - 5 } : { x: x - 7, y: y + height / 2 },
    );
    places = [...buttons.map((button, layer) => spread(box(button), layers[layer].outputs, !isUpright)), outputs];
    const { x, y, width: size } = box(image);
    origin = { x, y, size, isUpright };
    const style = getComputedStyle(canvas);
    colors = { raise: style.color, lower: style.outlineColor, rest: style.caretColor };
    paintRest();
    paint();
  }

  /** Neurons in a box: in one row or column, every other one a little aside where they would touch.
      @param {{ x: number, y: number, width: number, height: number }} box @param {number} count @param {boolean} isColumn */
  function spread({ x, y, width, height }, count, isColumn) {
    const [length, breadth] = isColumn ? [height, width] : [width, height];
    const step = length / count;
    const lanes = Math.min(Math.max(Math.ceil(9 / step), 1), 6);
    radius = Math.min(RADIUS.most, (step * lanes) / 2.1);
    const aside = lanes > 1 ? Math.min(10, (breadth - 8) / (lanes - 1)) : 0;
    return Array.from({ length: count }, (_, i) => {
      const along = (i + 0.5) * step;
      const across = breadth / 2 + ((i % lanes) - (lanes - 1) / 2) * aside;
      return isColumn ? { x: x + across, y: y + along } : { x: x + along, y: y + across };
    });
  }

  /** Where a pixel of the input is. @param {number} pixel @returns {Place} */
  function placeOf(pixel) {
    const cell = origin.size / SIDE;
    return { x: origin.x + ((pixel % SIDE) + 0.5) * cell, y: origin.y + (Math.floor(pixel / SIDE) + 0.5) * cell };
  }

  /** All neurons at rest, and the largest weights between them. */
  function paintRest() {
    const context = context2d(rest);
    const lines = layers.slice(1).flatMap(({ inputs, weights }, layer) => {
      return strongest(weights, LEAST_WEIGHT, (i) => [
        places[layer][i % inputs],
        places[layer + 1][Math.floor(i / inputs)],
      ]);
    });
    context.strokeStyle = context.fillStyle = colors.rest;
    context.lineWidth = 0.7;
    context.globalAlpha = 0.3;
    context.stroke(pathOf(lines));
    context.globalAlpha = 0.75;
    for (const place of places.flat()) dot(context, place, RADIUS.least);
    context.globalAlpha = 1;
  }

  function paint() {
    frame = 0;
    const context = context2d(canvas);
    const current = prediction.current();
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!layers.length) return;
    context.drawImage(rest, 0, 0, canvas.width / devicePixelRatio, canvas.height / devicePixelRatio);
    if (prediction.isEmpty(current)) return;
    const values = activations(current);
    const shown = [
      ...linesFromInput(current),
      ...layers.slice(1).flatMap((_, layer) => linesBetween(layer, values[layer])),
    ];
    paintLines(context, shown);
    context.fillStyle = colors.raise;
    values.forEach((ofLayer, layer) => {
      const isOutput = layer === values.length - 1;
      const most = isOutput ? 1 : largest(ofLayer) || 1;
      ofLayer.forEach((value, neuron) => value > 0 && light(context, places[layer][neuron], value / most));
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Place} place @param {number} share */
  function light(context, place, share) {
    const size = RADIUS.least + (radius - RADIUS.least) * Math.sqrt(share);
    context.globalAlpha = 0.16 * share;
    dot(context, place, 2.6 * size);
    context.globalAlpha = 0.3 + 0.7 * share;
    dot(context, place, size);
    context.globalAlpha = 1;
  }

  /** The ink that matters most to the most active neurons of the first layer. @param {Current} current @returns {Line[]} */
  function linesFromInput({ image, input }) {
    if (origin.isUpright || !input) return [];
    const { inputs, weights } = layers[0];
    const paper = input[image.indexOf(0)] ?? 0; // the tone of blank paper after scaling
    const values = activations(prediction.current())[0];
    const ranked = [...values.keys()].filter((i) => layers.length === 1 || values[i] > 0);
    const lit = ranked.sort((a, b) => values[b] - values[a]).slice(0, LIT);
    return lit.flatMap((neuron) => {
      const share = values[neuron] / (values[lit[0]] || 1);
      const products = Array.from({ length: inputs }, (_, i) => weights[neuron * inputs + i] * (input[i] - paper));
      return strongest(products, LEAST_INK, (i) => [placeOf(i), places[0][neuron]], share);
    });
  }

  /** @param {number} layer @param {Float64Array} values its activations @returns {Line[]} */
  function linesBetween(layer, values) {
    const { inputs, weights } = layers[layer + 1];
    const products = weights.map((weight, i) => weight * values[i % inputs]);
    return strongest(products, LEAST, (i) => [places[layer][i % inputs], places[layer + 1][Math.floor(i / inputs)]]);
  }

  /** Those of some values that are at least a share of the largest one of their sign, as lines of at most that strength.
      @param {ArrayLike<number>} values @param {number} least @param {(i: number) => [Place, Place]} ends
      @returns {Line[]} */
  function strongest(values, least, ends, strength = 1) {
    let [highest, lowest] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      if (values[i] > highest) highest = values[i];
      else if (values[i] < lowest) lowest = values[i];
    }
    const lines = [];
    for (let i = 0; i < values.length; i++) {
      const share = values[i] > 0 ? values[i] / highest : values[i] < 0 ? -values[i] / lowest : 0;
      if (Math.abs(share) < least) continue;
      const [from, to] = ends(i);
      lines.push({ from, to, share: share * strength });
    }
    return lines;
  }

  /** @param {CanvasRenderingContext2D} context @param {Line[]} lines */
  function paintLines(context, lines) {
    for (const sign of [-1, 1]) {
      context.strokeStyle = sign > 0 ? colors.raise : colors.lower;
      for (let level = 1; level <= LEVELS; level++) {
        const ofLevel = lines.filter(({ share }) => Math.ceil(share * sign * LEVELS) === level);
        const strength = level / LEVELS;
        context.globalAlpha = (sign > 0 ? 0.75 : 0.5) * strength ** 1.5;
        context.lineWidth = 0.5 + 1.6 * strength;
        context.stroke(pathOf(ofLevel));
      }
    }
    context.globalAlpha = 1;
  }

  /** @param {Line[]} lines */
  function pathOf(lines) {
    const path = new Path2D();
    for (const { from, to } of lines) {
      path.moveTo(from.x, from.y);
      if (origin.isUpright) {
        const middle = (from.y + to.y) / 2;
        path.bezierCurveTo(from.x, middle, to.x, middle, to.x, to.y);
      } else {
        const middle = (from.x + to.x) / 2;
        path.bezierCurveTo(middle, from.y, middle, to.y, to.x, to.y);
      }
    }
    return path;
  }

  watchScreen([readout, diagram], fit);
  classifiers.subscribe((present) => {
    const network = present[present.active]?.classifier.network;
    if (!network || network.layers === layers) return;
    layers = network.layers;
    build();
  });
  prediction.subscribe(() => (frame ||= requestAnimationFrame(paint))); // after the bars
}

/** What each layer passes on; of the output, the probabilities. @param {Current} current */
function activations({ hidden, probabilities }) {
  return [...(hidden ?? []), probabilities];
}

/** @param {CanvasRenderingContext2D} context @param {Place} place @param {number} radius */
function dot(context, { x, y }, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
