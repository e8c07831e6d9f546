/** Fields that several views have: a slider, and what a choice offers. */
import { DIGITS } from "../engine/network.js";
import { html, nothing } from "../vendor/lit-html.js";

/** A slider. `text` is its value in words, where the number alone says little.
    @param {string} label @param {number} value @param {(value: number, input: HTMLInputElement) => void} set
    @param {{ min?: number, max?: number, step?: number, text?: string, name?: string }} [options] `name` is a class */
export function slider(label, value, set, { min = 0, max = 1, step = 0.01, text, name = "" } = {}) {
  const input = (/** @type {{ target: HTMLInputElement }} */ { target }) => set(target.valueAsNumber, target);
  return html`<input type="range" class=${name} aria-label=${label} aria-valuetext=${text ?? nothing} min=${min}
    max=${max} step=${step} .value=${String(value)} @input=${input} />`;
}

/** A digit to choose, or null for none, where there is a word for that.
    @param {string} label @param {number | null} chosen @param {(digit: number | null) => void} set @param {string} [none] */
export function digitSelect(label, chosen, set, none) {
  const change = (/** @type {{ target: HTMLSelectElement }} */ { target }) =>
    set(target.value === "" ? null : Number(target.value));
  return html`<select aria-label=${label} @change=${change}>
    ${none === undefined ? nothing : html`<option value="" .selected=${chosen === null}>${none}</option>`}
    ${Array.from({ length: DIGITS }, (_, digit) => html`<option .selected=${digit === chosen}>${digit}</option>`)}
  </select>`;
}

/** The options of a choice. @param {Record<string, string>} choices titles by value @param {string} chosen */
export function options(choices, chosen) {
  return Object.entries(choices).map(
    ([value, title]) => html`<option value=${value} .selected=${value === chosen}>${title}</option>`,
  );
}
