/** Until somebody touches it, the page shows itself: samples draw themselves, one after the other. */
/** @import { Stroke } from "../../state/types.js" */
import { firstPoints } from "../../parts/ink.js";
import { createPlayer } from "../../parts/player.js";

const [BEFORE, DRAWING, BETWEEN] = [3000, 1500, 1300]; // milliseconds: until the first sample, of each, and after each

/** Show samples until the end, a key, or a press. What is on the pad is kept if somebody presses something else, which may
    well be about it: a neuron, a view.
    @param {Stroke[][]} samples @param {boolean} isEndless @param {HTMLCanvasElement} canvas the pad's
    @param {(strokes: Stroke[]) => void} show @param {(kept: Stroke[]) => void} ended @returns {() => void} stops it */
export function demonstrate(samples, isEndless, canvas, show, ended) {
  const listeners = new AbortController();
  const duration = BEFORE + samples.length * (DRAWING + BETWEEN);
  let [turn, count] = [-1, 0];

  /** @param {Stroke[]} [kept] */
  function stop(kept = []) {
    if (listeners.signal.aborted) return;
    player.stop();
    listeners.abort();
    ended(kept);
  }

  const player = createPlayer({
    duration,
    show(share) {
      const time = share * duration - BEFORE;
      const next = Math.floor(time / (DRAWING + BETWEEN));
      if (next < 0 || next >= samples.length) return;
      const drawn = Math.min((time % (DRAWING + BETWEEN)) / DRAWING, 1);
      const points = Math.ceil(drawn * samples[next].flat().length);
      if (next === turn && points === count) return;
      [turn, count] = [next, points];
      show(firstPoints(samples[next], points));
    },
    ended: () => (isEndless ? player.play() : stop()),
  });

  const options = { capture: true, signal: listeners.signal };
  document.addEventListener("keydown", () => stop(), options);
  document.addEventListener("pointerdown", ({ target }) => stop(target === canvas ? [] : samples[turn]), options);
  canvas.addEventListener("focus", () => stop(), options);
  player.play();
  return stop;
}
