/** Plays through numbered positions, as the replay of a drawing and the training history do. */

export const isMotionReduced = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Let a button play, pause and, for people who asked for reduced motion, go on step by step. `length` says how many
 * positions there are; it takes `duration` milliseconds from the first to the last. `position` is the present one, or the
 * last one while all is shown; `next` is where a press leads if motion is reduced. It stops when the view is hidden. Call
 * `showLabel` of what comes back when the position changed from elsewhere.
 * @param {{ button: HTMLButtonElement, view: HTMLElement, length: () => number, position: () => number,
 *   goTo: (position: number) => void, duration: () => number, next: () => number,
 *   label: (state: { isPlaying: boolean, isAtEnd: boolean, isMotionReduced: boolean }) => string }} options
 */
export function createPlayer({ button, view, length, position, goTo, duration, next, label }) {
  let frame = 0; // the animation frame that was requested, while it plays
  const isAtEnd = () => position() >= length() - 1;

  function showLabel() {
    const text = label({ isPlaying: frame !== 0, isAtEnd: isAtEnd(), isMotionReduced: isMotionReduced.matches });
    if (button.textContent !== text) button.textContent = text;
  }

  function play() {
    const last = length() - 1;
    const first = isAtEnd() ? 0 : position();
    const began = performance.now();
    const step = (/** @type {number} */ now) => {
      const place = Math.min(Math.floor(first + (Math.max(now - began, 0) / duration()) * last), last);
      frame = place < last && !view.hidden ? requestAnimationFrame(step) : 0;
      if (place !== position() || place === first) goTo(place);
      showLabel();
    };
    step(began);
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    showLabel();
  }

  button.addEventListener("click", () => {
    if (frame) stop();
    else if (isMotionReduced.matches) goTo(next());
    else play();
    showLabel();
  });
  isMotionReduced.addEventListener("change", stop);
  return { stop, showLabel };
}
