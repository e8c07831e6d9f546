/** The dialog with the page's link: to copy, or as a QR code. */
import { copyOnClick } from "../../parts/clipboard.js";
import { context2d, query } from "../../parts/dom.js";
import { icon } from "../../parts/icons.js";
import { LONGEST, link, state } from "../../state/state.js";
import { html } from "../../vendor/lit-html.js";
import { signal } from "../../vendor/signals-core.js";
import { dialog } from "./dialog.js";

const BORDER = 4; // modules of a QR code's quiet zone, as ISO/IEC 18004 demands
const MODULE = 8; // pixels

const address = signal(""); // while the dialog is open
const codeProblem = signal("");

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
  <canvas role="img" aria-label="The link as a QR code" ?hidden=${codeProblem.value !== ""}></canvas>
  <p>${codeProblem.value}</p>
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

/** @param {HTMLDialogElement} dialog */
async function open(dialog) {
  address.value = link();
  try {
    const { encode } = await import("../../vendor/uqr.js");
    const { data, size } = encode(address.value, { border: BORDER });
    const canvas = query(dialog, "canvas", HTMLCanvasElement);
    const context = context2d(canvas);
    canvas.width = canvas.height = size * MODULE;
    data.forEach((row, y) =>
      row.forEach((isDark, x) => {
        context.fillStyle = isDark ? "black" : "white";
        context.fillRect(x * MODULE, y * MODULE, MODULE, MODULE);
      }),
    );
    codeProblem.value = "";
  } catch {
    codeProblem.value =
      "There is no QR code: its part of the page could not be loaded, or the link is too long for one.";
  }
}
