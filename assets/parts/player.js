/** Plays something from its beginning to its end: samples, the page's demonstration, the replay of a drawing. */
import { clip } from "../engine/math.js";
import { signal } from "../vendor/signals-core.js";

export const isMotionReduced = matchMedia("(prefers-reduced-motion: reduce)");

/** A player. @param {(share: number) => void} show with every frame, the share that is over: 0 to 1, unless it is stopped
    before */
export function createPlayer(show) {
  const isPlaying = signal(false);
  let frame = 0;

  function stop() {
    cancelAnimationFrame(frame);
    isPlaying.value = false;
  }

  /** @param {number} duration from 0 to 1, in milliseconds @param {number} [from] share to begin with */
  function play(duration, from = 0) {
    stop();
    isPlaying.value = true;
    const began = performance.now() - from * duration;
    const step = (/** @type {number} */ now) => {
      const share = duration ? clip((now - began) / duration, from, 1) : 1;
      if (share < 1) frame = requestAnimationFrame(step);
      else isPlaying.value = false;
      show(share);
    };
    step(performance.now());
  }

  return { isPlaying, play, stop };
}
