/** A presentation: arrow keys and a presenter's remote go through the lesson, Escape leaves. */
import { STEPS } from "../../views/lesson/steps.js";
import * as lesson from "../../state/lesson.js";
import * as mode from "../../state/mode.js";
import * as views from "../../state/views.js";

/** @type {Record<string, number>} */
const STRIDES = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

mode.subscribe((present) => present && views.open(null));

/** Leave the presentation; the open step's view comes back. */
export function leave() {
  mode.present(false);
  lesson.open(lesson.get().step);
}

// Before the pad, whose Escape clears it.
document.addEventListener("keydown", onKey, { capture: true });

/** @param {number} stride */
function go(stride) {
  const step = (lesson.get().step ?? 0) + stride;
  lesson.open(Math.min(Math.max(step, 1), STEPS.length));
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (mode.get() !== "present" || event.ctrlKey || event.metaKey || event.altKey) return;
  const stride = STRIDES[event.key];
  const isSlider = event.target instanceof Element && event.target.matches("[type=range]");
  if (event.key === "Escape") leave();
  else if (stride && !isSlider) go(stride);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
