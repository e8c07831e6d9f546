/** All that can be chosen on the page, in one table; links, reloads and the Back button follow from it.

    Views read and write `state.NAME.value`, never each other's. What can be worked out from it is not state: prediction,
    networks and views are `computed`. */
/** @import { Signal } from "../vendor/signals-core.js" */
/** @import { Kind } from "./values.js" */
import { ACTIVATIONS, DEFAULTS, INITIALIZATIONS, OPTIMIZERS, RANGES } from "../engine/settings.js";
import { batch, effect, signal } from "../vendor/signals-core.js";
import { drawing, labeledDrawing } from "./drawing-code.js";
import { choice, flag, list, name, oneOf, real, row, someOf, whole } from "./values.js";

/** The views' names and titles. */
export const VIEWS = {
  lesson: "Lesson",
  input: "Input",
  neurons: "Neurons",
  why: "Why?",
  loss: "Softmax & loss",
  replay: "Replay",
  train: "Train",
  handwriting: "My handwriting",
};
/** @typedef {keyof typeof VIEWS} View */
const VERSION = "2"; // of links
export const LONGEST = 4000; // characters of a link's fragment
const STORED = "digit-sketchpad";

/** Where a value stands in an address: in the query (?view=why), as what is a page of its own; in the fragment
    (#v=2&pair=7.1), which browsers send to no server; or nowhere. And where it is kept: over a reload of this tab, or in
    this browser. @typedef {{ query?: string, link?: string, kept?: "tab" | "browser" }} Places */

/** @template T @param {Kind<T>} kind @param {T} initial @param {Places} places */
const entry = (kind, initial, places) => ({ kind, initial, ...places });

/** What stands in the fragment of a link, and is kept over a reload of this tab.
    @template T @param {string} link @param {Kind<T>} kind @param {T} initial */
const field = (link, kind, initial) => entry(kind, initial, { link, kept: "tab" });

/** @param {keyof typeof RANGES} name */
const setting = (name) => whole(...RANGES[name]);

const PLACE = row(".", whole(0, 3), whole(0, 255)); // layer and neuron
const LOGITS = Array(10).fill(real(-1e6, 1e6));

const TABLE = {
  // What is shown, and how
  view: entry(choice(/** @type {(View | "all")[]} */ ([...Object.keys(VIEWS), "all"])), null, { query: "view" }),
  step: entry(whole(1, 20), null, { query: "lesson" }),
  present: entry(flag, false, { query: "present" }),
  embed: entry(flag, false, { query: "embed" }),
  kiosk: entry(flag, false, { query: "kiosk" }),
  // The drawing
  strokes: field("drawing", drawing, []),
  // Which network predicts, which one beside it, and what is changed in it
  network: field("network", name, "shared"),
  compared: field("compared", choice(["shared", "baseline"]), null),
  off: field("off", list("-", PLACE), []),
  noise: field("noise", real(0, 3), 0),
  without: field("without", someOf(["crop", "square", "resize", "center"]), []),
  // What the views explain
  neuron: field("neuron", PLACE, null),
  pixel: field("pixel", row(".", whole(0, 27), whole(0, 27)), null),
  errors: field("errors", flag, false),
  pair: field("pair", row(".", whole(0, 9), whole(0, 9)), null),
  label: field("label", whole(0, 9), null),
  logits: field("logits", row("_", ...LOGITS), null), // as they were moved
  rate: field("rate", real(1e-6, 10), 0.01),
  replay: field("replay", real(0, 1), 1),
  // What the lesson's own pictures show
  color: field("color", flag, false),
  unrolled: field("unrolled", real(0, 1), 0),
  nudge: field("nudge", real(0, 1), 0.5),
  // The next training
  optimizer: field("optimizer", oneOf(OPTIMIZERS), DEFAULTS.optimizer),
  learningRate: field("lr", real(...RANGES.learningRate), DEFAULTS.learningRate),
  batchSize: field("batch", setting("batchSize"), DEFAULTS.batchSize),
  epochs: field("epochs", setting("epochs"), DEFAULTS.epochs),
  digits: field("digits", setting("digits"), DEFAULTS.digits),
  hiddenLayers: field("layers", setting("hiddenLayers"), DEFAULTS.hiddenLayers),
  hidden: field("width", setting("hidden"), DEFAULTS.hidden),
  activation: field("activation", oneOf(ACTIVATIONS), DEFAULTS.activation),
  initialization: field("init", oneOf(INITIALIZATIONS), DEFAULTS.initialization),
  augmentation: field("augmentation", flag, false),
  penStrokes: field("strokes", flag, false),
  seed: field("seed", setting("seed"), DEFAULTS.seed),
  // Which run Train shows, the newest if null, and after which step, the last one if null
  run: entry(whole(0, 9999), null, { kept: "tab" }),
  moment: field("moment", whole(0, 999_999), null),
  // My handwriting: the digits that are still asked for, and the drawings; never in a link
  wanted: entry(list("", whole(0, 9)), [], { kept: "tab" }),
  handwriting: entry(list("~", labeledDrawing), [], { kept: "tab" }),
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

/** Set some of the state back to what it is at first; without names, all of it, but a kiosk stays one.
    @param {...keyof State} names */
export function reset(...names) {
  batch(() => {
    for (const { name: key, initial } of entries) {
      const isMeant = names.length ? names.includes(key) : key !== "kiosk";
      if (isMeant) /** @type {Signal<unknown>} */ (state[key]).value = initial;
    }
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
