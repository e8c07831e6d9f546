/** The lesson: a step's idea, something to try, and beside them the picture to try it in; its lines of PyTorch fold out. */
/** @import { MountContext } from "../../state/types.js" */
/** @import { Facts } from "./facts.js" */
import { copyOnClick } from "../../parts/clipboard.js";
import { drawing, pad } from "../../state/drawing.js";
import { active, predictWith } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { batch, computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { CODE, FILES, saveFile } from "./code.js";
import { STORED_LABEL, isStored, isTelling, storedStrokes } from "./facts.js";
import { presentByKeys } from "./present.js";
import { STEPS } from "./steps.js";

const REST = 1000; // milliseconds without a change after which an exercise is looked at
const LENT = /^(baseline|run-\d+)$/; // networks that a step brings along

const number = computed(() => Math.min(state.step.value ?? state.lastStep.value ?? 1, STEPS.length));
const step = computed(() => STEPS[number.value - 1]);
const isOpen = computed(() => ["lesson", "all"].includes(state.view.value ?? ""));
const outcome = signal(""); // of the exercise, once it is done

const networkName = computed(() => active.value?.name);

/** Which drawing is on the pad: its first stroke, or the ink of a photo. */
const drawn = computed(() => drawing.value.strokes[0] ?? drawing.value.ink);

/** What the open step knows; null while the pad is empty, or where the network has not two hidden layers.
    @type {import("../../vendor/signals-core.js").ReadonlySignal<Facts | null>} */
const facts = computed(() => {
  const [now, network] = [current.value, active.value];
  if (!network || isEmpty(now) || network.classifier.network.layers.length !== 3) return null;
  const isLent = step.value.network !== undefined && isStored(now.strokes);
  const label = state.label.value ?? (isLent ? STORED_LABEL : now.digit);
  return { ...network, now: /** @type {Facts["now"]} */ (now), label, isStored: isLent };
});

/** @param {MountContext} context */
export function mount({ element }) {
  element.classList.add("view", "lesson");
  view("lesson", element, template);
  presentByKeys(go);
  // An address may name the step alone.
  if (state.step.value && !state.view.value) state.view.value = "lesson";
  followSteps();
  lookWhenAtRest();
}

/** Open a step. @param {number} to counted from 1 */
function go(to) {
  state.step.value = Math.min(Math.max(to, 1), STEPS.length);
}

/** The chapter's network predicts in the steps that are about it. */
function followSteps() {
  effect(() => {
    const isAlone = state.view.value === "lesson";
    const [now, { network }] = [number.value, step.value];
    untracked(() => {
      if (isAlone) state.step.value = state.lastStep.value = now;
      if (isAlone && network) borrow();
      else giveBack();
    });
  });
}

function template() {
  const { title, idea, exercise, picture, yours, network } = step.value;
  const known = facts.value;
  return html`
    ${heading(title)}
    <div class="lesson-body">
      <div class="lesson-text">
        <p>${withTerms(idea)}</p>
        <p class="card">
          <strong>Try it.</strong> ${exercise}
          <strong role="status">${outcome.value ? `✓ Reached: ${outcome.value}` : nothing}</strong>
        </p>
        <p class="lesson-yours view-lead">${known ? yours(known) : emptyWords()}</p>
        ${network ? html`<p class="lesson-yours view-lead">${lentWords(known)}</p>` : nothing}
      </div>
      <figure class="lesson-picture">${picture(known)}</figure>
      ${known ? code(known) : nothing}
    </div>
  `;
}

function emptyWords() {
  const isOther = active.value && active.value.classifier.network.layers.length !== 3;
  if (isOther) return "The lesson is about two hidden layers: choose the pretrained network.";
  return "Draw a digit: the numbers here are those of your drawing.";
}

/** @param {Facts | null} known */
function lentWords(known) {
  const whose = known?.isStored ? ", on a drawing that was meant as a 4. Yours comes back after step 12" : "";
  return `In steps 8 to 12, the chapter’s own network predicts${whose}.`;
}

/** @param {string} title */
function heading(title) {
  const done = state.done.value;
  return html`<header class="lesson-heading">
    <button type="button" ?disabled=${number.value === 1} @click=${() => go(number.value - 1)}
      aria-label="Previous step">←</button>
    <h2 tabindex="-1">${title}</h2>
    <button type="button" class="is-main" ?disabled=${number.value === STEPS.length}
      @click=${() => go(number.value + 1)} aria-label="Next step">Next →</button>
    <nav aria-label="Lesson">
      <ol>
        ${STEPS.map(({ title }, i) => {
          const isDone = done.includes(String(i + 1));
          const name = `Step ${i + 1}: ${title}${isDone ? ", done" : ""}`;
          return html`<li>
            <a
              href="?view=lesson&amp;lesson=${i + 1}"
              aria-current=${i + 1 === number.value ? "step" : nothing}
              aria-label=${name}
              title=${name}
              @click=${(/** @type {Event} */ event) => {
                event.preventDefault();
                go(i + 1);
              }}>${i + 1}${isDone ? "✓" : ""}</a>
          </li>`;
        })}
      </ol>
    </nav>
  </header>`;
}

/** @param {Facts} known */
function code(known) {
  const [text, file] = [CODE[number.value - 1](known), FILES[number.value]];
  return html`<details class="lesson-code">
    <summary>In PyTorch</summary>
    <pre tabindex="0"><code>${text}</code></pre>
    <button type="button" @click=${copyOnClick(() => `${text}\n`)}>Copy</button>
    ${file ? html`<button type="button" @click=${() => saveFile(file, known)}>Save ${file}</button>` : nothing}
  </details>`;
}

/** A text whose terms, which stand between asterisks, are marked. @param {string} text */
const withTerms = (text) => text.split("*").map((part, i) => (i % 2 ? html`<dfn>${part}</dfn>` : part));

/** What was set in an exercise ends with it. An exercise is looked at when nothing that it depends on has changed for a second, and the pen is up. */
function lookWhenAtRest() {
  let memo = /** @type {Record<string, any>} */ ({});
  let before = /** @type {unknown} */ (null); // what the step sets, as it was when the drawing began
  let timer = 0;

  let last = /** @type {{ step: number, drawing: object } | null} */ (null);
  effect(() => {
    void networkName.value;
    const now = { step: number.value, drawing: drawn.value };
    untracked(() => {
      if (last && last.step !== now.step) reset("errors", ...STEPS.flatMap(({ sets }) => sets ?? []));
      if (last && last.drawing !== now.drawing) reset("label"); // it belongs to a drawing
      const { sets } = step.value;
      memo = {};
      before = sets && state[sets].value;
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
    if (!words || (sets && state[sets].value === before)) return;
    const name = String(number.value);
    batch(() => {
      outcome.value = words;
      if (!state.done.value.includes(name)) state.done.value = [...state.done.value, name];
    });
  }
}

// --- the chapter's own network, on a drawing with a loss that one can see ---------------------------------------------

let own = /** @type {{ network: string, strokes: any } | null} */ (null); // network and drawing of the visitor

function borrow() {
  if (own) return;
  const network = state.network.value;
  own = { network: LENT.test(network) ? "shared" : network, strokes: state.strokes.value };
  predictWith("baseline");
  const stop = effect(() => {
    if (active.value?.name !== "baseline" || !own) return;
    if (!untracked(() => isTelling(current.value))) untracked(() => pad.replace(storedStrokes(), true));
    queueMicrotask(() => stop());
  });
}

function giveBack() {
  if (!own) return;
  const { network, strokes } = own;
  own = null;
  if (LENT.test(state.network.value)) predictWith(network);
  if (isStored(drawing.value.strokes)) pad.replace(strokes, true);
}
