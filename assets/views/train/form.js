/* The form with the training settings. A recipe fills in all others; Python checks them, and says what is wrong. */

import { parameterCount } from "../../engine/network.js";
import { create, query } from "../../parts/dom.js";
import { grouped } from "../../parts/numbers.js";

/** @typedef {Record<string, string | number | null>} Settings */

const NUMBERS = ["learning_rate", "batch_size", "epochs", "hidden", "seed"];
const RATES = [0.0001, 0.001, 0.003, 0.01, 0.1, 1, 10];
/** @type {Record<string, string>} */
const HINTS = { baseline: "the course’s own: plain and quick", augmented: "better on people’s handwriting; slower" };

/** Fill the form in. Returns a function that gives its settings.
    @param {HTMLFormElement} form @param {Record<string, Settings>} recipes each one's settings, by name
    @returns {() => Settings} */
export function setUpForm(form, recipes) {
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
  const [recipe, hidden] = [field("recipe"), field("hidden")];

  function fillIn() {
    for (const name of ["optimizer", ...NUMBERS]) {
      if (name === "seed" && field(name).value) continue; // the visitor's seed stays
      field(name).value = String(recipes[recipe.value]?.[name] ?? "");
    }
    query(form, "#train-recipe-hint").textContent = HINTS[recipe.value] ?? "";
    showWidth();
  }

  function showWidth() {
    const widths = [784, Number(hidden.value), Number(hidden.value), 10];
    query(form, "output").textContent = hidden.value;
    const { parameters } = parameterCount(widths);
    query(form, "#train-hidden-hint").textContent = `${widths.join(" – ")}: ${grouped(parameters)} parameters`;
  }

  recipe.append(...Object.keys(recipes).map((name) => create("option", { value: name }, name)));
  query(form, "#train-rates").append(...RATES.map((rate) => create("option", { value: rate })));
  recipe.addEventListener("change", fillIn);
  hidden.addEventListener("input", showWidth);
  fillIn();

  const valueOf = (/** @type {string} */ name) => {
    const { value } = field(name);
    return !NUMBERS.includes(name) ? value : value === "" ? null : Number(value);
  };
  return () => Object.fromEntries(["recipe", "optimizer", ...NUMBERS].map((name) => [name, valueOf(name)]));
}
