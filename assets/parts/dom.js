/** Elements of the page, and canvases. */

/** The first element that matches a selector, of a class: HTMLElement by default.
    @template {Element} [T=HTMLElement]
    @param {ParentNode} root @param {string} selector @param {new () => T} [type]
    @throws {Error} if there is none of this class */
export function query(root, selector, type) {
  const found = root.querySelector(selector);
  const Type = type ?? HTMLElement;
  if (!(found instanceof Type)) throw new Error(`There is no ${Type.name} at ${selector}.`);
  return /** @type {T} */ (found);
}

/** The 2D context of a canvas. @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
export function context2d(canvas, settings) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}

/** The context of a new canvas. @param {number} width @param {number} height @param {CanvasRenderingContext2DSettings} [settings] */
export const newCanvas = (width, height, settings) =>
  context2d(Object.assign(document.createElement("canvas"), { width, height }), settings);

/** Set an element's text, but only if it differs: assistive technology reads again what is set again.
    @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const TYPING = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";

/** Whether keys and pasted text are an element's own. @param {EventTarget | null} target */
export const isTyping = (target) => target instanceof Element && target.closest(TYPING) !== null;
