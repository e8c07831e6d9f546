/** My handwriting: asks for twenty digits, shows how well they are recognized, saves them, and fine-tunes a network on them.
    The drawings stay in this tab. */
/** @import { MountContext, Stroke } from "../../state/types.js" */
/** @import { LabeledDrawing } from "./finetuning.js" */
import { clip } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { Random } from "../../engine/random.js";
import { DIGITS } from "../../engine/settings.js";
import { npy, save } from "../../parts/download.js";
import { inkDrawing } from "../../parts/ink.js";
import { percent } from "../../parts/numbers.js";
import { drawing, isPadLarge, pad } from "../../state/drawing.js";
import { active, classifier } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { batch, computed, effect, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { fineTuning, inkOf, isTunedOnThese } from "./finetuning.js";

const EACH = 2; // times that each digit is asked for
const FILE = "my-digits";

/** What was written before "Start again". */
const before = signal(/** @type {{ wanted: number[], drawings: LabeledDrawing[] } | null} */ (null));

const answers = computed(() =>
  state.handwriting.value.map((drawn) => ({ ...classifier().predictInk(inkOf(drawn)), ...drawn })),
);

const isAsking = computed(() => state.wanted.value.length > 0);

const canTakeNext = computed(() => {
  const { strokes, penIsDown } = drawing.value;
  return isAsking.value && strokes.length > 0 && !penIsDown && !isEmpty(current.value);
});

/** @param {MountContext} context */
export function mount({ element }) {
  view("handwriting", element, () => {
    return html`<h2 class=${isAsking.value ? "sr-only" : ""}>Does it recognize <em>my</em> handwriting?</h2>
      ${isAsking.value ? ask() : state.handwriting.value.length ? results() : start()}`;
  });
  const isWriting = computed(() => isAsking.value && state.view.value === "handwriting");
  effect(() => void (isPadLarge.value = isWriting.value));
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

function begin() {
  const [wanted, drawings] = [state.wanted.value, state.handwriting.value];
  if (drawings.length) before.value = { wanted, drawings };
  const digits = Array.from(new Random(Date.now()).permutation(EACH * DIGITS), (i) => i % DIGITS);
  proceed(digits, []);
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

function start() {
  return html`<p class="view-lead">
      Write twenty digits and see how many it gets right; then fine-tune a copy on them, here in the page. Your drawings
      never leave this tab, which forgets them when it is closed.
    </p>
    <div class="buttons"><button type="button" class="is-main" @click=${begin}>Start</button></div>`;
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
      ${before.value ? html`<button type="button" @click=${bringBack}>Undo: bring back what you wrote</button>` : nothing}
    </div>`;
}

function results() {
  const all = answers.value;
  const right = all.filter(({ label, digit }) => label === digit).length;
  const fairness = isTunedOnThese()
    ? "It was fine-tuned on these very drawings: no fair test. Start again with new ones."
    : nothing;
  const accuracy = active.value?.description.testAccuracy;
  const byLabel = all.map((answer, i) => ({ ...answer, number: i + 1 })).sort((a, b) => a.label - b.label);
  return html`<h3 class="handwriting-score">
      <strong>${right}</strong> of ${all.length} right <small>${fairness}</small>
    </h3>
    <p class="quiet">
      If you wrote many more, anything from ${plausible(right, all.length)} right would be plausible.
      ${accuracy ? `It recognizes ${percent(accuracy)} of MNIST’s test digits.` : nothing}
    </p>
    <ol class="handwriting-digits handwriting-gallery" aria-label="Your drawings; choose one to put it back on the pad">
      ${byLabel.map(card)}
    </ol>
    ${fineTuning()}
    <div class="handwriting-saving buttons">
      <button type="button" @click=${saveDrawings}>Drawings (.npy)</button>
      <button type="button" @click=${saveLabels}>Labels (.npy)</button>
      <button type="button" @click=${begin}>Start again</button>
    </div>
    <p class="quiet">For the command line: <code>python -m model classify ${FILE}.npy</code></p>`;
}

/** The 95 % confidence interval of a share (E. B. Wilson, 1927): 76 % to 99 %. @param {number} right @param {number} count */
function plausible(right, count) {
  const z = 1.96;
  const share = right / count;
  const middle = share + z ** 2 / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const ends = [middle - reach, middle + reach].map((end) => clip(end / (1 + z ** 2 / count), 0, 1));
  return ends.map((end) => percent(end, 0)).join(" to ");
}

/** @param {typeof answers.value[number] & { number: number }} answer */
function card({ number, label, digit, probabilities, verdict, strokes }) {
  const isRight = digit === label;
  const share = digit === null ? "" : percent(probabilities[digit], 0);
  const doubt = verdict === "unsure" || verdict === "not a digit" ? `, ${verdict}` : "";
  const name = `Drawing ${number}: your ${label}, ${isRight ? "classified" : "misclassified"} as ${digit ?? "nothing"}, ${share}${doubt}`;
  return html`<li>
    <button type="button" class="is-plain ${isRight ? "" : "is-wrong"}" aria-label=${name} @click=${() => pad.replace(strokes)}>
      ${inkDrawing(strokes)}<span>${isRight ? "" : "✗ "}<b>${digit ?? "–"}</b> ${share}</span>
    </button>
  </li>`;
}

function saveDrawings() {
  const drawn = state.handwriting.value.map(inkOf);
  save(`${FILE}.npy`, npy([drawn.length, CANVAS_SIDE, CANVAS_SIDE], ...drawn));
}

function saveLabels() {
  const labels = Uint8Array.from(state.handwriting.value, ({ label }) => label);
  save(`${FILE}-labels.npy`, npy([labels.length], labels));
}
