/** Ways on from the first screen: three doors with live pictures, and the other views in one line. */
/** @import { MountContext } from "../../state/types.js" */
import { centerOfMass, dot } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { bytesFromBase64 } from "../../engine/quantization.js";
import { icon } from "../../parts/icons.js";
import { fullOf, pixelClass } from "../../parts/tiles.js";
import { drawing } from "../../state/drawing.js";
import { active, networks } from "../../state/networks.js";
import { paint } from "../../state/painting.js";
import { current, image } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { computed, effect } from "../../vendor/signals-core.js";

const [COLUMNS, ROWS] = [6, 5]; // of pixels
const TILES = 9;

const shared = computed(() => networks.value.get("shared"));

/** @param {MountContext} context */
export function mount({ element }) {
  effect(() => void (element.hidden = state.view.value !== null || state.embed.value || state.present.value));
  paint(element, doors, () => !element.hidden && !drawing.value.penIsDown);
}

const doors = () => html`
  <nav class="doors" aria-label="Ways on">
    <a class="door" href="?view=neurons">
      <span class="door-tiles">${tiles()}</span>
      <span class="door-words"><b>Look inside</b> <span>What each neuron looks for, and what it finds.</span></span>
      <span class="door-arrow" aria-hidden="true">→</span>
    </a>
    <a class="door" href="?view=lesson">
      <span class="door-pixels" aria-hidden="true">${pixels()}</span>
      <span class="door-words"><b>Learn <i>step by step</i></b> <span>With the numbers of your drawing.</span></span>
      <span class="door-arrow" aria-hidden="true">→</span>
    </a>
    <a class="door" href="?view=train">
      <span class="door-training">${training()}</span>
      <span class="door-words"><b>Train <i>your own</i></b> <span>Watch noise turn into strokes.</span></span>
      <span class="door-arrow" aria-hidden="true">→</span>
    </a>
  </nav>
  <nav class="doors-more" aria-label="More views">
    <span>More views</span>
    <a href="?view=input">${icon("input")} Input</a>
    <a href="?view=why">${icon("why")} Why?</a>
    <a href="?view=loss">${icon("loss")} Softmax &amp; loss</a>
    <a href="?view=replay">${icon("replay")} Replay</a>
    <a href="?view=handwriting">${icon("handwriting")} My handwriting</a>
  </nav>
`;

/** The weights of the most active neurons; without a drawing, of those with the largest weights. */
function tiles() {
  const layer = active.value?.classifier.network.layers[0];
  if (!layer) return nothing;
  const { inputs, outputs, weights } = layer;
  const ofNeuron = Array.from({ length: outputs }, (_, i) => weights.subarray(i * inputs, (i + 1) * inputs));
  const strength = current.value.hidden?.[0] ?? ofNeuron.map((its) => dot(its, its));
  const order = [...ofNeuron.keys()].sort((a, b) => strength[b] - strength[a]).slice(0, TILES);
  return order.map((i) => html`<signed-image .values=${ofNeuron[i]} .full=${fullOf(ofNeuron[i])}></signed-image>`);
}

/** Pixels around the middle of the ink, as the network is given them. */
function pixels() {
  const tones = image.value;
  const { x, y } = centerOfMass(tones, SIDE) ?? { x: SIDE / 2, y: SIDE / 2 };
  const [left, top] = [Math.round(x - COLUMNS / 2), Math.round(y - ROWS / 2)];
  return Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    const tone = tones[(top + Math.floor(i / COLUMNS)) * SIDE + left + (i % COLUMNS)] ?? 0;
    return html`<span class=${pixelClass(tone)} style="--tone: ${(100 * tone) / 255}%">${tone}</span>`;
  });
}

/** The training of the network that predicts, or else of the shared one: a neuron taking shape, and the loss. */
function training() {
  const { shaping } = active.value?.description.shaping ? active.value.description : (shared.value?.description ?? {});
  if (!shaping?.losses.length) return nothing;
  const tiles = shaping.weights.map((text) => new Int8Array(bytesFromBase64(text)));
  const full = fullOf(tiles[tiles.length - 1]);
  // Steps and losses on logarithmic scales: at first, both change fastest.
  const places = shaping.losses.map(([step, loss]) => [Math.log(1 + step), -Math.log(loss)]);
  const [right, bottom, top] = [Math.max(...places.map(([x]) => x)), ...ends(places.map(([, y]) => y))];
  const points = places.map(([x, y]) => `${(150 * x) / right} ${4 + (62 * (y - top)) / (bottom - top)}`);
  return html`
    ${tiles.map((weights) => html`<signed-image .values=${weights} .full=${full}></signed-image>`)}
    <svg viewBox="0 0 150 70" aria-hidden="true"><path d="M${points.join("L")}" /></svg>
  `;
}

/** @param {number[]} values @returns {[number, number]} the largest and the smallest one */
const ends = (values) => [Math.max(...values), Math.min(...values)];
