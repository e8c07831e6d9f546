/** What this tab remembers when it is reloaded: nothing, if the browser has no space or does not allow it. */

/** @param {string} name @param {unknown} value anything that JSON can hold */
export function set(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}

/** The value stored under a name; null if there is none, or if `isValid` says that it is not what was stored.
    @template T @param {string} name @param {(value: any) => value is T} isValid */
export function get(name, isValid) {
  try {
    const value = JSON.parse(sessionStorage.getItem(name) ?? "null");
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
