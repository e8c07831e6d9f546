/** The dialog with the page's link: copied, sent by the system, or as a QR code. */
import { copyOnClick } from "../../parts/clipboard.js";
import { icon } from "../../parts/icons.js";
import { context2d } from "../../parts/dom.js";
import { LONGEST, link, state } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { signal } from "../../vendor/signals-core.js";

const BORDER = 4; // modules of a QR code's quiet zone, as ISO/IEC 18004 demands
const MODULE = 8; // pixels

const address = signal(""); // while the dialog is open
const codeProblem = signal("");

/** @param {boolean} isShort the button has no text */
export const linkDialog = (isShort) => html`
  <button type="button" class="header-link" aria-label="Share" title="Share" @click=${open}>
    ${icon("link")} ${isShort ? nothing : html`<span>Share</span>`}
  </button>
  <dialog class="header-dialog" aria-labelledby="link-title" @click=${closeOutside} @keydown=${keepEscape}>
    <h2 id="link-title">Share what you see</h2>
    <p>The link carries the drawing and all that is chosen. It is in the address itself: nothing is sent or stored.</p>
    <p role="alert">
      ${address.value.length > LONGEST ? "The drawing has too many strokes for a link: it would be left out." : ""}
    </p>
    <input type="text" readonly aria-label="Link" .value=${address.value} @focus=${select} />
    <div class="buttons">
      <button type="button" class="is-main" @click=${copyOnClick(() => address.value)}>Copy link</button>
      ${"share" in navigator ? html`<button type="button" @click=${send}>Send …</button>` : nothing}
      <button type="button" @click=${present}>Present</button>
      <button type="button" @click=${closeDialog}>Close</button>
    </div>
    <canvas role="img" aria-label="The link as a QR code" ?hidden=${codeProblem.value !== ""}></canvas>
    <p>${codeProblem.value}</p>
  </dialog>
`;

const dialog = () => /** @type {HTMLDialogElement} */ (document.querySelector(".header-dialog"));
const closeDialog = () => dialog().close();

function open() {
  address.value = link();
  dialog().showModal();
  paintCode(/** @type {HTMLCanvasElement} */ (dialog().querySelector("canvas")), address.value);
}

/** @param {Event & { target: HTMLInputElement }} event */
function select({ target }) {
  target.select();
}

function send() {
  navigator.share({ title: document.title, url: address.value }).catch(() => {}); // the visitor thought better of it
}

function present() {
  closeDialog();
  state.present.value = true;
}

/** @param {MouseEvent} event */
function closeOutside({ target }) {
  if (target === dialog()) closeDialog();
}

/** Escape closes the dialog, and nothing else. @param {KeyboardEvent} event */
function keepEscape(event) {
  event.stopPropagation();
}

/** @param {HTMLCanvasElement} canvas @param {string} text */
async function paintCode(canvas, text) {
  try {
    const { encode } = await import("../../vendor/uqr.js");
    const { data, size } = encode(text, { border: BORDER });
    canvas.width = canvas.height = size * MODULE;
    const context = context2d(canvas);
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
