/** Making and finding elements. */

/** Attributes by name. Functions become listeners ({ onclick }); true sets an attribute without a value; false and
    undefined leave it out.
    @typedef {Record<string, string | number | boolean | undefined | ((event: any) => void)>} Attributes */

/** @template {keyof HTMLElementTagNameMap} Tag
    @param {Tag} tag @param {Attributes} [attributes] @param {...(Node | string)} children */
export function create(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** @template {keyof SVGElementTagNameMap} Tag
    @param {Tag} tag @param {Attributes} attributes @param {...(Node | string)} children */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** @template {Element} T @param {T} element @param {Attributes} attributes @param {(Node | string)[]} children */
function fill(element, attributes, children) {
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** @param {Element} element @param {Attributes} attributes */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice("on".length), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
}

/** Show one element instead of another; the keyboard's focus goes along.
    @param {HTMLElement} gone @param {HTMLElement} shown */
export function showInstead(gone, shown) {
  const hadFocus = gone.contains(document.activeElement);
  [gone.hidden, shown.hidden] = [true, false];
  if (hadFocus) shown.focus({ preventScroll: true });
}

/** A row of a table: its header, then its cells, given as texts or as elements.
    @param {Node | string} header @param {(string | HTMLTableCellElement)[]} cells @param {Attributes} [attributes] */
export function tableRow(header, cells, attributes = {}) {
  const elements = cells.map((cell) => (typeof cell === "string" ? create("td", {}, cell) : cell));
  return create("tr", attributes, create("th", { scope: "row" }, header), ...elements);
}

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

/** Set an element's text, but only if it differs: assistive technology reads again what is set again.
    @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
