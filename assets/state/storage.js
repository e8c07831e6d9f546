/** What the page remembers: in sessionStorage over a reload of this tab, or in localStorage until the visitor comes back.
    Nothing, if the browser has no space or does not allow it. */

/** @typedef {"sessionStorage" | "localStorage"} Area */

/** @param {string} name @param {unknown} value anything that JSON can hold @param {Area} [area] */
export function set(name, value, area = "sessionStorage") {
  try {
    window[area].setItem(name, JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}

/** The value stored under a name; null if there is none, or if `isValid` says that it is not what was stored.
    @template T @param {string} name @param {(value: any) => value is T} isValid @param {Area} [area] */
export function get(name, isValid, area = "sessionStorage") {
  try {
    const value = JSON.parse(window[area].getItem(name) ?? "null");
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a stored value is an array of strokes. @param {any} value @returns {value is import("./types.js").Stroke[]} */
export function areStrokes(value) {
  const isPoint = (/** @type {any} */ point) => point?.length === 2 && point.every(Number.isFinite);
  const isStroke = (/** @type {any} */ stroke) => Array.isArray(stroke) && stroke.length > 0 && stroke.every(isPoint);
  return Array.isArray(value) && value.every(isStroke);
}
