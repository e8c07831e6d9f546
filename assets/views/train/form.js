/** The settings of the next training: its fields, and one sentence about what a field may hold. */
/** @import { Settings } from "../../engine/settings.js" */
import { parameterCount } from "../../engine/network.js";
import * as engine from "../../engine/settings.js";
import { options } from "../../parts/fields.js";
import { grouped } from "../../parts/numbers.js";
import { reset, state } from "../../state/state.js";
import { batch, computed, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { experiments } from "./experiments.js";

/** @typedef {Exclude<keyof Settings, "isOneCycle">} Name */
/** @typedef {{ name: Name, label: string, hint: string, choices?: Record<string, string> }} Field */

const { ACTIVATIONS, INITIALIZATIONS, OPTIMIZERS, RANGES } = engine;
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
];
/** @type {["augmentation" | "penStrokes", string, string][]} */
const SWITCHES = [
  ["augmentation", "Augmentation", "each digit turned, slanted, scaled and shifted a little, anew in every epoch"],
  ["penStrokes", "Pen strokes", "10,000 digits that people wrote with a pen among MNIST’s"],
];
const NAMES = /** @type {Name[]} */ (Object.keys(engine.DEFAULTS));
const ON_DISK = ". A page opened from a disk has the first 10,000 digits, a fifth of them for validation.";

/** What was typed and can't be taken, by field. */
const wrong = signal(/** @type {ReadonlyMap<Name, string>} */ (new Map()));
const focused = signal(/** @type {Field | null} */ (null));

/** The settings of the next training. */
export const settings = computed(
  () => /** @type {Settings} */ (Object.fromEntries(NAMES.map((name) => [name, state[name].value]))),
);

/** What is wrong with what was typed, in one sentence; or "". */
export const problem = computed(() => {
  const its = [...FIELDS, ...MORE].find(({ name }) => wrong.value.has(name));
  if (its) return `${its.label} must be a ${its.name === "learningRate" ? "" : "whole "}number ${range(its)}.`;
  const steps = engine.stepCount(settings.value);
  return steps > engine.MAX_STEPS
    ? `That makes ${grouped(steps)} steps, and a training has at most ${grouped(engine.MAX_STEPS)}: choose larger batches or fewer epochs.`
    : "";
});

/** @param {Field} field */
function range({ name }) {
  const [low, high] = RANGES[name];
  return name === "learningRate" ? `above 0 and at most ${high}` : `from ${grouped(low)} to ${grouped(high)}`;
}

/** @param {() => void} train */
export function form(train) {
  const widths = engine.widthsOf(settings.value);
  const onDisk = location.protocol === "file:" ? ON_DISK : "";
  const summary = `${widths.join(" – ")}: ${grouped(parameterCount(widths).parameters)} parameters, ${grouped(engine.stepCount(settings.value))} steps${onDisk}`;
  const its = focused.value;
  const hint = its && `${its.label}: ${its.hint}${its.choices ? "" : `, ${range(its)}`}.`;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    train();
  };
  return html`<form class="train-form" aria-label="Settings of the next run" novalidate @submit=${submit}>
    <div class="train-fields">${FIELDS.map(input)}</div>
    <p class="quiet" id="train-hint" role=${problem.value ? "alert" : nothing}>
      ${problem.value || hint || summary}
      ${
        problem.value || !engine.isSame(settings.value, engine.DEFAULTS)
          ? html`<button type="button" class="train-plain" @click=${chapters}>The chapter’s values</button>`
          : nothing
      }
    </p>
    ${experiments()}
    <details>
      <summary>More</summary>
      <div class="train-fields">
        ${MORE.map(input)}
        ${SWITCHES.map(
          ([name, label, title]) =>
            html`<label title=${title}>
              <input type="checkbox" .checked=${state[name].value}
                @change=${(/** @type {any} */ { target }) => (state[name].value = target.checked)} />
              ${label}
            </label>`,
        )}
      </div>
    </details>
  </form>`;
}

function chapters() {
  batch(() => {
    wrong.value = new Map();
    reset(...NAMES);
  });
}

/** @param {Field} its */
function input(its) {
  const { name, label, choices } = its;
  const own = /** @type {import("../../vendor/signals-core.js").Signal<any>} */ (state[name]);
  const choose = (/** @type {any} */ { target }) => {
    own.value = choices === LAYERS ? Number(target.value) : target.value;
  };
  const enter = () => (focused.value = its);
  const leave = () => (focused.value = null);
  const control = choices
    ? html`<select id="train-${name}" aria-describedby="train-hint" @change=${choose} @focus=${enter} @blur=${leave}>
        ${options(choices, String(own.value))}
      </select>`
    : html`<input id="train-${name}" type="text" inputmode=${name === "learningRate" ? "decimal" : "numeric"}
      autocomplete="off" aria-describedby="train-hint" aria-invalid=${wrong.value.has(name) ? "true" : nothing}
      .value=${wrong.value.get(name) ?? String(own.value)}
      @input=${(/** @type {any} */ { target }) => type(name, target.value)} @focus=${enter} @blur=${leave} />`;
  return field(`train-${name}`, label, control);
}

/** @param {string} id of the control @param {string} label @param {unknown} control */
export function field(id, label, control) {
  return html`<div class="field"><label for=${id}>${label}</label>${control}</div>`;
}

/** Take what was typed. A comma is the rate's decimal point, as most of the world writes it, and groups the thousands of a
    whole number, as this page does. @param {Name} name @param {string} text */
function type(name, text) {
  const isRate = name === "learningRate";
  const plain = (isRate ? text.replace(",", ".") : text.replace(/(?<=\d),(?=\d{3}\b)/g, "")).trim();
  const [value, [low, high]] = [Number(plain), RANGES[name]];
  const isTaken = plain !== "" && value >= low && value <= high && (isRate || Number.isInteger(value));
  const others = [...wrong.value].filter(([other]) => other !== name);
  batch(() => {
    wrong.value = new Map(isTaken ? others : [...others, [name, text]]);
    if (isTaken) /** @type {import("../../vendor/signals-core.js").Signal<any>} */ (state[name]).value = value;
  });
}
