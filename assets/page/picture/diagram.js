/** The network between image and bars: its neurons, and the strongest lines between them, which are contributions to the
    sums of the next layer. Lines leave the image at its right edge, one port for each row of pixels.

    Where everything is follows from the page's layout, which is read when it changes and never while the pen moves. */
/** @import { Classifier, Current } from "../../state/types.js" */
/** @import { Pointed } from "./picture.js" */
import { largest } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { preprocessingStages, SIDE } from "../../engine/preprocessing.js";
import { context2d, query } from "../../parts/dom.js";
import { color } from "../../parts/tiles.js";
import { isEmpty, steps } from "../../state/prediction.js";
import { lineValues, strongest } from "./sums.js";

/** @typedef {{ x: number, y: number }} Place in pixels of the canvas
 *  @typedef {{ layer: number, neuron: number, from: number, share: number }} Line from a neuron of the layer before, or from a
 *    row of pixels; `share` of the largest contribution, -1 to 1 */

const MOST = { between: 150, last: 54, ofNeuron: 14 }; // lines
const LEVELS = 5; // of a line's strength: lines of one level are stroked at once
const FADED = 0.13; // opacity of the lines that are not pointed at
const RADIUS = { least: 1, most: 5 }; // pixels, of a neuron
const NEAR = { line: 6, column: 12, neuron: 24 }; // pixels from what is pointed at

/** @param {HTMLElement} picture */
export function createDiagram(picture) {
  const canvas = query(picture, ".picture-canvas", HTMLCanvasElement);
  const context = context2d(canvas);
  let places = /** @type {Place[][]} */ ([]); // of the neurons, layer by layer
  let ports = /** @type {Place[]} */ ([]); // of the rows of pixels
  let radius = RADIUS.most;
  let scale = 1; // of lines and neurons: less in a small picture, more on a large screen
  let [padBox, imageBox] = [new DOMRect(), new DOMRect()];
  let shown = /** @type {Line[]} */ ([]);

  /** @param {Element} element */
  function box(element) {
    const [{ left, top }, rect] = [canvas.getBoundingClientRect(), element.getBoundingClientRect()];
    return new DOMRect(rect.x - left, rect.y - top, rect.width, rect.height);
  }

  /** Read where everything is. @param {Classifier} [classifier] */
  function fit(classifier) {
    const { width, height } = canvas.getBoundingClientRect();
    const layers = classifier?.network.layers ?? [];
    [canvas.width, canvas.height] = [width, height].map((side) => Math.round(side * devicePixelRatio));
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    padBox = box(document.querySelector(".pad-surface") ?? picture);
    imageBox = box(query(picture, ".picture-image"));
    const { right, y, height: side } = imageBox;
    ports = Array.from({ length: SIDE }, (_, row) => ({ x: right, y: y + ((row + 0.5) * side) / SIDE }));
    const columns = [...picture.querySelectorAll(".picture-layers > *")].map(box);
    scale = Math.max(imageBox.width / 190, 0.4);
    radius = RADIUS.most * Math.max(scale, 1);
    places = columns.map(({ x, y, width, height }, layer) => {
      const count = layers[layer]?.outputs ?? 0;
      radius = Math.min(radius, Math.max(height / 78, 1.6));
      return Array.from({ length: count }, (_, i) => ({ x: x + width / 2, y: y + ((i + 0.5) * height) / count }));
    });
    places.push(
      [...picture.querySelectorAll(".digit-bar")].map(box).map(({ x, y, height }) => ({ x: x - 4, y: y + height / 2 })),
    );
  }

  /** Some of the lines into a layer. @param {ArrayLike<number>} values neurons x sources @param {number} layer
      @param {number[]} chosen the places of their values @returns {Line[]} */
  function lines(values, layer, chosen) {
    const sources = values.length / places[layer].length;
    const most = largest(chosen.map((i) => values[i])) || 1;
    return chosen.map((i) => {
      return { layer, neuron: Math.floor(i / sources), from: i % sources, share: values[i] / most };
    });
  }

  /** @param {Classifier | undefined} classifier @param {Current} current @param {Pointed} [pointed] */
  function paint(classifier, current, pointed) {
    context.clearRect(0, 0, canvas.width, canvas.height);
    const layers = classifier?.network.layers ?? [];
    const isFitted = () => layers.map(({ outputs }) => outputs).join() === places.map(({ length }) => length).join();
    if (!isFitted()) fit(classifier);
    if (!classifier || !isFitted()) return;
    const isAtRest = isEmpty(current);
    const values = layers.map((_, layer) => lineValues(classifier, isAtRest ? allActive(classifier) : current, layer));
    const last = layers.length - 1;
    const strong = values.flatMap((its, layer) => {
      const most = (layer < last ? MOST.between : MOST.last) * Math.min(scale, 1) * (isAtRest ? 0.5 : 1);
      return lines(its, layer, strongest(its, Math.ceil(most)));
    });
    shown = isAtRest ? [] : strong;
    if (isAtRest) {
      context.globalAlpha = 0.35;
      stroke(strong, "edge", 0.8 * scale);
    } else {
      if (!current.penIsDown) paintCrop(current);
      paintLines(shown, pointed ? FADED : 1);
      if (pointed) paintLines(linesOf(values, pointed), 1);
    }
    context.globalAlpha = 1;
    places.slice(0, -1).forEach((ofLayer, layer) => {
      const activations = current.hidden?.[layer] ?? [];
      const most = largest(activations) || 1;
      ofLayer.forEach((place, neuron) => {
        const share = Math.abs(activations[neuron] ?? 0) / most;
        context.fillStyle = css(share ? "ink" : "edge");
        circle(place, RADIUS.least * Math.max(scale, 1) + radius * 0.8 * Math.sqrt(share));
        context.fill();
      });
    });
    const at = pointed && places[pointed.layer]?.[pointed.neuron];
    if (!at || pointed.layer === last) return;
    context.strokeStyle = css("ink");
    context.lineWidth = 2;
    circle(at, radius + 5);
    context.stroke();
  }

  /** The lines into and out of a neuron, or one of them, the strongest in full strength. @param {Float64Array[]} values @param {Pointed} pointed */
  function linesOf(values, { layer, neuron, from }) {
    const sources = values[layer].length / places[layer].length;
    const into = strongest(values[layer].subarray(neuron * sources, (neuron + 1) * sources), MOST.ofNeuron);
    const chosen = (from === undefined ? into : [from]).map((i) => neuron * sources + i);
    const incoming = lines(values[layer], layer, chosen);
    const next = values[layer + 1];
    if (!next || from !== undefined) return incoming;
    const width = places[layer].length;
    const out = Float64Array.from(places[layer + 1], (_, i) => next[i * width + neuron]);
    const outgoing = strongest(out, MOST.ofNeuron).map((i) => i * width + neuron);
    return [...incoming, ...lines(next, layer + 1, outgoing)];
  }

  /** What preprocessing did: from the square that was cut out to the square in the image. @param {Current} current */
  function paintCrop({ ink }) {
    const stages = preprocessingStages(ink, CANVAS_SIDE, CANVAS_SIDE, steps.value);
    const areBeside = padBox.x > -4 && padBox.right <= imageBox.x;
    if (!areBeside || !stages.crop) return;
    const [onPad, inImage] = [padBox.width / CANVAS_SIDE, imageBox.width / SIDE];
    const { left, top, width, height } = stages.square;
    const from = new DOMRect(padBox.x + left * onPad, padBox.y + top * onPad, width * onPad, height * onPad);
    const side = stages.cells * inImage;
    const to = new DOMRect(imageBox.x + stages.right * inImage, imageBox.y + stages.down * inImage, side, side);
    context.fillStyle = css("ink");
    context.globalAlpha = 0.05;
    context.beginPath();
    for (const [x, y] of [[from.right, from.y], [to.x, to.y], [to.x, to.bottom], [from.right, from.bottom]]) context.lineTo(x, y); // prettier-ignore
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = css("edge");
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    for (const { x, y, width, height } of [from, to]) context.rect(x, y, width, height);
    context.moveTo(from.right, from.y);
    context.lineTo(to.x, to.y);
    context.moveTo(from.right, from.bottom);
    context.lineTo(to.x, to.bottom);
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {Line[]} all @param {number} opacity */
  function paintLines(all, opacity) {
    for (const sign of [-1, 1]) {
      for (let level = 1; level <= LEVELS; level++) {
        const ofLevel = all.filter(({ share }) => Math.ceil(share * sign * LEVELS) === level);
        const strength = level / LEVELS;
        context.globalAlpha = opacity * (0.12 + 0.8 * strength ** 1.5);
        stroke(ofLevel, sign > 0 ? "up" : "down", scale * (0.6 + 2 * strength ** 2));
      }
    }
  }

  /** @param {Line[]} some @param {string} color its token @param {number} width */
  function stroke(some, color, width) {
    context.strokeStyle = css(color);
    context.lineWidth = width;
    context.stroke(curve(some));
  }

  /** @param {Line[]} some */
  function curve(some) {
    const path = new Path2D();
    for (const { layer, neuron, from } of some) {
      const [start, end] = [(layer ? places[layer - 1] : ports)[from], places[layer][neuron]];
      const middle = (start.x + end.x) / 2;
      path.moveTo(start.x, start.y);
      path.bezierCurveTo(middle, start.y, middle, end.y, end.x, end.y);
    }
    return path;
  }

  /** @param {Place} place @param {number} size */
  function circle({ x, y }, size) {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
  }

  /** The neuron or the line at a place of the window. @param {{ clientX: number, clientY: number }} event @returns {Pointed | null} */
  function at({ clientX, clientY }) {
    const { left, top } = canvas.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    let [neuron, near] = [/** @type {Pointed | null} */ (null), NEAR.neuron];
    places.forEach((ofLayer, layer) =>
      ofLayer.forEach((place, i) => {
        const distance = Math.hypot(place.x - x, place.y - y);
        if (distance <= near) [neuron, near] = [{ layer, neuron: i }, distance];
      }),
    );
    if (neuron && near < NEAR.column) return neuron;
    context.lineWidth = 2 * NEAR.line;
    const [across, down] = [x * devicePixelRatio, y * devicePixelRatio];
    const line = shown.find((each) => context.isPointInStroke(curve([each]), across, down)); // the strongest one
    return line ? { layer: line.layer, neuron: line.neuron, from: line.from } : neuron;
  }

  return { fit, paint, at };
}

/** Without a drawing, the lines show what would count most if all were active. @param {Classifier} classifier */
const allActive = ({ network }) =>
  /** @type {Current} */ ({
    image: new Uint8Array(SIDE * SIDE).fill(255),
    hidden: network.layers.map(({ outputs }) => new Float64Array(outputs).fill(1)),
  });

/** @param {string} name */
const css = (name) => `rgb(${color(name).join(" ")})`;
