/* The form with the training settings. A recipe fills in all others. A field that holds nothing that it may hold says
   so until it does; Python checks all of them again. */

import { parameterCount } from "../../engine/network.js";
import { create, query, setText } from "../../parts/dom.js";
import { grouped } from "../../parts/numbers.js";

/** @typedef {Record<string, string | number | null>} Settings */

const RATE = "learning_rate";
const NUMBERS = [RATE, "batch_size", "epochs", "digits", "seed", "hidden_layers", "hidden"];
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
    @param {Record<string, [number, number]>} ranges the least and the highest value of each number
    @returns {() => Settings} */
export function setUpForm(form, recipes, ranges) {
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
  const hints = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[type=text]")]).map(
    (text) => /** @type {const} */ ([text, query(form, `#${text.id}-hint`)]),
  );
  for (const [, hint] of hints) hint.dataset.hint = hint.textContent ?? "";
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

  /** The hint of a field says what it may hold, while it holds something else. */
  function check() {
    for (const [text, hint] of hints) {
      const isValid = isInRange(text.name);
      text.ariaInvalid = isValid ? null : "true";
      const [low, high] = ranges[text.name].map(grouped);
      const allowed = text.name === RATE ? `a number above ${low}, up to ${high}` : `a whole number, ${low} to ${high}`;
      setText(hint, isValid ? (hint.dataset.hint ?? "") : allowed);
    }
  }

  /** @param {string} name */
  function isInRange(name) {
    const [low, high] = ranges[name];
    const value = numberIn(name);
    return value <= high && (name === RATE ? value > low : value >= low);
  }

  /** NaN for what is no number. A comma is the rate's decimal point, as most of the world writes it, and groups the
      thousands of a whole number, as this page does. @param {string} name */
  function numberIn(name) {
    const text = field(name).value.trim();
    if (name === RATE) return text ? Number(text.replace(/^(\d*),(\d+)$/, "$1.$2")) : NaN;
    return /^(\d+|\d{1,3}(,\d{3})+)$/.test(text) ? Number(text.replaceAll(",", "")) : NaN;
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
