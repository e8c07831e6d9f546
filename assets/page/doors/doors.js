/** Ways on from the first screen: three doors with live pictures, and the other views in one line. */
/** @import { MountContext } from "../../state/types.js" */
import { argmax, centerOfMass, dot } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { array } from "../../engine/quantization.js";
import { icon } from "../../parts/icons.js";
import { fullOf, pixel } from "../../parts/tiles.js";
import { drawing } from "../../state/drawing.js";
import { active, shared } from "../../state/networks.js";
import { paint } from "../../state/painting.js";
import { current, image } from "../../state/prediction.js";
import { networkOf, runs } from "../../state/runs.js";
import { state, VIEWS } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { weightsOf } from "../../views/neurons/neuron.js";
import { effect } from "../../vendor/signals-core.js";

const [COLUMNS, ROWS] = [6, 5]; // of pixels
const TILES = 12;
const MORE = /** @type {const} */ (["input", "why", "loss", "replay", "handwriting"]);

/** @param {MountContext} context */
export function mount({ element }) {
  effect(() => void (element.hidden = state.view.value !== null || state.embed.value || state.present.value));
  paint(element, doors, () => !element.hidden && !drawing.value.penIsDown);
}

const doors = () => html`
  <nav class="doors" aria-label="Ways on">
    ${door("neurons", html`Look inside`, "What each neuron looks for, and what it finds.", 4, tiles())}
    ${door("lesson", html`Learn <span>step by step</span>`, "With the numbers of your drawing.", COLUMNS, pixels())}
    ${door("train", html`Train <span>your own</span>`, "Watch noise turn into strokes.", 4, training())}
  </nav>
  <nav class="doors-more tabs" aria-label="More views">
    <span class="quiet">More views</span>
    ${MORE.map((name) => html`<a href="?view=${name}">${icon(name)} ${VIEWS[name]}</a>`)}
  </nav>
`;

/** @param {string} view @param {unknown} title @param {string} words @param {number} columns @param {unknown} picture */
const door = (view, title, words, columns, picture) => html`
  <a class="door panel" href="?view=${view}">
    <span class="door-picture" style="--columns: ${columns}" aria-hidden="true">${picture}</span>
    <span><b>${title}</b> <span class="view-lead">${words}</span></span>
  </a>
`;

/** The weights of the most active neurons; without a drawing, of those with the largest weights. */
function tiles() {
  const layer = active.value?.classifier.network.layers[0];
  if (!layer) return nothing;
  const { rows, full } = weightsOf(layer);
  const strength = current.value.hidden?.[0] ?? rows.map((its) => dot(its, its));
  const order = [...rows.keys()].sort((a, b) => strength[b] - strength[a]).slice(0, TILES);
  return order.map((i) => html`<signed-image .values=${rows[i]} .full=${full}></signed-image>`);
}

/** Pixels around the middle of the ink, as the network is given them. */
function pixels() {
  const tones = image.value;
  const { x, y } = centerOfMass(tones, SIDE) ?? { x: SIDE / 2, y: SIDE / 2 };
  const [left, top] = [Math.round(x - COLUMNS / 2), Math.round(y - ROWS / 2)];
  return Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    return pixel(tones[(top + Math.floor(i / COLUMNS)) * SIDE + left + (i % COLUMNS)] ?? 0);
  });
}

/** The last run, or else the training of the shared network: a neuron taking shape, and the loss. */
function training() {
  const { shaping } = shared.value?.description ?? {};
  const { losses, tiles } = lastRun() ?? {
    losses: shaping?.losses ?? [],
    tiles: shaping?.weights.map((text) => array(text, Int8Array)) ?? [],
  };
  if (!losses.length) return nothing;
  const full = fullOf(tiles[tiles.length - 1]);
  // Steps and losses on logarithmic scales: at first, both change fastest.
  const places = losses.map(([step, loss]) => [Math.log(1 + step), -Math.log(loss)]);
  const ys = places.map(([, y]) => y);
  const [right, top, bottom] = [Math.max(...places.map(([x]) => x)), Math.min(...ys), Math.max(...ys)];
  const points = places.map(([x, y]) => `${(150 * x) / right} ${4 + (62 * (y - top)) / (bottom - top)}`);
  return html`
    ${tiles.map((weights) => html`<signed-image .values=${weights} .full=${full}></signed-image>`)}
    <svg viewBox="0 0 150 70" stroke-width="2" aria-hidden="true"><path d="M${points.join("L")}" /></svg>
  `;
}

/** Of the newest run that is over: steps with their losses, and the weights of its strongest neuron at four of them. */
function lastRun() {
  const run = runs.value.find(({ state: its, snapshots }) => its === "done" && snapshots.length > 3);
  if (!run) return null;
  const { points, snapshots } = run;
  const rows = [0, 1, 2, 3].flatMap((i) => {
    const network = networkOf(run, snapshots[Math.round((i * (snapshots.length - 1)) / 3)]);
    return network ? [weightsOf(network.classifier.network.layers[0]).rows] : [];
  });
  const strongest = argmax(rows.at(-1)?.map((its) => dot(its, its)) ?? []);
  return { losses: points.map(({ step, loss }) => [step, loss]), tiles: rows.map((its) => its[strongest]) };
}
