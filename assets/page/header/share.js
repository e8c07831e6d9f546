/** The dialog that shares the link: copied, by the system's share sheet, or as a QR code. */
import { copyOnClick } from "../../parts/clipboard.js";
import { context2d, query, setText } from "../../parts/dom.js";
import * as drawing from "../../state/drawing.js";
import * as link from "../../state/link.js";
import * as mode from "../../state/mode.js";

const BORDER = 4; // modules of a QR code's quiet zone, as ISO/IEC 18004 demands
const MODULE = 8; // pixels

/** @param {HTMLElement} element */
export function setUpSharing(element) {
  const dialog = query(element, ".share", HTMLDialogElement);
  const field = query(element, ".share-link", HTMLInputElement);
  const system = query(element, ".share-system");

  query(element, ".header-share").addEventListener("click", () => {
    const isLeftOut = drawing.get().strokes.length > 0 && !link.read("drawing");
    setText(query(dialog, ".share-problem"), isLeftOut ? "The drawing has too many strokes for a link." : "");
    system.hidden = !navigator.share;
    field.value = link.address();
    dialog.showModal();
    paintCode(query(dialog, ".share-code", HTMLCanvasElement), field.value);
  });
  copyOnClick(query(dialog, ".share-copy"), () => field.value);
  field.addEventListener("focus", () => field.select());
  system.addEventListener("click", () => {
    navigator.share({ title: document.title, url: field.value }).catch(() => {}); // the visitor thought better of it
  });
  query(dialog, ".share-present").addEventListener("click", () => {
    dialog.close();
    mode.present(true);
  });
  query(dialog, ".share-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // Escape closes it, and leaves the pad alone
}

/** @param {HTMLCanvasElement} canvas @param {string} text */
async function paintCode(canvas, text) {
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
}
