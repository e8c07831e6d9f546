/** A link carries the state of the page in its fragment, which browsers send to no server: `#v=1&pair=7.1&steps=crop`.
    Whatever has a state worth sharing registers a field. A link is untrusted input: each field checks its own value. */
import * as drawing from "./drawing.js";
import { createStore } from "./store.js";

const VERSION = "1";
const LONGEST = 2000; // characters of a fragment
const PLACES = ["view", "lesson"]; // in the query, as they are pages of their own rather than state

/** `toLink` gives the state as text, in characters that need no escape (letters, digits, . - _); "" leaves the field out.
    `fromLink` takes it back; false says that it is no such state.
    @typedef {{ toLink: () => string, fromLink: (text: string) => boolean }} Field */

const fields = /** @type {Map<string, Field>} */ (new Map());
const problem = createStore("");
const received = parse(location.hash);
let isInAddress = received.size > 0;

/** What is wrong with the link by which the page was opened: a sentence, or "". */
export const { get: problemOf, subscribe: onProblem } = problem;

/** Add a field. If the page was opened by a link that has it, `fromLink` is called at once.
    @param {string} name @param {Field["toLink"]} toLink @param {Field["fromLink"]} fromLink */
export function register(name, toLink, fromLink) {
  fields.set(name, { toLink, fromLink });
  const text = received.get(name);
  if (!text) return;
  received.delete(name);
  if (!fromLink(text)) problem.set(`The link is damaged: its ${name} can’t be read.`);
}

/** A field's present value as a link would carry it; "" if there is none. @param {string} name */
export function read(name) {
  return fields.get(name)?.toLink() ?? "";
}

/** The page's address with all of its state. */
export function address() {
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) if (!PLACES.includes(name)) url.searchParams.delete(name);
  const values = [...fields.keys()].map((name) => [name, read(name)]).filter(([, text]) => text);
  url.hash = String(new URLSearchParams([["v", VERSION], ...values]));
  return url.href;
}

/** Whole numbers, as "7.1" has them, from 0 to the highest that each may be; null for any other text.
    @param {string} text @param {number[]} highest */
export function wholeNumbers(text, highest) {
  const parts = text.split(".");
  const areRight = parts.length === highest.length && parts.every((part, i) => isWhole(part, highest[i]));
  return areRight ? parts.map(Number) : null;
}

/** @param {string} text @param {number} highest */
function isWhole(text, highest) {
  return /^\d{1,9}$/.test(text) && Number(text) <= highest;
}

/** The fields of a fragment, by name. @param {string} hash @returns {Map<string, string>} */
function parse(hash) {
  if (!hash.startsWith("#v=")) return new Map();
  const values = new Map(new URLSearchParams(hash.slice(1)));
  if (hash.length <= LONGEST && values.get("v") === VERSION) return values;
  problem.set(
    hash.length > LONGEST
      ? "The link is too long to be one of this page."
      : "The link was made by another version of this page, and can’t be read.",
  );
  return new Map();
}

// A link that another drawing has made untrue leaves the address.
drawing.subscribe(({ penIsDown }) => {
  if (!penIsDown || !isInAddress) return;
  isInAddress = false;
  history.replaceState(history.state, "", location.pathname + location.search);
});
addEventListener("hashchange", () => location.hash.startsWith("#v=") && location.reload());
