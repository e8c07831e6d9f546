/** Fields that several views have: sliders, numbers, choices. */
import { DIGITS } from "../engine/settings.js";
import { html, nothing } from "../vendor/lit-html.js";

/** A slider. `text` is its value in words, where the number alone says little.
    @param {string} label @param {number} value @param {(value: number, input: HTMLInputElement) => void} set
    @param {{ min?: number, max?: number, step?: number, text?: string, name?: string }} [options] `name` is a class */
export function slider(label, value, set, { min = 0, max = 1, step = 0.01, text, name = "" } = {}) {
  const input = (/** @type {{ target: HTMLInputElement }} */ { target }) => set(target.valueAsNumber, target);
  return html`<input type="range" class=${name} aria-label=${label} aria-valuetext=${text ?? nothing} min=${min}
    max=${max} step=${step} .value=${String(value)} @input=${input} />`;
}

/** A number from a range, with its label; any fraction if no step is given. `set` gets valid ones only: the browser marks all
    others, and says what is wrong with them.
    @param {string} id @param {string} label @param {number} value @param {(value: number) => void} set
    @param {{ min: number, max?: number, step?: number, title?: string }} range */
export function numberField(id, label, value, set, { min, max, step, title = "" }) {
  const input = (/** @type {any} */ { target }) => target.validity.valid && set(target.valueAsNumber);
  const change = (/** @type {any} */ { target }) => target.reportValidity();
  const reveal = (/** @type {any} */ { target }) => target.closest("details")?.setAttribute("open", "");
  // A comma is the decimal point of most of the world; an English Chromium would leave it out: 0,05 would become 5.
  const type = (/** @type {InputEvent} */ event) => {
    if (!event.data?.includes(",") || step) return;
    event.preventDefault();
    document.execCommand("insertText", false, event.data.replace(",", "."));
  };
  return html`<div class="field quiet">
    <label for=${id}>${label}</label>
    <input type="number" id=${id} title=${title} min=${min} max=${max ?? nothing} step=${step ?? "any"} required
      .value=${String(value)} @beforeinput=${type} @input=${input} @change=${change} @invalid=${reveal} />
  </div>`;
}

/** A choice with its label. @param {string} id @param {string} label @param {string} chosen @param {(value: any) => void} set
    @param {Record<string, string>} choices titles by value @param {string} [title] */
export const choiceField = (id, label, chosen, set, choices, title = "") =>
  html`<div class="field quiet">
    <label for=${id}>${label}</label>
    <select id=${id} title=${title} @change=${(/** @type {any} */ { target }) => set(target.value)}>
      ${options(choices, chosen)}
    </select>
  </div>`;

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
