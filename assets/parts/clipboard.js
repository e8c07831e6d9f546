/** Copying to the clipboard. */

const SAID = 2000; // milliseconds for which a button says that it has copied

/** A listener for a button's click that copies a text, and has the button say so. @param {() => string} text */
export function copyOnClick(text) {
  return async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    const label = [...button.childNodes].find((node) => node instanceof Text);
    // Without encryption or permission, a page can copy only what is selected.
    const copied = await navigator.clipboard?.writeText(text()).then(() => true, () => false); // prettier-ignore
    const isCopied = copied || copySelected(text(), button);
    if (!label || label.data.includes("opied")) return;
    const before = label.data;
    label.data = isCopied ? "Copied" : "Not copied: select it instead";
    setTimeout(() => (label.data = before), SAID);
  };
}

/** @param {string} text @param {HTMLElement} button */
function copySelected(text, button) {
  const field = Object.assign(document.createElement("textarea"), { className: "sr-only", value: text });
  button.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  button.focus();
  return isCopied;
}
