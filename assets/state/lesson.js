/** The lesson: which step is open, as the address says (?lesson=6), and how far the visitor has come, which is kept. */
import { STEPS } from "../views/lesson/steps.js";
import * as mode from "./mode.js";
import * as storage from "./storage.js";
import { createStore } from "./store.js";
import * as views from "./views.js";

/** Steps count from 1. `last` is the one that was open last, 0 for none; `done` are those whose exercise was solved.
    @typedef {{ step: number | null, last: number, done: number[] }} Progress */

const STORED = "digit-sketchpad.lesson";
const kept = storage.get(STORED, isProgress, "localStorage") ?? { last: 0, done: [] };
const store = createStore(/** @type {Progress} */ ({ step: null, ...kept }));
export const { get, subscribe } = store;

/** Open a step and its view, or close the lesson with null. @param {number | null} step */
export function open(step) {
  views.setInAddress("lesson", step);
  if (step && mode.get() === null) views.open(STEPS[step - 1].view);
  show(step);
}

/** The exercise of the open step has been solved. */
export function solve() {
  const { step, done } = get();
  if (step && !done.includes(step)) keep({ ...get(), done: [...done, step] });
}

/** Open the step that the address names, if any. Returns what it names if there is no such step. */
export function openFromAddress() {
  const { searchParams } = new URL(location.href);
  const name = searchParams.get("lesson");
  if (name === null) return null;
  if (!isStep(Number(name))) return name;
  if (searchParams.has("view")) show(Number(name));
  else open(Number(name));
  return null;
}

/** @param {number | null} step */
function show(step) {
  keep({ ...get(), step, last: step ?? get().last });
}

/** @param {Progress} progress */
function keep(progress) {
  store.set(progress);
  storage.set(STORED, { last: progress.last, done: progress.done }, "localStorage");
}

/** @param {number} step */
function isStep(step) {
  return Number.isInteger(step) && step >= 1 && step <= STEPS.length;
}

/** @param {any} value @returns {value is { last: number, done: number[] }} */
function isProgress(value) {
  return (isStep(value?.last) || value?.last === 0) && Array.isArray(value.done) && value.done.every(isStep);
}
