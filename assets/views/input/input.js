/** What the network sees: four preprocessing steps as pictures, each with a switch, and the numbers that they end in. */
/** @import { MountContext, PreprocessingStages, Rectangle, Steps } from "../../state/types.js" */
import { centerOfMass, clip } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { SIDE, preprocessingStages } from "../../engine/preprocessing.js";
import { answer, number } from "../../parts/numbers.js";
import { pixel } from "../../parts/tiles.js";
import { drawing } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, image, isEmpty, steps } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";

const LOUPE = 7; // pixels to a side of the part that is shown as numbers

/** @typedef {{ name: keyof Steps, title: string, purpose: string,
 *    picture: (ink: Uint8Array, stages: PreprocessingStages) => unknown }} Card */

/** @type {Card[]} */
const CARDS = [
  {
    name: "crop",
    title: "Crop to the ink",
    purpose: "Place and size stop mattering.",
    picture: (ink, { crop }) => tile(ink, CANVAS_SIDE, outside(crop)),
  },
  {
    name: "square",
    title: "Pad to a square",
    purpose: "A 1 stays narrow.",
    picture: (ink, { crop, square }) => tile(ink, CANVAS_SIDE, [outside(square), box(crop)]),
  },
  {
    name: "resize",
    title: "Resize to 20 × 20",
    purpose: "Every digit is as large as MNIST’s.",
    picture: (_, { digit, cells }) => tile(digit, cells, nothing),
  },
  {
    name: "center",
    title: "Center by mass",
    purpose: "The ink is where the network expects it.",
    picture: (_, { image, right, down, cells }) => {
      const mass = centerOfMass(image, SIDE);
      const lines = svg`<path d="M14.5 0V28M0 14.5H28" /><circle cx=${mass?.x ?? 0} cy=${mass?.y ?? 0} r="0.8" />`;
      return tile(image, SIDE, [box({ left: right, top: down, width: cells, height: cells }), lines]);
    },
  },
];

/** An image with marks on it. @param {ArrayLike<number>} tones @param {number} side in pixels, the marks' unit @param {unknown} marks */
const tile = (tones, side, marks) =>
  html`<ink-image .values=${tones}><svg viewBox="0 0 ${side} ${side}" aria-hidden="true">${marks}</svg></ink-image>`;

/** @param {Rectangle} rectangle */
const box = ({ left, top, width, height }) =>
  svg`<rect stroke-dasharray="5 4" x=${left} y=${top} width=${width} height=${height} />`;

/** @param {Rectangle} rectangle */
const outside = ({ left, top, width, height }) =>
  svg`<path class="input-outside" d="M0 0H${CANVAS_SIDE}V${CANVAS_SIDE}H0zM${left} ${top}h${width}v${height}h${-width}z" />`;

/** @param {MountContext} context */
export const mount = ({ element }) => view("input", element, template);

const template = () =>
  html`<header class="view-head">
      <h2>What the network sees</h2>
      <p class="view-lead">Never your drawing, but 784 numbers that four steps make of it. Switch a step off.</p>
    </header>
    ${preprocessingSteps()} ${pixelValues()}
    <details>
      <summary>More</summary>
      <p>
        These are the steps that made MNIST, as C. Yadav and L. Bottou reconstructed them (“Cold case: the lost MNIST
        digits”, 2019). The lines cross where its digits have their center of mass: at 14.5 ± 0.3, half a pixel beyond
        the middle of the image. Normalization subtracts the mean tone of MNIST’s training digits, 0.1307, and divides
        by their standard deviation, 0.3081.
      </p>
    </details>`;

/** The four steps as pictures with switches; below each, the prediction without it. */
export function preprocessingSteps() {
  const ink = drawing.value.ink.slice(); // it is changed in place
  const stages = preprocessingStages(ink, CANVAS_SIDE, CANVAS_SIDE, steps.value);
  return html`<ol class="input-steps columns">
    ${CARDS.map(({ name, title, purpose, picture }) => {
      const isTaken = steps.value[name];
      const toggle = () => {
        const others = state.without.value.filter((step) => step !== name);
        state.without.value = isTaken ? [...others, name] : others;
      };
      return html`<li data-step=${name} class=${isTaken ? "" : "is-left-out"}>
        <h3>
          <label><input type="checkbox" role="switch" .checked=${isTaken} @change=${toggle} /> ${title}</label>
        </h3>
        <figure role="img" aria-label=${title}>
          ${stages.crop ? picture(ink, stages) : html`<ink-image .values=${stages.image}></ink-image>`}
        </figure>
        <p class="quiet">${isTaken ? purpose : "Left out."}</p>
        ${otherwise(ink, name)}
      </li>`;
    })}
  </ol>`;
}

/** What the prediction would be with one step changed. @param {Uint8Array} ink @param {keyof Steps} name */
function otherwise(ink, name) {
  const now = current.value;
  const isTaken = steps.value[name];
  if (isEmpty(now) || !active.value) return nothing;
  const other = active.value.classifier.predictInk(ink, { ...steps.value, [name]: !isTaken });
  const isChanged = other.digit !== now.digit || other.verdict !== now.verdict;
  return html`<p class="quiet">
    ${isTaken ? "without it" : "with it"} ${isChanged ? html`<strong>${answer(other)}</strong>` : answer(other)}
  </p>`;
}

/** The pixel that is looked at: row and column from 0. @returns {number[]} */
const place = () => state.pixel.value ?? [13, 13];

/** A part of the image as numbers, and one of them on its way into the network. */
function pixelValues() {
  const [row, column] = place();
  const half = (LOUPE - 1) / 2;
  const [top, left] = [row, column].map((at) => clip(at - half, 0, SIDE - LOUPE));
  const tones = image.value;
  const tone = tones[row * SIDE + column];
  const { mean = 0, std = 1 } = active.value?.classifier ?? {};
  return html`<div class="card buttons">
    <figure><button type="button" class="input-loupe is-plain"
      aria-label="Row ${row + 1}, column ${column + 1}: ${tone}. Arrow keys go to another pixel." @keydown=${walk}
      @pointerdown=${point} @pointermove=${(/** @type {PointerEvent} */ event) => event.buttons & 1 && point(event)}>
      ${tile(tones, SIDE, box({ left, top, width: LOUPE, height: LOUPE }))}
    </button></figure>
    <div class="input-values" aria-hidden="true">
      ${Array.from({ length: LOUPE * LOUPE }, (_, i) => {
        const [y, x] = [top + Math.floor(i / LOUPE), left + (i % LOUPE)];
        return pixel(tones[y * SIDE + x], y === row && x === column ? "is-here" : "");
      })}
    </div>
    <dl>
      <dt>row ${row + 1}, column ${column + 1}</dt>
      <dd>pixel ${row * SIDE + column + 1} of 784</dd>
      <dt>tone, 0 to 255</dt>
      <dd>${tone}</dd>
      <dt>normalized</dt>
      <dd>
        (${tone} / 255 − ${number(mean, 3)}) / ${number(std, 3)} = <strong>${number((tone / 255 - mean) / std)}</strong>
      </dd>
    </dl>
  </div>`;
}

/** @param {PointerEvent} event */
function point(event) {
  const { left, top, width } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  const at = (/** @type {number} */ place) => clip(Math.floor((place / width) * SIDE), 0, SIDE - 1);
  state.pixel.value = [at(event.clientY - top), at(event.clientX - left)];
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  state.pixel.value = place().map((at, axis) => clip(at + step[axis], 0, SIDE - 1));
}
