/** The lesson: a step's idea, something to try, and beside them the picture to try it in; its lines of PyTorch fold out. */
/** @import { MountContext, Stroke } from "../../state/types.js" */
/** @import { Facts } from "./facts.js" */
import { copyOnClick } from "../../parts/clipboard.js";
import { save } from "../../parts/download.js";
import { drawing, pad } from "../../state/drawing.js";
import { active, predictWith } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { CODE, FILES } from "./code.js";
import { STORED_LABEL, isStored, mayStay, storedStrokes } from "./facts.js";
import { STEPS } from "./steps.js";

const REST = 1000; // milliseconds without a change after which an exercise is looked at
const OF_LESSON = /^(baseline|run-\d+)$/; // networks that steps choose
/** What a key does in a presentation. @type {Record<string, number>} */
const STRIDES = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

const number = computed(() => Math.min(state.step.value ?? state.lastStep.value ?? 1, STEPS.length));
const step = computed(() => STEPS[number.value - 1]);
const isOpen = computed(() => state.view.value === "lesson");
const outcome = signal(""); // of the exercise, once it is done

const networkName = computed(() => active.value?.name);
const needsBaseline = computed(() => isOpen.value && step.value.network === "baseline");
const hasBaseline = computed(() => needsBaseline.value && networkName.value === "baseline");

/** Which drawing is on the pad: its first stroke, or the ink of a photo. */
const drawn = computed(() => drawing.value.strokes[0] ?? drawing.value.ink);

/** What the open step knows; null while the pad is empty, or where the network has not two hidden layers.
    @type {import("../../vendor/signals-core.js").ReadonlySignal<Facts | null>} */
const facts = computed(() => {
  const [now, network] = [current.value, active.value];
  if (!network || isEmpty(now) || network.classifier.network.layers.length !== 3) return null;
  const label = state.label.value ?? (isStored(now.strokes) ? STORED_LABEL : now.digit);
  return { ...network, now: /** @type {Facts["now"]} */ (now), label };
});

/** @param {MountContext} context */
export function mount({ element }) {
  view("lesson", element, template);
  effect(() => {
    // An address may name the step alone.
    if (state.present.value || (state.step.value && !state.view.value)) state.view.value = "lesson";
    if (isOpen.value) state.step.value = state.lastStep.value = number.value;
  });
  document.addEventListener("keydown", onKey, { capture: true }); // before the pad, whose Escape clears it
  chooseNetwork();
  lookWhenAtRest();
}

/** Open a step. @param {number} to counted from 1 */
function go(to) {
  state.step.value = Math.min(Math.max(to, 1), STEPS.length);
}

/** In a presentation, arrow keys and a presenter's remote go through the lesson; Escape leaves. @param {KeyboardEvent} event */
function onKey(event) {
  if (!state.present.value || event.ctrlKey || event.metaKey || event.altKey) return;
  const stride = STRIDES[event.key];
  const isControl = event.target instanceof Element && event.target.matches("[type=range], .pad-canvas, select");
  if (event.key === "Escape") state.present.value = false;
  else if (stride && !isControl) go(number.value + stride);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function template() {
  const { title, idea, exercise, picture, yours, network } = step.value;
  const known = facts.value;
  return html`
    ${heading(title)}
    <div class="lesson-body">
      <div class="lesson-text stack">
        <p>${withTerms(idea)}</p>
        <p class="panel">
          <strong>Try it.</strong> ${exercise}
          <strong role="status">${outcome.value ? `✓ Reached: ${outcome.value}` : nothing}</strong>
        </p>
        <p class="lesson-yours view-lead">${known ? yours(known) : emptyWords()}</p>
        ${network ? html`<p class="lesson-yours view-lead">${baselineWords(known)}</p>` : nothing}
      </div>
      <figure class="lesson-picture stack">${picture(known)}</figure>
    </div>
    ${known ? code(known) : nothing}
  `;
}

function emptyWords() {
  return active.value?.classifier.network.layers.length === 3
    ? "Draw a digit: the numbers here are those of your drawing."
    : "The lesson is about two hidden layers: choose the pretrained network.";
}

/** @param {Facts | null} known */
function baselineWords(known) {
  const whose =
    known && isStored(known.now.strokes) ? ", on a drawing that was meant as a 4. Yours comes back after step 12" : "";
  return `In steps 8 to 12, the chapter’s own network predicts${whose}.`;
}

/** @param {string} title */
function heading(title) {
  return html`<header class="view-head">
    <button type="button" ?disabled=${number.value === 1} @click=${() => go(number.value - 1)}
      aria-label="Previous step">←</button>
    <h2 tabindex="-1">${title}</h2>
    <button type="button" class="is-main" ?disabled=${number.value === STEPS.length}
      @click=${() => go(number.value + 1)} aria-label="Next step">Next →</button>
    </header>
    <nav aria-label="Lesson">
      <ol class="tabs">
        ${STEPS.map(({ title }, i) => {
          const isDone = state.done.value.includes(String(i + 1));
          const name = `Step ${i + 1}: ${title}${isDone ? ", done" : ""}`;
          return html`<li>
            <a href="?lesson=${i + 1}" aria-current=${i + 1 === number.value ? "step" : nothing} aria-label=${name}
              title=${name}>${i + 1}${isDone ? "✓" : ""}</a>
          </li>`;
        })}
      </ol>
    </nav>`;
}

/** @param {Facts} known */
function code(known) {
  const [text, file] = [CODE[number.value - 1](known), FILES[number.value]];
  const saveFile = async () => save(file.name, await file.content(known));
  return html`<details class="lesson-code">
    <summary>In PyTorch</summary>
    <pre tabindex="0"><code>${text}</code></pre>
    <button type="button" @click=${copyOnClick(() => `${text}\n`)}>Copy</button>
    ${file ? html`<button type="button" @click=${saveFile}>Save ${file.name}</button>` : nothing}
  </details>`;
}

/** A text whose terms, which stand between asterisks, are marked. @param {string} text */
const withTerms = (text) => text.split("*").map((part, i) => (i % 2 ? html`<b>${part}</b>` : part));

/** In the steps that are about it, the chapter's own network predicts, on a drawing with a loss that one can see; after
    them, network and drawing are the visitor's again. */
function chooseNetwork() {
  let own = /** @type {{ network: string, strokes: Stroke[] } | null} */ (null);
  effect(() => {
    const isNeeded = needsBaseline.value;
    untracked(() => {
      if (own && OF_LESSON.test(state.network.value)) predictWith(own.network);
      if (own && isStored(drawing.value.strokes)) pad.replace(own.strokes, true);
      const network = state.network.value.replace(OF_LESSON, "shared");
      own = isNeeded ? { network, strokes: state.strokes.value } : null;
      if (isNeeded) predictWith("baseline");
    });
  });
  effect(() => {
    if (hasBaseline.value && !untracked(() => mayStay(current.value))) untracked(() => pad.replace(storedStrokes()));
  });
}

/** An exercise is looked at when nothing that it depends on has changed for a second, and the pen is up. What it remembers
    belongs to one step, drawing and network. What was set in it ends with the step, a label with the drawing. */
function lookWhenAtRest() {
  let last = { step: number.peek(), drawing: drawn.peek() };
  let memo = /** @type {Record<string, any>} */ ({}); // `before`: what the step sets, as it was when the drawing began
  let timer = 0;

  effect(() => {
    void networkName.value;
    const now = { step: number.value, drawing: drawn.value };
    untracked(() => {
      if (now.step !== last.step) reset("errors", ...STEPS.flatMap(({ sets }) => sets ?? []));
      if (now.drawing !== last.drawing) reset("label");
      const { sets } = step.value;
      memo = { before: sets && state[sets].value };
      outcome.value = "";
    });
    last = now;
  });

  effect(() => {
    clearTimeout(timer);
    const known = facts.value;
    if (!known || !isOpen.value) return;
    step.value.reached(known, memo, false);
    if (!drawing.value.penIsDown) timer = setTimeout(() => look(known), REST);
  });

  /** @param {Facts} known */
  function look(known) {
    const { sets, reached } = step.value;
    const words = reached(known, memo, true);
    if (!words || (sets && state[sets].value === memo.before)) return;
    outcome.value = words;
    state.done.value = [...new Set([...state.done.value, String(number.value)])];
  }
}
