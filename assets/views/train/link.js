/* Train's settings and seed in links, as "recipe.baseline*epochs.7": whatever fields the form has. */

import * as link from "../../state/link.js";

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/** @param {HTMLFormElement} form that has been filled in */
export function linkForm(form) {
  const fields = /** @type {Field[]} */ ([...form.elements].filter((control) => control.getAttribute("name")));
  const present = () =>
    fields
      .filter(({ value }) => value)
      .map(({ name, value }) => `${name}.${value}`)
      .join("*");
  const initial = present();

  link.register(
    "train",
    () => (present() === initial ? "" : present()),
    (text) => {
      const settings = text.split("*").map((setting) => /^(\w+)\.([\w.,-]{1,30})$/.exec(setting));
      const isAllowed = (/** @type {RegExpExecArray | null} */ setting) =>
        fields.some((field) => field.name === setting?.[1] && takes(field, setting[2]));
      if (!settings.every(isAllowed)) return false;
      for (const [, name, value] of /** @type {RegExpExecArray[]} */ (settings)) {
        const field = fields.find((field) => field.name === name);
        if (!field) continue;
        field.value = value;
        for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      }
      return true;
    },
  );
}

/** Whether a field can have a value. @param {Field} field @param {string} value */
function takes(field, value) {
  if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.value === value);
  const copy = /** @type {HTMLInputElement} */ (field.cloneNode());
  copy.disabled = false;
  copy.value = value;
  return copy.value === value && copy.checkValidity();
}
