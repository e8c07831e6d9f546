/** The settings of the next training, as fields. */
/** @import { Settings } from "../../engine/settings.js" */
/** @import { Signal } from "../../vendor/signals-core.js" */
import * as engine from "../../engine/settings.js";
import { choiceField, numberField } from "../../parts/fields.js";
import { grouped } from "../../parts/numbers.js";
import { reset, state } from "../../state/state.js";
import { computed, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { experiments } from "./experiments.js";

/** @typedef {Exclude<keyof Settings, "isOneCycle">} Name */
/** @typedef {{ name: Name, label: string, hint: string, choices?: Record<string, string> }} Field */

const { ACTIVATIONS, INITIALIZATIONS, OPTIMIZERS, RANGES } = engine;
const ID = "train-"; // how the ids of fields begin
const LAYERS = { 0: "0", 1: "1", 2: "2", 3: "3" };
/** @type {Field[]} */
const FIELDS = [
  { name: "optimizer", label: "Optimizer", hint: "turns gradients into steps", choices: OPTIMIZERS },
  { name: "learningRate", label: "Learning rate", hint: "how long each step is" },
  { name: "batchSize", label: "Batch size", hint: "digits for each step" },
  { name: "hiddenLayers", label: "Hidden layers", hint: "between image and digits", choices: LAYERS },
  { name: "hidden", label: "Neurons each", hint: "in every hidden layer" },
  { name: "activation", label: "Activation", hint: "after each hidden layer", choices: ACTIVATIONS },
  { name: "digits", label: "Training digits", hint: "of 55,000; the other 5,000 are for validation" },
  { name: "epochs", label: "Epochs", hint: "passes over the training digits" },
];
/** @type {Field[]} */
const MORE = [
  { name: "initialization", label: "Initialization", hint: "the weights at the start", choices: INITIALIZATIONS },
  { name: "seed", label: "Seed", hint: "decides initial weights and order; the same seed gives the same run" },
  {
    ...{ name: "augmentation", label: "Augmentation" },
    hint: "each digit turned, slanted, scaled and shifted a little, anew in every epoch",
  },
  { name: "penStrokes", label: "Pen strokes", hint: "10,000 digits that people wrote with a pen among MNIST’s" },
];
const NAMES = /** @type {Name[]} */ (Object.keys(engine.DEFAULTS));
const ON_DISK = ". A page opened from a disk has the first 10,000 digits, a fifth of them for validation.";

const hint = signal(""); // of the field in hand

/** The settings of the next training. */
export const settings = computed(
  () => /** @type {Settings} */ (Object.fromEntries(NAMES.map((name) => [name, state[name].value]))),
);

/** Why these settings can't be trained, in one sentence; or "". */
export const problem = computed(() => {
  const steps = engine.stepCount(settings.value);
  return steps > engine.MAX_STEPS
    ? `That makes ${grouped(steps)} steps, and a training has at most ${grouped(engine.MAX_STEPS)}: choose larger batches or fewer epochs.`
    : "";
});

/** @param {(isStep: boolean) => void} train */
export function form(train) {
  const widths = engine.widthsOf(settings.value);
  const onDisk = location.protocol === "file:" ? ON_DISK : "";
  const summary = `${widths.join(" – ")}: ${grouped(engine.parameterCount(widths).parameters)} parameters, ${grouped(engine.stepCount(settings.value))} steps${onDisk}`;
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    train(event.submitter.value === "step");
  };
  return html`<form class="train-form buttons" id="train-form" aria-label="Settings of the next run" @submit=${submit}
    @focusin=${(/** @type {any} */ { target }) => (hint.value = target.title)} @focusout=${() => (hint.value = "")}>
    <div class="train-fields columns">${FIELDS.map(input)}</div>
    <p class="quiet" role=${problem.value ? "alert" : nothing}>
      ${problem.value || hint.value || summary}
    </p>
    ${experiments()}
    <details>
      <summary>More</summary>
      <div class="train-fields columns">${MORE.map(input)}</div>
      <button type="button" @click=${takeChapters}>The chapter’s values</button>
    </details>
  </form>`;
}

/** @param {any} event */
function takeChapters({ target }) {
  reset(...NAMES);
  for (const input of target.form.querySelectorAll(":invalid")) {
    input.value = state[/** @type {Name} */ (input.id.slice(ID.length))].value; // what is typed there is in no state
  }
}

/** @param {Field} its */
function input({ name, label, hint, choices }) {
  const own = /** @type {Signal<any>} */ (state[name]);
  const [id, { value }] = [ID + name, own];
  const set = (/** @type {unknown} */ chosen) => (own.value = chosen);
  const title = `${label}: ${hint}`;
  if (typeof value === "boolean") {
    const change = (/** @type {any} */ { target }) => set(target.checked);
    return html`<label><input type="checkbox" title=${title} .checked=${value} @change=${change} /> ${label}</label>`;
  }
  if (choices === LAYERS) return choiceField(id, label, String(value), (text) => set(Number(text)), choices, title);
  if (choices) return choiceField(id, label, value, set, choices, title);
  const [min, max] = RANGES[name];
  const range = `from ${min.toLocaleString("en", { maximumFractionDigits: 9 })} to ${grouped(max)}`;
  const step = name === "learningRate" ? undefined : 1;
  return numberField(id, label, value, set, { min, max, step, title: `${title}, ${range}` });
}
