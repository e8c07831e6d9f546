/** The lesson: a step's idea, something to try, and beside them the picture to try it in; its lines of PyTorch fold out. */
/** @import { MountContext } from "../../state/types.js" */
/** @import { Facts } from "./facts.js" */
import { copyOnClick } from "../../parts/clipboard.js";
import { drawing, pad } from "../../state/drawing.js";
import { active, predictWith } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { batch, computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { CODE, saveFile } from "./code.js";
import { GLOSSARY } from "./glossary.js";
import { presentByKeys } from "./present.js";
import { STEPS } from "./steps.js";
import { BETWEEN_FOUR_AND_NINE, isTelling } from "./stored.js";

const REST = 1000; // milliseconds without a change after which an exercise is looked at

const number = computed(() => Math.min(state.step.value ?? state.lastStep.value ?? 1, STEPS.length));
const step = computed(() => STEPS[number.value - 1]);
const isOpen = computed(() => ["lesson", "all"].includes(state.view.value ?? ""));
const drawings = signal(0); // a count of the drawings: each begins on an empty pad
const outcome = signal(""); // of the exercise, once it is done
let memo = /** @type {Record<string, any>} */ ({});
let before = /** @type {{ network: string, strokes: any } | null} */ (null); // the baseline took their place

/** What the open step knows; null while the pad is empty, or where the network has not two hidden layers.
    @type {import("../../vendor/signals-core.js").ReadonlySignal<Facts | null>} */
const facts = computed(() => {
  const [now, network] = [current.value, active.value];
  if (!network || isEmpty(now) || network.classifier.network.layers.length !== 3) return null;
  const label = state.label.value ?? (now.strokes === stored ? BETWEEN_FOUR_AND_NINE.label : now.digit);
  return { ...network, now: /** @type {Facts["now"]} */ (now), label, drawing: drawings.value };
});
let stored = /** @type {any} */ (null); // the strokes on the pad, while they are the lesson's own

/** @param {MountContext} context */
export function mount({ element }) {
  element.classList.add("view", "lesson");
  view("lesson", element, template);
  presentByKeys(go);
  followDrawings();
  lookWhenAtRest();
  effect(() => {
    void [number.value, active.value?.name];
    memo = {};
    outcome.value = "";
  });
  // An address may name the step alone.
  if (state.step.value && !state.view.value) state.view.value = "lesson";
  effect(() => {
    if (!isOpen.value || state.view.value === "all") return leaveBaseline();
    const { network } = step.value;
    untracked(() => {
      state.step.value = state.lastStep.value = number.value;
      if (network) takeBaseline();
      else leaveBaseline();
    });
  });
}

/** Open a step. @param {number} to counted from 1 */
function go(to) {
  state.step.value = Math.min(Math.max(to, 1), STEPS.length);
}

function template() {
  const { title, idea, exercise, picture, yours } = step.value;
  const known = facts.value;
  return html`
    ${navigation()}
    <h2 tabindex="-1">${title}</h2>
    <div class="lesson-body">
      <div class="lesson-text">
        <p class="lesson-idea">${withTerms(idea)}</p>
        <p class="lesson-yours view-lead">${known ? yours(known) : emptyWords()}</p>
        <p class="lesson-try"><strong>Try it.</strong> ${exercise}</p>
        <p class="lesson-reached" role="status">${outcome.value ? `✓ Reached: ${outcome.value}` : nothing}</p>
        ${known ? code(known) : nothing}
      </div>
      <figure class="lesson-picture">${picture(known)}</figure>
    </div>
  `;
}

function emptyWords() {
  const isOther = active.value && active.value.classifier.network.layers.length !== 3;
  if (isOther) return "The lesson is about two hidden layers: choose the pretrained network.";
  return "Draw a digit: the numbers here are those of your drawing.";
}

function navigation() {
  const done = state.done.value;
  return html`<nav class="lesson-navigation" aria-label="Lesson">
    <button type="button" ?disabled=${number.value === 1} @click=${() => go(number.value - 1)}
      aria-label="Previous step">←</button>
    <ol>
      ${STEPS.map(({ title }, i) => {
        const isDone = done.includes(String(i + 1));
        const name = `Step ${i + 1}: ${title}${isDone ? ", done" : ""}`;
        return html`<li>
          <a
            href="?view=lesson&amp;lesson=${i + 1}"
            class=${isDone ? "is-done" : ""}
            aria-current=${i + 1 === number.value ? "step" : nothing}
            aria-label=${name}
            title=${name}
            @click=${(/** @type {Event} */ event) => {
              event.preventDefault();
              go(i + 1);
            }}>${i + 1}</a>
        </li>`;
      })}
    </ol>
    <button type="button" class="is-main" ?disabled=${number.value === STEPS.length}
      @click=${() => go(number.value + 1)} aria-label="Next step">Next →</button>
  </nav>`;
}

/** @param {Facts} known */
function code(known) {
  const { lines, file } = CODE[number.value - 1];
  const text = lines(known);
  return html`<details class="lesson-code">
    <summary>In PyTorch</summary>
    <pre tabindex="0"><code>${text}</code></pre>
    <button type="button" @click=${copyOnClick(() => `${text}\n`)}>Copy</button>
    ${file ? html`<button type="button" @click=${() => saveFile(file, known)}>Save ${file}</button>` : nothing}
  </details>`;
}

/** A text with its terms, which stand between asterisks, marked and explained. @param {string} text */
function withTerms(text) {
  return text.split("*").map((part, i) => {
    const term = Object.keys(GLOSSARY).find((name) => name.toLowerCase() === part.toLowerCase());
    return i % 2 ? html`<dfn title=${term ? GLOSSARY[term] : nothing}>${part}</dfn>` : part;
  });
}

// --- the exercises ----------------------------------------------------------------------------------------------------

function followDrawings() {
  let wasEmpty = true;
  effect(() => {
    const isBlank = current.value.verdict === "blank";
    if (wasEmpty && !isBlank) untracked(() => (drawings.value += 1));
    wasEmpty = isBlank;
  });
}

/** The exercise is looked at when nothing that it depends on has changed for a second, and the pen is up. */
function lookWhenAtRest() {
  let timer = 0;
  effect(() => {
    clearTimeout(timer);
    const known = facts.value;
    // Only what the exercise reads has a say, so it is read here; what it finds now does not count yet.
    if (known && isOpen.value) step.value.reached(known, { ...memo });
    if (known && isOpen.value && !drawing.value.penIsDown) timer = setTimeout(look, REST);
  });
}

function look() {
  const known = facts.value;
  if (!known) return;
  step.value.prepare?.(known);
  const reached = step.value.reached(known, memo);
  if (!reached) return;
  const name = String(number.value);
  batch(() => {
    outcome.value = reached;
    if (!state.done.value.includes(name)) state.done.value = [...state.done.value, name];
  });
}

// --- the chapter's own network, on a drawing with a loss that one can see ---------------------------------------------

function takeBaseline() {
  if (before) return;
  before = { network: state.network.value, strokes: state.strokes.value };
  predictWith("baseline");
  const stop = effect(() => {
    if (active.value?.name !== "baseline" || !before) return;
    if (!untracked(() => isTelling(current.value))) {
      untracked(() => pad.replace(BETWEEN_FOUR_AND_NINE.strokes, true));
      stored = untracked(() => drawing.value.strokes);
    }
    queueMicrotask(() => stop());
  });
}

function leaveBaseline() {
  if (!before) return;
  const { network, strokes } = before;
  before = null;
  untracked(() => {
    if (state.network.value === "baseline") predictWith(network);
    if (drawing.value.strokes === stored) pad.replace(strokes, true);
    state.label.value = null;
  });
  stored = null;
}
