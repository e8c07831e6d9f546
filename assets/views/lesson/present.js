/** A presentation: arrow keys and a presenter's remote go through the lesson, Escape leaves. */
import { state } from "../../state/state.js";
import { effect } from "../../vendor/signals-core.js";

/** @type {Record<string, number>} */
const STRIDES = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

/** @param {(step: number) => void} go opens a step */
export function presentByKeys(go) {
  effect(() => {
    if (state.present.value) state.view.value = "lesson";
  });
  // Before the pad, whose Escape clears it.
  document.addEventListener("keydown", onKey, { capture: true });

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (!state.present.value || event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = STRIDES[event.key];
    const isControl = event.target instanceof Element && event.target.matches("[type=range], .pad-canvas, select");
    if (event.key === "Escape") state.present.value = false;
    else if (stride && !isControl) go((state.step.value ?? 1) + stride);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
