/** The views below the bars: none is open, one, or all, as the address says (?view=neurons). An open view is painted at
    most once per frame, after the bars have moved; a closed one is not painted. */
/** @import { Current } from "./types.js" */
import * as classifiers from "./classifiers.js";
import * as prediction from "./prediction.js";
import { createStore } from "./store.js";

const views = /** @type {Map<string, { element: HTMLElement, paint: (current: Current) => void }>} */ (new Map());
let names = /** @type {string[]} */ ([]); // as the tabs offer them
let frame = 0; // the animation frame that was requested
const store = createStore(/** @type {string | null} */ (null));

/** The open view's name, "all", or null. Subscribers are told it at once and at every change. */
export const { get: current, subscribe } = store;

/** Add a view, which is painted with the current prediction while it is open.
    @type {(name: string, element: HTMLElement, paint: (current: Current) => void) => void} */
export function register(name, element, paint) {
  views.set(name, { element, paint });
  element.hidden = !isOpen(name);
  refresh();
}

/** Open one view, or close all with null; the back button undoes it. @param {string | null} name */
export function open(name) {
  if (name === current()) return;
  const address = new URL(location.href);
  if (name) address.searchParams.set("view", name);
  else address.searchParams.delete("view");
  history.pushState(history.state, "", address);
  store.set(name);
}

/** Say which views there are; the one that the address names is opened. @param {string[]} offered */
export function offer(offered) {
  names = offered;
  store.set(fromAddress());
}

/** Paint the open views with the next frame. */
export function refresh() {
  frame ||= requestAnimationFrame(paint);
}

/** A listener that changes something and has the open views painted. @param {(event: any) => void} change */
export const changing = (change) => (/** @type {any} */ event) => {
  change(event);
  refresh();
};

function paint() {
  frame = 0;
  if (!classifiers.get().shared) return; // it is painted when the network has arrived
  for (const [name, view] of views) {
    try {
      if (isOpen(name)) view.paint(prediction.current());
    } catch (error) {
      reportError(error);
    }
  }
}

/** @param {string} name */
function isOpen(name) {
  return current() === name || current() === "all";
}

function fromAddress() {
  const name = new URLSearchParams(location.search).get("view"); // Gradio has views of its own: "api", "settings"
  return name !== null && names.includes(name) ? name : null;
}

addEventListener("popstate", () => store.set(fromAddress()));
subscribe((current) => {
  document.documentElement.classList.toggle("has-view", current !== null);
  for (const [name, { element }] of views) element.hidden = !isOpen(name);
  refresh();
});
prediction.subscribe(refresh);
