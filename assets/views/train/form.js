/** The settings of the next training: its fields, and one sentence about what a field may hold. */
/** @import { Settings } from "../../engine/settings.js" */
import { parameterCount } from "../../engine/network.js";
import * as engine from "../../engine/settings.js";
import { grouped } from "../../parts/numbers.js";
import { reset, state } from "../../state/state.js";
import { batch, computed, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";

/** @typedef {"optimizer" | "learningRate" | "batchSize" | "hiddenLayers" | "hidden" | "activation" | "digits" | "epochs" |
 *   "initialization" | "seed" | "augmentation" | "penStrokes"} Name
 *  @typedef {{ name: Name, label: string, hint: string, choices?: Record<string, string>, suggestions?: number[] }} Field */

const LAYERS = { 0: "0", 1: "1", 2: "2", 3: "3" };
/** @type {Field[]} */
const FIELDS = [
  { name: "optimizer", label: "Optimizer", hint: "turns gradients into steps", choices: engine.OPTIMIZERS },
  {
    ...{ name: "learningRate", label: "Learning rate", hint: "how long each step is" },
    suggestions: [0.0001, 0.001, 0.003, 0.01, 0.1, 1],
  },
  { name: "batchSize", label: "Batch size", hint: "digits for each step" },
  { name: "hiddenLayers", label: "Hidden layers", hint: "between image and digits", choices: LAYERS },
  { name: "hidden", label: "Neurons each", hint: "in every hidden layer" },
  { name: "activation", label: "Activation", hint: "after each hidden layer", choices: engine.ACTIVATIONS },
  { name: "digits", label: "Training digits", hint: "of 55,000; the other 5,000 are for validation" },
  { name: "epochs", label: "Epochs", hint: "passes over the training digits" },
];
/** @type {Field[]} */
const MORE = [
  {
    name: "initialization",
    label: "Initialization",
    hint: "the weights at the start",
    choices: engine.INITIALIZATIONS,
  },
  { name: "seed", label: "Seed", hint: "decides initial weights and order; the same seed gives the same run" },
];
const SWITCHES = /** @type {const} */ ([
  [
    "augmentation",
    "Augmentation",
    "each digit turned, slanted, scaled and shifted a little, differently in every epoch",
  ],
  ["penStrokes", "Pen strokes", "other people’s pen strokes among the digits"],
]);
const NAMES = /** @type {Name[]} */ (
  [...FIELDS, ...MORE].map(({ name }) => name).concat(SWITCHES.map(([name]) => name))
);

const ON_DISK =
  location.protocol === "file:"
    ? ". A page opened from a disk has the first 10,000 digits, a fifth of them for validation."
    : "";

/** What was typed and is not taken yet. */
const typed = signal(/** @type {Partial<Record<Name, string>>} */ ({}));
const focused = signal(/** @type {Field | null} */ (null));

/** The settings of the next training; a field that holds no number is NaN. */
export const settings = computed(() => {
  const values = Object.fromEntries(NAMES.map((name) => [name, state[name].value]));
  for (const [name, text] of Object.entries(typed.value)) values[name] = numberIn(name, text);
  const { penStrokes, augmentation, ...others } = values;
  const settings = { ...others, augmentation: Number(augmentation), schedule: "constant" };
  return /** @type {Settings} */ (penStrokes ? { ...settings, penStrokes } : settings);
});

/** What is wrong with them, in one sentence; or "". */
export const settingsProblem = computed(() => {
  const problem = engine.settingsError(settings.value);
  const field = [...FIELDS, ...MORE].find(({ name }) => problem.startsWith(`${name} `));
  return field ? problem.replace(field.name, field.label) : problem;
});

/** Whether they are the chapter's. */
const isChapter = computed(() => isSame(settings.value, engine.DEFAULTS));

/** @param {Settings} some @param {Settings} others */
export function isSame(some, others) {
  const text = (/** @type {Settings} */ settings) => JSON.stringify(Object.entries(settings).sort());
  return text(some) === text(others);
}

/** Fill the fields in. @param {Partial<Settings>} changes of the chapter's values */
function fillIn(changes) {
  batch(() => {
    typed.value = {};
    reset(...NAMES);
    for (const [name, value] of Object.entries(changes)) {
      if (name === "augmentation") state.augmentation.value = value !== 0;
      else if (name in state) /** @type {any} */ (state)[name].value = value;
    }
  });
}

/** A comma is the rate's decimal point, as most of the world writes it, and groups the thousands of a whole number, as this
    page does. NaN for what is no number. @param {string} name @param {string} text */
function numberIn(name, text) {
  const plain = name === "learningRate" ? text.replace(",", ".") : text.replace(/(?<=\d),(?=\d{3}\b)/g, "");
  return plain.trim() ? Number(plain) : NaN;
}

/** @param {Name} name @param {string} text */
function type(name, text) {
  const [low, high] = /** @type {Record<string, number[]>} */ (engine.RANGES)[name];
  const value = numberIn(name, text);
  batch(() => {
    typed.value = { ...typed.value, [name]: text };
    if (value >= low && value <= high) /** @type {any} */ (state)[name].value = value;
  });
}

export function form() {
  const { widthsOf, stepCount } = engine;
  const [now, problem, field] = [settings.value, settingsProblem.value, focused.value];
  const widths = widthsOf(now);
  const summary = `${widths.join(" – ")}: ${grouped(parameterCount(widths).parameters)} parameters, ${grouped(stepCount(now))} steps${ON_DISK}`;
  const hint = problem || (field ? `${field.label}: ${field.hint}${range(field)}.` : summary);
  return html`<form class="train-form" aria-label="Settings of the next run" novalidate @submit=${submit}>
    <div class="train-fields">${FIELDS.map(input)}</div>
    <p class="view-quiet" id="train-hint" role=${problem ? "alert" : nothing}>
      ${hint}
      ${
        isChapter.value
          ? nothing
          : html`<button type="button" class="train-plain" @click=${() => fillIn({})}>The chapter’s values</button>`
      }
    </p>
    <details>
      <summary>More</summary>
      <div class="train-fields">
        ${MORE.map(input)}
        ${SWITCHES.map(
          ([name, label, title]) =>
            html`<label class="train-switch" title=${title}>
              <input type="checkbox" .checked=${state[name].value}
                @change=${(/** @type {any} */ event) => (state[name].value = event.target.checked)} />
              ${label}
            </label>`,
        )}
      </div>
    </details>
  </form>`;
}

/** @param {Field} field */
function range({ name }) {
  const [low, high] = /** @type {Record<string, number[]>} */ (engine.RANGES)[name] ?? [];
  if (high === undefined || name === "hiddenLayers" || name === "seed") return "";
  return name === "learningRate" ? `, above 0 and at most ${high}` : `, from ${grouped(low)} to ${grouped(high)}`;
}

/** @param {Field} field */
function input(field) {
  const { name, label, choices, suggestions } = field;
  const value = String(state[name].value);
  const enter = () => (focused.value = field);
  const leave = () => (focused.value = null);
  const isWrong = settingsProblem.value.startsWith(label);
  /** @param {any} event */
  const choose = ({ target }) => {
    /** @type {any} */ (state)[name].value = choices === LAYERS ? Number(target.value) : target.value;
  };
  /** @param {any} event */
  const done = ({ target }) => {
    const { [name]: text = target.value, ...others } = typed.value;
    if (numberIn(name, text) === state[name].value) typed.value = others;
  };
  const control = choices
    ? html`<select id="train-${name}" aria-describedby="train-hint" .value=${value} @change=${choose} @focus=${enter}
      @blur=${leave}>
        ${Object.entries(choices).map(
          ([key, words]) => html`<option value=${key} ?selected=${key === value}>${words}</option>`,
        )}
      </select>`
    : html`<input id="train-${name}" type="text" inputmode=${name === "learningRate" ? "decimal" : "numeric"}
      autocomplete="off" list=${suggestions ? `train-${name}-list` : nothing} aria-describedby="train-hint"
      aria-invalid=${isWrong ? "true" : nothing} .value=${typed.value[name] ?? value}
      @input=${(/** @type {any} */ event) => type(name, event.target.value)} @change=${done} @focus=${enter}
      @blur=${leave} />${
        suggestions
          ? html`<datalist id="train-${name}-list">
                ${suggestions.map((each) => html`<option value=${each}></option>`)}
              </datalist>`
          : nothing
      }`;
  return html`<div class="field"><label for="train-${name}">${label}</label>${control}</div>`;
}

/** Enter in a field trains. @param {Event} event */
function submit(event) {
  event.preventDefault();
  /** @type {HTMLElement} */ (event.currentTarget).dispatchEvent(new CustomEvent("train", { bubbles: true }));
}
