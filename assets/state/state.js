/** All that can be chosen on the page, in one table; links, reloads and the Back button follow from it.

    Views read and write `state.NAME.value`, never each other's. What can be worked out from it is not state: prediction,
    networks and views are `computed`. */
/** @import { Signal } from "../vendor/signals-core.js" */
/** @import { Kind } from "./values.js" */
import { batch, effect, signal } from "../vendor/signals-core.js";
import { drawing, labeledDrawings } from "./drawing-code.js";
import { choice, digits, flag, name, neurons, oneOf, real, someOf, whole, wholes } from "./values.js";

export const VIEWS = /** @type {const} */ ([
  "lesson",
  "input",
  "neurons",
  "why",
  "loss",
  "replay",
  "train",
  "handwriting",
]);
const VERSION = "2"; // of links
export const LONGEST = 4000; // characters of a link's fragment
const STORED = "digit-sketchpad";

/** Where a value stands in an address: in the query (?view=why), as what is a page of its own; in the fragment
    (#v=2&pair=7.1), which browsers send to no server; or nowhere. And where it is kept: over a reload of this tab, or in
    this browser. @typedef {{ query?: string, link?: string, kept?: "tab" | "browser" }} Places */

/** @template T @param {Kind<T>} kind @param {T} initial @param {Places} places */
const entry = (kind, initial, places) => ({ kind, initial, ...places });

const TABLE = {
  // What is shown, and how
  view: entry(choice([...VIEWS, "all"]), null, { query: "view" }),
  step: entry(whole(1, 20), null, { query: "lesson" }),
  present: entry(flag, false, { query: "present" }),
  embed: entry(flag, false, { query: "embed" }),
  kiosk: entry(flag, false, { query: "kiosk" }),
  // The drawing
  strokes: entry(drawing, [], { link: "drawing", kept: "tab" }),
  // Which network predicts, which one beside it, and what is changed in it
  network: entry(name, "shared", { link: "network", kept: "tab" }),
  compared: entry(choice(["shared", "baseline"]), null, { link: "compared", kept: "tab" }),
  off: entry(neurons, [], { link: "off", kept: "tab" }),
  noise: entry(real(0, 3), 0, { link: "noise", kept: "tab" }),
  without: entry(someOf(["crop", "square", "resize", "center"]), [], { link: "without", kept: "tab" }),
  // What the views explain
  neuron: entry(wholes(3, 255), null, { link: "neuron", kept: "tab" }),
  pixel: entry(wholes(27, 27), null, { link: "pixel", kept: "tab" }),
  errors: entry(flag, false, { link: "errors", kept: "tab" }),
  pair: entry(wholes(9, 9), null, { link: "pair", kept: "tab" }),
  label: entry(whole(0, 9), null, { link: "label", kept: "tab" }),
  rate: entry(real(1e-6, 10), 0.01, { link: "rate", kept: "tab" }),
  replay: entry(real(0, 1), 1, { link: "replay", kept: "tab" }),
  // What the lesson's own pictures show
  color: entry(flag, false, { link: "color", kept: "tab" }),
  unrolled: entry(real(0, 1), 0, { link: "unrolled", kept: "tab" }),
  nudge: entry(real(0, 1), 0.5, { link: "nudge", kept: "tab" }),
  // The next training
  optimizer: entry(oneOf(["adam", "rmsprop", "momentum", "sgd"]), "adam", { link: "optimizer", kept: "tab" }),
  learningRate: entry(real(1e-9, 100), 0.001, { link: "lr", kept: "tab" }),
  batchSize: entry(whole(1, 4096), 32, { link: "batch", kept: "tab" }),
  epochs: entry(whole(1, 50), 5, { link: "epochs", kept: "tab" }),
  digits: entry(whole(100, 55_000), 55_000, { link: "digits", kept: "tab" }),
  hiddenLayers: entry(whole(0, 3), 2, { link: "layers", kept: "tab" }),
  hidden: entry(whole(8, 256), 64, { link: "width", kept: "tab" }),
  activation: entry(oneOf(["relu", "leaky_relu", "tanh", "sigmoid", "none"]), "relu", {
    link: "activation",
    kept: "tab",
  }),
  initialization: entry(oneOf(["default", "he", "zeros", "large"]), "default", { link: "init", kept: "tab" }),
  augmentation: entry(flag, false, { link: "augmentation", kept: "tab" }),
  penStrokes: entry(flag, false, { link: "strokes", kept: "tab" }),
  seed: entry(whole(0, 999_999_999), 0, { link: "seed", kept: "tab" }),
  // Which run Train shows, the newest if null, and after which step, the last one if null
  run: entry(whole(0, 9999), null, { kept: "tab" }),
  moment: entry(whole(0, 999_999), null, { link: "moment", kept: "tab" }),
  // My handwriting: the digits that are still asked for, and the drawings; never in a link
  wanted: entry(digits, [], { kept: "tab" }),
  handwriting: entry(labeledDrawings, [], { kept: "tab" }),
  // How far the lesson has come
  done: entry(someOf(Array.from({ length: 20 }, (_, i) => String(i + 1))), [], { kept: "browser" }),
  lastStep: entry(whole(1, 20), null, { kept: "browser" }),
};

/** @typedef {typeof TABLE} Table
 *  @typedef {{ [Name in keyof Table]: Signal<Table[Name]["initial"] | Exclude<ReturnType<Table[Name]["kind"]["parse"]>, undefined>> }} State */

/** @type {{ name: keyof Table, kind: Kind<any>, initial: any, query?: string, link?: string, kept?: "tab" | "browser" }[]} */
const entries = Object.entries(TABLE).map(([key, value]) => ({ name: /** @type {keyof Table} */ (key), ...value }));

/** What is wrong with the address by which the page was opened, or with one of the page's files: a sentence, or "". */
export const problem = signal("");
export const PART_MISSING = "A part of this page could not be loaded. Reload it when there is a connection.";

const received = linkFields();
export const state = /** @type {State} */ (
  Object.fromEntries(entries.map((each) => [each.name, signal(initialValue(each))]))
);

/** The page's address with all of its state. */
export function link() {
  const url = new URL(location.href);
  const shown = entries.filter(({ query }) => query).map(({ query }) => query);
  for (const key of [...url.searchParams.keys()]) if (!shown.includes(key)) url.searchParams.delete(key);
  const fields = entries.filter((each) => each.link && isChanged(each));
  const texts = fields.map((each) => [each.link ?? "", text(each)]);
  url.hash = String(new URLSearchParams([["v", VERSION], ...texts]));
  return url.href;
}

/** Set some of the state back to what it is at first. @param {...keyof State} names */
export function reset(...names) {
  batch(() => {
    for (const key of names) /** @type {Signal<unknown>} */ (state[key]).value = TABLE[key].initial;
  });
}

/** Show what a query says, such as that of a link: ?view=why. @param {string} search */
export function follow(search) {
  batch(() => {
    for (const { name: key, kind, initial, query } of entries) {
      if (query) /** @type {Signal<any>} */ (state[key]).value = inQuery(query, kind, search) ?? initial;
    }
  });
}

/** @param {typeof entries[number]} entry */
function text({ name: key, kind }) {
  return kind.write(state[key].value);
}

/** @param {typeof entries[number]} each */
function isChanged(each) {
  return text(each) !== each.kind.write(each.initial);
}

/** @param {typeof entries[number]} entry */
function initialValue({ name: key, kind, initial, query, link: field, kept }) {
  if (query) return inQuery(query, kind) ?? initial;
  const linked = field ? received?.get(field) : undefined;
  if (linked !== undefined) {
    const value = kind.parse(linked);
    if (value === undefined) problem.value = `The link is damaged: its ${field} can’t be read.`;
    return value ?? initial;
  }
  if (!kept || (received && kept === "tab")) return initial; // a link is the whole state of the tab
  const stored = storage(kept)?.[key];
  return (typeof stored === "string" ? kind.parse(stored) : undefined) ?? initial;
}

/** What the query says; ?present alone is true. @param {string} query @param {Kind<any>} kind */
function inQuery(query, kind, search = location.search) {
  const given = new URLSearchParams(search).get(query);
  if (given === null) return undefined;
  return kind.parse(kind === flag && given === "" ? "1" : query === "view" && given === "history" ? "train" : given);
}

/** The fields of the link by which the page was opened; null if it was opened by none. @returns {Map<string, string> | null} */
function linkFields() {
  if (/%23v=|&amp;/i.test(location.href)) {
    // Some programs escape an address once too often.
    const address = location.href.replace(/%23v=/i, "#v=").replaceAll("&amp;", "&");
    history.replaceState(history.state, "", address);
  }
  if (!location.hash.startsWith("#v=")) return null;
  const fields = new Map(new URLSearchParams(location.hash.slice(1)));
  if (location.hash.length <= LONGEST && fields.get("v") === VERSION) return fields;
  problem.value =
    location.hash.length > LONGEST
      ? "The link is too long to be one of this page."
      : "The link was made by another version of this page, and can’t be read.";
  return null;
}

/** What is kept; null where the browser allows nothing to be kept. @param {"tab" | "browser"} kept @returns {any} */
function storage(kept) {
  try {
    return JSON.parse((kept === "tab" ? sessionStorage : localStorage).getItem(STORED) ?? "{}");
  } catch {
    return null;
  }
}

function keep() {
  for (const place of /** @type {const} */ (["tab", "browser"])) {
    const changed = entries.filter((each) => each.kept === place && isChanged(each));
    const texts = Object.fromEntries(changed.map((each) => [each.name, text(each)]));
    try {
      (place === "tab" ? sessionStorage : localStorage).setItem(STORED, JSON.stringify(texts));
    } catch {
      // The page works without it.
    }
  }
}

addEventListener("pagehide", keep);
addEventListener("visibilitychange", () => document.hidden && keep());
addEventListener("hashchange", () => location.hash.startsWith("#v=") && location.reload());
addEventListener("popstate", () => follow(location.search));

// The query follows the state. Opening a view is a step that Back undoes; an unknown name stays until something is chosen.
effect(() => {
  const url = new URL(location.href);
  let isOpened = false;
  for (const { name: key, kind, initial, query } of entries) {
    if (!query) continue;
    const value = state[key].value;
    if (kind.write(value) === kind.write(inQuery(query, kind) ?? initial)) continue;
    isOpened ||= key === "view" && value !== null;
    if (kind.write(value) === kind.write(initial)) url.searchParams.delete(query);
    else url.searchParams.set(query, kind === flag ? "" : kind.write(value));
  }
  if (url.href === location.href) return;
  if (isOpened) history.pushState(history.state, "", url);
  else history.replaceState(history.state, "", url);
});
