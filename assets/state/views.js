/** The views below the bars: none is open, one, or all, as the address says (?view=neurons). An open view is painted at
    most once per frame, after the bars have moved; a closed one is not painted, nor one out of sight while the pen is
    down. */
/** @import { Current } from "./types.js" */
import * as classifiers from "./classifiers.js";
import * as mode from "./mode.js";
import * as prediction from "./prediction.js";
import { createStore } from "./store.js";

const views = /** @type {Map<string, { element: HTMLElement, paint: (current: Current) => void }>} */ (new Map());
const GRADIOS = ["api", "settings"]; // views of Gradio's own
const complaint = createStore("");
const painters = /** @type {(() => void)[]} */ ([]); // of what is painted whichever view is open
const outOfSight = /** @type {Set<Element>} */ (new Set());
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) outOfSight.delete(target);
    else outOfSight.add(target);
  }
  if (prediction.current().penIsDown) refresh();
});
let visited = /** @type {string | null} */ (null); // its heading is to be brought into sight
let frame = 0; // the animation frame that was requested
const store = createStore(/** @type {string | null} */ (null));

/** The open view's name, "all", or null. Subscribers are told it at once and at every change. */
export const { get: current, subscribe } = store;

/** What is wrong with the address by which the page was opened: a sentence, or "". */
export const { set: complain, subscribe: onComplaint } = complaint;

/** Have something painted whenever views are. @param {() => void} painter */
export function alwaysPaint(painter) {
  painters.push(painter);
  refresh();
}

/** Add a view, which is painted with the current prediction while it is open.
    @type {(name: string, element: HTMLElement, paint: (current: Current) => void) => void} */
export function register(name, element, paint) {
  views.set(name, { element, paint });
  element.hidden = !isOpen(name);
  sight.observe(element);
  refresh();
}

/** Open one view, or close all with null; the back button leaves the page. @param {string | null} name */
export function open(name) {
  if (name === current()) return;
  setInAddress("view", name);
  store.set(name);
}

/** Open a view, and bring its heading into sight and focus. @param {string} name */
export function visit(name) {
  open(name);
  visited = name;
  refresh();
}

/** Say which views there are; the one that the address names is visited. Returns what it names if there is no such view.
    @param {string[]} offered */
export function offer(offered) {
  const name = new URLSearchParams(location.search).get("view");
  if (name === null || GRADIOS.includes(name) || mode.get() !== null) return null;
  if (!offered.includes(name)) return name;
  store.set(name);
  visit(name);
  return null;
}

/** Put a value into the address's query; null takes it out. @param {string} name @param {string | number | null} value */
export function setInAddress(name, value) {
  const address = new URL(location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, String(value));
  history.replaceState(history.state, "", address);
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
  const { penIsDown } = prediction.current();
  const due = [...views].filter(([name, { element }]) => isOpen(name) && !(penIsDown && outOfSight.has(element)));
  const paints = due.map(([name, view]) => () => {
    view.paint(prediction.current());
    if (name === visited) showHeading(view.element);
  });
  for (const paint of [...painters, ...paints]) {
    try {
      paint();
    } catch (error) {
      reportError(error);
    }
  }
}

/** @param {string} name */
function isOpen(name) {
  return current() === name || current() === "all";
}

/** @param {HTMLElement} view */
function showHeading(view) {
  visited = null;
  const heading = view.querySelector("h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  const { top } = heading.getBoundingClientRect();
  const covered = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBlockStart); // by what stays in sight
  if (top < covered || top > innerHeight / 2) heading.scrollIntoView({ block: "start" });
}

subscribe((current) => {
  document.documentElement.classList.toggle("has-view", current !== null);
  for (const [name, { element }] of views) element.hidden = !isOpen(name);
  refresh();
});
prediction.subscribe(refresh);
