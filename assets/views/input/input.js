/** What the network sees: four preprocessing steps as pictures, each with a switch, and the numbers that they end in. */
/** @import { MountContext, Point, Preprocessed, PreprocessingStages, Rectangle, Steps, Stroke } from "../../state/types.js" */
import { centerOfMass, clip } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { BOX, SIDE, preprocessingStages } from "../../engine/preprocessing.js";
import { slider } from "../../parts/fields.js";
import { answer, number } from "../../parts/numbers.js";
import { pixelClass } from "../../parts/tiles.js";
import { drawing, pad } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, image, isEmpty, steps } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";

const LOUPE = 7; // pixels to a side of the part that is shown as numbers
const [ROW_WIDTH, ROW_HEIGHT, STRIP] = [SIDE * SIDE, 112, 16]; // of the picture of flattening

/** @typedef {{ name: keyof Steps, title: string, purpose: string, found: (stages: PreprocessingStages) => string,
    picture: (ink: Uint8Array, stages: Preprocessed) => unknown }} Card */

/** @type {Card[]} */
const CARDS = [
  {
    name: "crop",
    title: "Crop to the ink",
    purpose: "Place and size stop mattering.",
    found: ({ crop }) => `${size(crop)} pixels`,
    picture: (ink, { crop }) => html`
      <ink-image .tones=${ink}></ink-image>
      ${crop ? overlay(ALL, svg`<path class="input-outside" d=${rectangle(ALL) + rectangle(crop)} />${box(crop)}`) : nothing}
    `,
  },
  {
    name: "square",
    title: "Pad to a square",
    purpose: "A 1 stays narrow.",
    found: ({ square }) => `${size(square)} pixels`,
    picture: (ink, stages) => {
      const { left, top, width, height } = stages.crop ? stages.square : ALL;
      const place =
        `left: ${(-100 * left) / width}%; top: ${(-100 * top) / height}%; ` +
        `width: ${(100 * CANVAS_SIDE) / width}%; height: ${(100 * CANVAS_SIDE) / height}%`;
      return html`
        <ink-image class="input-zoomed" style=${place} .tones=${ink}></ink-image>
        ${stages.crop ? overlay(stages.square, box(stages.crop)) : nothing}
      `;
    },
  },
  {
    name: "resize",
    title: "Resize to 20 × 20",
    purpose: "Every digit is as large as MNIST’s.",
    found: ({ square, cells }) => `each of ${number(square.width / cells, 1)} × ${number(square.height / cells, 1)}`,
    picture: (_, stages) => {
      const cells = stages.crop ? stages.cells : BOX;
      const side = `width: ${(100 * cells) / SIDE}%`; // on the scale of the last picture
      return html`<ink-image class="input-resized" style=${side}
        .tones=${stages.crop ? stages.digit : new Uint8Array(BOX * BOX)}></ink-image>`;
    },
  },
  {
    name: "center",
    title: "Center by mass",
    purpose: "The ink is where the network expects it.",
    found: ({ right, down, cells }) => {
      const margin = (SIDE - cells) / 2;
      const moved = [shift(right - margin, "right", "left"), shift(down - margin, "down", "up")].filter(Boolean);
      return moved.length ? `moved ${moved.join(", ")}` : "not moved";
    },
    picture: (_, stages) => {
      const mass = centerOfMass(stages.image, SIDE);
      const marks = stages.crop
        ? svg`${box({ left: stages.right, top: stages.down, width: stages.cells, height: stages.cells })}
            <path class="input-middle" d="M14.5 0V28M0 14.5H28" />
            <circle class="input-mass" cx=${mass?.x ?? 0} cy=${mass?.y ?? 0} r="0.8" />`
        : nothing;
      return html`<ink-image .tones=${stages.image}></ink-image>${overlay({ ...ALL, width: SIDE, height: SIDE }, marks)}`;
    },
  },
];

/** @type {Rectangle} */
const ALL = { left: 0, top: 0, width: CANVAS_SIDE, height: CANVAS_SIDE };

/** @param {MountContext} context */
export function mount({ element }) {
  view("input", element, () => {
    const hasStrokes = drawing.value.strokes.length > 0; // a photo stays where it is
    return html`<section class="view input" id="view-input" aria-label="Input">
      <header class="view-head">
        <h2>What the network sees</h2>
        <p class="view-lead">Never your drawing, but 784 numbers that four steps make of it. Switch a step off.</p>
        <div class="buttons">
          <button type="button" ?disabled=${!hasStrokes} @click=${toCorner}>Make it small, in a corner</button>
          ${
            state.without.value.length
              ? html`<button type="button" @click=${() => reset("without")}>Take all steps</button>`
              : nothing
          }
        </div>
      </header>
      ${preprocessingSteps()} ${pixelValues()} ${flattening(image.value, state.unrolled.value, pixel())}
      ${slider("Flatten the image", state.unrolled.value, (share) => (state.unrolled.value = share), { name: "is-wide" })}
      <details>
        <summary>More</summary>
        <p>
          These are the steps that made MNIST, as C. Yadav and L. Bottou reconstructed them (“Cold case: the lost MNIST
          digits”, 2019). The lines cross where its digits have their center of mass: at 14.5 ± 0.3, half a pixel beyond
          the middle of the image. Normalization subtracts the mean tone of MNIST’s training digits, 0.1307, and divides
          by their standard deviation, 0.3081.
        </p>
      </details>
    </section>`;
  });
}

/** The four steps as pictures with switches; below each, the prediction without it. */
export function preprocessingSteps() {
  const ink = drawing.value.ink.slice(); // it is changed in place
  const stages = preprocessingStages(ink, CANVAS_SIDE, CANVAS_SIDE, steps.value);
  return html`<ol class="input-steps">
    ${CARDS.map(({ name, title, purpose, found, picture }) => {
      const isTaken = steps.value[name];
      const words = stages.crop && (isTaken ? found(stages) : "left out");
      const toggle = () => {
        const others = state.without.value.filter((step) => step !== name);
        state.without.value = isTaken ? [...others, name] : others;
      };
      return html`<li data-step=${name} class=${isTaken ? "" : "is-left-out"}>
        <h3>
          <label><input type="checkbox" role="switch" .checked=${isTaken} @change=${toggle} /> ${title}</label>
        </h3>
        <figure class="input-picture" role="img" aria-label="${title}: ${words || "nothing drawn yet"}">
          ${picture(ink, stages)}
        </figure>
        <p class="input-found">${words || "–"}</p>
        <p>${purpose}</p>
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
  return html`<p class=${isChanged ? "is-changed" : ""}>
    ${isTaken ? "without it" : "with it"} <strong>${answer(other)}</strong>
  </p>`;
}

/** The pixel that is looked at: row and column from 0. @returns {number[]} */
const pixel = () => state.pixel.value ?? [13, 13];

/** A part of the image as numbers, and one of them on its way into the network. */
function pixelValues() {
  const [row, column] = pixel();
  const half = (LOUPE - 1) / 2;
  const [top, left] = [row, column].map((at) => clip(at - half, 0, SIDE - LOUPE));
  const tones = image.value;
  const tone = tones[row * SIDE + column];
  const { mean = 0, std = 1 } = active.value?.classifier ?? {};
  return html`<div class="card input-numbers">
    <button type="button" class="input-loupe"
      aria-label="Row ${row + 1}, column ${column + 1}: ${tone}. Arrow keys go to another pixel." @keydown=${walk}
      @pointerdown=${point} @pointermove=${(/** @type {PointerEvent} */ event) => event.buttons & 1 && point(event)}>
      <ink-image .tones=${tones}></ink-image>
      ${overlay({ left: 0, top: 0, width: SIDE, height: SIDE }, box({ left, top, width: LOUPE, height: LOUPE }))}
    </button>
    <div class="input-values" aria-hidden="true">
      ${Array.from({ length: LOUPE * LOUPE }, (_, i) => {
        const [y, x] = [top + Math.floor(i / LOUPE), left + (i % LOUPE)];
        const value = tones[y * SIDE + x];
        const isHere = y === row && x === column;
        const go = () => (state.pixel.value = [y, x]);
        const classes = `${pixelClass(value)} ${isHere ? "is-here" : ""} ${value ? "" : "is-zero"}`;
        return html`<span class=${classes} style="--tone: ${(100 * value) / 255}%" @click=${go}>${value}</span>`;
      })}
    </div>
    <dl class="input-pixel">
      <dt>row ${row + 1}, column ${column + 1}</dt>
      <dd>pixel ${row * SIDE + column + 1} of 784</dd>
      <dt>value, 0 for paper to 255 for ink</dt>
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
  state.pixel.value = pixel().map((at, axis) => clip(at + step[axis], 0, SIDE - 1));
}

/** An image that becomes a row: its 28 rows slide behind one another.
    @param {ArrayLike<number>} tones 28 x 28 @param {number} unroll how far, 0 to 1 @param {number[]} [marked] row and column */
export function flattening(tones, unroll, marked) {
  const between = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * unroll;
  const square = ROW_HEIGHT / SIDE;
  const [width, height] = [between(square, 1), between(square, STRIP)];
  /** @type {(row: number, column: number) => [number, number]} */
  const place = (row, column) => [
    between((ROW_WIDTH - ROW_HEIGHT) / 2, row * SIDE) + column * width,
    between(row * square, (ROW_HEIGHT - STRIP) / 2),
  ];
  const rows = Array.from({ length: SIDE }, (_, row) => {
    const [x, y] = place(row, 0);
    return svg`<rect class="flattening-row" x=${x} y=${y} width=${SIDE * width} height=${height} />`;
  });
  const pixels = Array.from(tones, (tone, i) => {
    if (!tone) return nothing;
    const [x, y] = place(Math.floor(i / SIDE), i % SIDE);
    return svg`<rect x=${x} y=${y} width=${width} height=${height} opacity=${tone / 255} />`;
  });
  const [row, column] = marked ?? [0, 0];
  const [x, y] = place(row, column);
  const mark = svg`<path class="flattening-mark" d="M${x + width / 2} ${y + height}l-4 8h8z" />`;
  const label = unroll === 1 ? "The image as one row of 784 pixels" : "The image, 28 by 28 pixels";
  return html`<svg class="flattening" viewBox="0 -2 ${ROW_WIDTH} ${ROW_HEIGHT + 12}" role="img" aria-label=${label}>
    ${rows}${pixels}${marked ? mark : nothing}
  </svg>`;
}

/** The drawing in the upper left corner, at most 40 pixels wide and high. */
function toCorner() {
  const { strokes } = drawing.value;
  const points = strokes.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((at) => at[axis])));
  const scale = Math.min(1, 40 / Math.max(1, ...points.map(([x, y]) => Math.max(x - left, y - top))));
  /** @type {(at: Point) => Point} */
  const place = ([x, y]) => [5 + (x - left) * scale, 5 + (y - top) * scale];
  pad.replace(strokes.map((/** @type {Stroke} */ stroke) => stroke.map(place)));
}

/** @param {Rectangle} box what is seen @param {unknown} marks in its units */
function overlay({ left, top, width, height }, marks) {
  return html`<svg viewBox="${left} ${top} ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${marks}
  </svg>`;
}

/** @param {Rectangle} rectangle */
const box = ({ left, top, width, height }) =>
  svg`<rect class="input-box" x=${left} y=${top} width=${width} height=${height} />`;

/** @param {Rectangle} box */
const rectangle = ({ left, top, width, height }) => `M${left} ${top}h${width}v${height}h${-width}z`;

/** @param {Rectangle} box */
const size = ({ width, height }) => `${width} × ${height}`;

/** @type {(by: number, forward: string, back: string) => string} */
const shift = (by, forward, back) => (by ? `${Math.abs(by)} ${by > 0 ? forward : back}` : "");
