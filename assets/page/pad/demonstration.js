/** Until somebody touches it, the page shows itself: samples draw themselves, one after the other, and once only. */
/** @import { Stroke } from "../../state/types.js" */
import { firstPoints } from "../../parts/ink.js";

const [BEFORE, DRAWING, BETWEEN] = [1500, 1500, 1300]; // milliseconds: until the first sample, of each, and after each

/** Show samples until the end, a key, or a press. What is on the pad is kept if somebody presses something else, which may
    well be about it: a neuron, a view.
    @param {Stroke[][]} samples @param {HTMLCanvasElement} canvas the pad's @param {(strokes: Stroke[]) => void} show
    @param {(kept: Stroke[]) => void} ended @returns {() => void} stops it */
export function demonstrate(samples, canvas, show, ended) {
  const began = performance.now() + BEFORE;
  const listeners = new AbortController();
  let [frame, turn, count] = [0, -1, 0];

  /** @param {Stroke[]} kept */
  function stop(kept = []) {
    if (listeners.signal.aborted) return;
    cancelAnimationFrame(frame);
    listeners.abort();
    ended(kept);
  }

  /** @param {number} now */
  function step(now) {
    frame = requestAnimationFrame(step);
    const time = now - began;
    if (time < 0) return;
    const next = Math.floor(time / (DRAWING + BETWEEN));
    if (next >= samples.length) return stop();
    const share = Math.min((time % (DRAWING + BETWEEN)) / DRAWING, 1);
    const points = Math.ceil(share * samples[next].flat().length);
    if (next === turn && points === count) return;
    [turn, count] = [next, points];
    show(firstPoints(samples[next], points));
  }

  const options = { capture: true, signal: listeners.signal };
  document.addEventListener("keydown", () => stop(), options);
  document.addEventListener("pointerdown", ({ target }) => stop(target === canvas ? [] : samples[turn]), options);
  canvas.addEventListener("focus", () => stop(), options);
  step(performance.now());
  return stop;
}
