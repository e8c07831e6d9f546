/** My handwriting: asks for twenty digits, shows how well they are recognized, saves them, and fine-tunes a network on them.
    The drawings stay in this tab. */
/** @import { MountContext, Stroke } from "../../state/types.js" */
import { BLANK } from "../../engine/classifier.js";
import { clip } from "../../engine/math.js";
import { DIGITS } from "../../engine/network.js";
import { CANVAS_SIDE, InkCanvas } from "../../engine/pen.js";
import { npy, save } from "../../parts/download.js";
import { inkDrawing } from "../../parts/ink.js";
import { percent } from "../../parts/numbers.js";
import { drawing, isPadLarge, pad } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { batch, computed, effect, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { fineTuning, isTunedOnThese } from "./finetuning.js";

/** @typedef {{ label: number, strokes: Stroke[] }} LabeledDrawing */

const EACH = 2; // times that each digit is asked for
const FILE = "my-digits";

/** What "Start again" and "Delete" can bring back. */
const before = signal(/** @type {{ wanted: number[], drawings: LabeledDrawing[] } | null} */ (null));

export const inkOf = (/** @type {LabeledDrawing} */ { strokes }) => new InkCanvas().draw(strokes).ink;

const answers = computed(() => {
  const classifier = active.value?.classifier;
  return state.handwriting.value.map((drawn) => ({ ...(classifier?.predictInk(inkOf(drawn)) ?? BLANK), ...drawn }));
});

const canTakeNext = computed(() => {
  const { strokes, penIsDown } = drawing.value;
  return state.wanted.value.length > 0 && strokes.length > 0 && !penIsDown && !isEmpty(current.value);
});

/** @param {MountContext} context */
export function mount({ element }) {
  view("handwriting", element, () => {
    const isAsking = state.wanted.value.length > 0;
    const hasDrawings = state.handwriting.value.length > 0;
    return html`<h2 class=${isAsking ? "sr-only" : ""}>Does it recognize <em>my</em> handwriting?</h2>
      ${isAsking ? ask() : hasDrawings ? results() : start()}`;
  });
  const isAsking = computed(() => state.view.value === "handwriting" && state.wanted.value.length > 0);
  effect(() => void (isPadLarge.value = isAsking.value));
  // From the pad, too, where Enter and Space move the pen; but nowhere else.
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, repeat, target }) => {
    if (key.toLowerCase() !== "n" || ctrlKey || metaKey || altKey || repeat || element.hidden) return;
    if (target instanceof Element && target.closest(".pad, .handwriting")) next();
  });
}

/** @type {(wanted: number[], drawings: LabeledDrawing[], strokes?: Stroke[]) => void} */
function proceed(wanted, drawings, strokes = []) {
  batch(() => {
    [state.wanted.value, state.handwriting.value] = [wanted, drawings];
    pad.replace(strokes, true); // undo belongs to the digit in hand
  });
  if (wanted.length) pad.focus();
}

/** Begin anew, or with nothing; what there was can be brought back. @param {number[]} wanted */
function beginWith(wanted) {
  if (state.handwriting.value.length) before.value = { wanted: state.wanted.value, drawings: state.handwriting.value };
  proceed(wanted, []);
}

export function begin() {
  const all = Array.from({ length: EACH * DIGITS }, (_, i) => i % DIGITS);
  const shuffled = all.map((digit) => ({ digit, at: Math.random() })).sort((a, b) => a.at - b.at);
  beginWith(shuffled.map(({ digit }) => digit));
}

function next() {
  if (!canTakeNext.value) return;
  const [label, ...wanted] = state.wanted.value;
  before.value = null;
  proceed(wanted, [...state.handwriting.value, { label, strokes: drawing.value.strokes }]);
}

function back() {
  const drawings = state.handwriting.value;
  const last = drawings[drawings.length - 1];
  proceed([last.label, ...state.wanted.value], drawings.slice(0, -1), last.strokes);
}

function bringBack() {
  const last = before.value;
  before.value = null;
  if (last) proceed(last.wanted, last.drawings);
}

function backButton() {
  if (!before.value) return nothing;
  const count = before.value.drawings.length;
  return html`<button type="button" @click=${bringBack}>
    Undo: bring back ${count} ${count === 1 ? "drawing" : "drawings"}
  </button>`;
}

function start() {
  return html`<p class="view-lead">
      Write twenty digits and see how many it gets right; then fine-tune a copy on them, here in the page. Your drawings
      never leave this tab, which forgets them when it is closed.
    </p>
    <div class="buttons"><button type="button" class="is-main" @click=${begin}>Start</button> ${backButton()}</div>`;
}

function ask() {
  const [wanted, drawings] = [state.wanted.value, state.handwriting.value];
  const total = wanted.length + drawings.length;
  return html`<p class="handwriting-wanted handwriting-score" role="status">
      ${wanted[0] === 8 ? "Write an" : "Write a"} <strong>${wanted[0]}</strong>
    </p>
    <ol class="handwriting-digits" aria-label="${drawings.length} of ${total} written">
      ${drawings.map(({ strokes }) => html`<li>${inkDrawing(strokes)}</li>`)} ${wanted.map(() => html`<li></li>`)}
    </ol>
    <div class="buttons">
      <button type="button" class="is-main" ?disabled=${!canTakeNext.value} @click=${next}>Next <kbd>N</kbd></button>
      <button type="button" ?disabled=${!drawings.length} @click=${back}>Back</button>
      <button type="button" @click=${() => proceed(wanted.slice(1), drawings)}>Skip</button>
      ${backButton()}
    </div>`;
}

function results() {
  const all = answers.value;
  const right = all.filter(({ label, digit }) => label === digit).length;
  const fairness = isTunedOnThese() ? "It was fine-tuned on these very drawings: no fair test." : nothing;
  const byLabel = all.map((answer, i) => ({ ...answer, number: i + 1 })).sort((a, b) => a.label - b.label);
  return html`<h3 class="handwriting-score">
      <strong>${right}</strong> of ${all.length} right <small>${fairness}</small>
    </h3>
    <p class="quiet">${plausible(right, all.length)}</p>
    <ol class="handwriting-digits handwriting-gallery" aria-label="Your drawings; choose one to put it back on the pad">
      ${byLabel.map(card)}
    </ol>
    ${fineTuning()}
    <div class="handwriting-saving buttons">
      <button type="button" @click=${saveArray}>Array (.npy)</button>
      <button type="button" @click=${saveLabels}>Labels (.csv)</button>
      <button type="button" @click=${begin}>Start again</button>
      <button type="button" @click=${() => beginWith([])}>Delete these drawings</button>
    </div>
    <p class="quiet">For the command line: <code>python -m model classify ${FILE}.npy</code></p>`;
}

/** The 95 % confidence interval of a share (E. B. Wilson, 1927), in words. @param {number} right @param {number} count */
function plausible(right, count) {
  const z = 1.96;
  const share = right / count;
  const middle = share + z ** 2 / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const [low, high] = [middle - reach, middle + reach].map((end) => percent(clip(end / (1 + z ** 2 / count), 0, 1), 0));
  const mnist = active.value?.description.testAccuracy ?? null;
  const ofMnist = mnist === null ? "" : ` It recognizes ${percent(mnist)} of MNIST’s test digits.`;
  return `If you wrote many more, anything from ${low} to ${high} right would be plausible.${ofMnist}`;
}

/** @param {typeof answers.value[number] & { number: number }} answer */
function card({ number, label, digit, probabilities, verdict, strokes }) {
  const isRight = digit === label;
  const share = digit === null ? "" : percent(probabilities[digit], 0);
  const doubt = verdict === "unsure" || verdict === "not a digit" ? `, ${verdict}` : "";
  const name = `Drawing ${number}: your ${label}, ${isRight ? "classified" : "misclassified"} as ${digit ?? "nothing"}, ${share}${doubt}`;
  return html`<li>
    <button type="button" class=${isRight ? "" : "is-wrong"} aria-label=${name} @click=${() => pad.replace(strokes)}>
      ${inkDrawing(strokes)}<span>${isRight ? "" : "✗ "}<b>${digit ?? "–"}</b> ${share}</span>
    </button>
  </li>`;
}

function saveArray() {
  const drawn = state.handwriting.value.map(inkOf);
  save(`${FILE}.npy`, npy([drawn.length, CANVAS_SIDE, CANVAS_SIDE], ...drawn), "application/octet-stream");
}

function saveLabels() {
  const rows = state.handwriting.value.map(({ label }, i) => `${i},${label}\n`);
  save(`${FILE}.csv`, ["index,label\n", ...rows], "text/csv");
}
