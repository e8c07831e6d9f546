/* The form with the training settings. A recipe fills in all others; Python checks them, and says what is wrong. */

import { parameterCount } from "../../engine/network.js";
import { create, query } from "../../parts/dom.js";
import { grouped } from "../../parts/numbers.js";

/** @typedef {Record<string, string | number | null>} Settings */

const NUMBERS = ["learning_rate", "batch_size", "epochs", "digits", "seed", "hidden_layers", "hidden"];
const NAMES = ["optimizer", "activation", ...NUMBERS];
const RATES = [0.0001, 0.001, 0.003, 0.01, 0.1, 1, 10];
/** @type {Record<string, string>} */
const HINTS = { baseline: "the course’s own: plain and quick", augmented: "better on people’s handwriting; slower" };
/** Questions that a student asks, and the settings that answer them beside the baseline. @type {[string, Settings][]} */
const QUESTIONS = [
  ["Why hidden layers?", { hidden_layers: 0 }],
  ["Why ReLU?", { activation: "none" }],
  ["Why two layers?", { hidden_layers: 1 }],
  ["Why 64 wide?", { hidden: 16 }],
  ["Why 55,000 digits?", { digits: 500, epochs: 30 }],
  ["Why not longer?", { digits: 5000, epochs: 40 }],
  ["What if the rate is too high?", { learning_rate: 0.1 }],
];

/** Fill the form in. Returns a function that gives its settings.
    @param {HTMLFormElement} form @param {Record<string, Settings>} recipes each one's settings, by name
    @returns {() => Settings} */
export function setUpForm(form, recipes) {
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
  const [recipe, hidden, layers] = [field("recipe"), field("hidden"), field("hidden_layers")];

  /** @param {Settings} [changes] */
  function fillIn(changes = {}) {
    const settings = { ...recipes[recipe.value], ...changes };
    for (const name of NAMES) {
      if (name === "seed" && field(name).value) continue; // the visitor's seed stays
      field(name).value = String(settings[name] ?? "");
    }
    query(form, "#train-recipe-hint").textContent = HINTS[recipe.value] ?? "";
    showWidth();
    check();
  }

  function showWidth() {
    const widths = [784, ...Array(Number(layers.value)).fill(Number(hidden.value)), 10];
    query(form, "output").textContent = hidden.value;
    const { parameters } = parameterCount(widths);
    query(form, "#train-hidden-hint").textContent = `${widths.join(" – ")}: ${grouped(parameters)} parameters`;
  }

  /** A field that holds no number says so, until it does. */
  function check() {
    for (const name of NUMBERS) field(name).toggleAttribute("aria-invalid", false);
    for (const name of NUMBERS) if (Number.isNaN(numberIn(name))) field(name).setAttribute("aria-invalid", "true");
  }

  /** A comma is a decimal point, as most of the world writes it. @param {string} name */
  function numberIn(name) {
    const text = field(name)
      .value.trim()
      .replace(/^(\d*),(\d+)$/, "$1.$2");
    return text === "" ? NaN : Number(text);
  }

  recipe.append(...Object.keys(recipes).map((name) => create("option", { value: name }, name)));
  query(form, "#train-rates").append(...RATES.map((rate) => create("option", { value: rate })));
  recipe.addEventListener("change", () => fillIn());
  form.addEventListener("input", () => {
    showWidth();
    check();
  });
  const questions = QUESTIONS.map(([question, changes]) => {
    const onclick = () => {
      recipe.value = "baseline";
      fillIn(changes);
    };
    return create("button", { type: "button", onclick }, question);
  });
  query(/** @type {HTMLElement} */ (form.parentElement), ".train-questions").append(...questions);
  fillIn();

  /** @param {string} name */
  const valueOf = (name) => {
    if (!NUMBERS.includes(name)) return field(name).value;
    const value = numberIn(name);
    return Number.isNaN(value) ? null : value;
  };
  return () => Object.fromEntries(["recipe", ...NAMES].map((name) => [name, valueOf(name)]));
}
