/** The dialog with the page's link: to copy, or as a QR code. */
import { copyOnClick } from "../../parts/clipboard.js";
import { icon } from "../../parts/icons.js";
import { LONGEST, link, state } from "../../state/state.js";
import { html } from "../../vendor/lit-html.js";
import { signal } from "../../vendor/signals-core.js";
import { dialog } from "./dialog.js";

const address = signal(""); // while the dialog is open
const code = signal(/** @type {unknown} */ ("")); // of the address, or why there is none

export const linkDialog = () =>
  dialog("Share", html`${icon("link")} <span>Share</span>`, "Share what you see", content(), open);

const content = () => html`
  <p>The link carries the drawing and all that is chosen. It is in the address itself: nothing is sent or stored.</p>
  <p role="alert">${
    address.value.replace(/^.*#/, "").length > LONGEST
      ? "The drawing has too many strokes: this link can’t be opened."
      : ""
  }</p>
  <input type="text" readonly aria-label="Link" .value=${address.value} @focus=${select} />
  <div class="buttons">
    <button type="button" class="is-main" @click=${copyOnClick(() => address.value)}>Copy link</button>
    <button type="button" @click=${present}>Present</button>
    <button type="submit">Close</button>
  </div>
  <p>${code.value}</p>
`;

/** @param {Event & { target: HTMLInputElement }} event */
function select({ target }) {
  target.select();
}

/** A button that does not submit: Enter in the field with the link must not present. @param {{ target: HTMLElement }} event */
function present({ target }) {
  target.closest("dialog")?.close();
  state.present.value = true;
}

async function open() {
  address.value = link();
  try {
    const { qrCode } = await import("../../parts/qr-code.js");
    code.value = qrCode(address.value, "The link as a QR code");
  } catch {
    code.value = "There is no QR code: its part of the page could not be loaded, or the link is too long for one.";
  }
}
