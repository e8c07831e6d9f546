/** Copying to the clipboard. */
import { create, setText } from "./dom.js";

const SAID = 2000; // milliseconds for which a button says that it has copied

/** Let a button copy a text. @param {HTMLElement} button @param {() => string} text */
export function copyOnClick(button, text) {
  const label = button.textContent ?? "";
  button.addEventListener("click", async () => {
    setText(button, (await copy(text())) ? "Copied" : "Could not copy");
    setTimeout(() => setText(button, label), SAID);
  });
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
  const field = create("textarea", { class: "sr-only", "aria-hidden": "true" });
  field.value = text;
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
