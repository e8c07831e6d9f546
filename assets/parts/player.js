/** Plays something from its beginning to its end: samples, the page's demonstration, the replay of a drawing, the
    unrolling of an image. */
import { signal } from "../vendor/signals-core.js";

export const isMotionReduced = matchMedia("(prefers-reduced-motion: reduce)");

/** A player. `show` is given the share that is over, 0 to 1, with every frame; `ended` is called after the last one, not
    if it was stopped.
    @param {{ duration: number | (() => number), show: (share: number) => void, ended?: () => void }} options `duration`
      from 0 to 1, in milliseconds */
export function createPlayer({ duration, show, ended = () => {} }) {
  const isPlaying = signal(false);
  let frame = 0;

  function stop() {
    cancelAnimationFrame(frame);
    isPlaying.value = false;
  }

  return {
    isPlaying,
    stop,

    /** @param {number} [from] share to begin with */
    play(from = 0) {
      stop();
      isPlaying.value = true;
      const length = typeof duration === "number" ? duration : duration();
      const began = performance.now() - from * length;
      const step = (/** @type {number} */ now) => {
        const share = length > 0 ? Math.min(Math.max((now - began) / length, from), 1) : 1;
        if (share < 1) frame = requestAnimationFrame(step);
        else isPlaying.value = false;
        show(share);
        if (share === 1) ended();
      };
      step(performance.now());
    },
  };
}
