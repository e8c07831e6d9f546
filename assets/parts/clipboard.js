/** Copying to the clipboard. */

const SAID = 2000; // milliseconds for which a button says that it has copied

/** A listener for a button's click that copies a text, and has the button say so. @param {() => string} text */
export function copyOnClick(text) {
  return async (/** @type {Event} */ event) => {
    const label = [.../** @type {Element} */ (event.currentTarget).childNodes].find((node) => node instanceof Text);
    const isCopied = await copy(text());
    if (!label) return;
    const before = label.data;
    if (before.includes("opied")) return;
    label.data = isCopied ? "Copied" : "Not copied: select it instead";
    setTimeout(() => (label.data = before), SAID);
  };
}

/** Returns whether it was copied. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // no permission, or a page that came without encryption
  }
}

/** @param {string} text */
function copySelected(text) {
  const focused = document.activeElement;
  const field = Object.assign(document.createElement("textarea"), { className: "sr-only", value: text });
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
