/** The image that becomes a row: 28 rows slide behind one another, as far as a slider is pulled. */
import { SIDE } from "../../engine/preprocessing.js";
import { context2d, create } from "../../parts/dom.js";
import { isMotionReduced } from "../../parts/player.js";

const [WIDTH, HEIGHT] = [SIDE * SIDE, 112]; // of the picture, in pixels
const DURATION = 3000; // milliseconds in which it unrolls on its own

/** @param {(share: number) => void} moved told how far it is unrolled, 0 to 1 */
export function createUnroll(moved) {
  const canvas = create("canvas", { width: WIDTH, height: HEIGHT, role: "img" });
  const slider = create("input", { type: "range", max: 1, step: "any", value: 0, "aria-label": "Unroll the image" });
  const element = create("figure", { class: "lesson-unroll" }, canvas, slider);
  let image = /** @type {ArrayLike<number>} */ (new Uint8Array(SIDE * SIDE));
  let frame = 0; // the animation frame that was requested

  function paint() {
    const share = Number(slider.value);
    const context = context2d(canvas);
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const between = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * share;
    const [cell, height] = [between(HEIGHT / SIDE, 1), between(HEIGHT / SIDE, 16)];
    Array.from(image, (tone, i) => {
      const [row, column] = [Math.floor(i / SIDE), i % SIDE];
      const left = between((WIDTH - HEIGHT) / 2, row * SIDE) + column * cell;
      const top = between((row * HEIGHT) / SIDE, (HEIGHT - 16) / 2);
      context.fillStyle = `rgb(${tone} ${tone} ${tone})`;
      if (tone) context.fillRect(left, top, cell, height);
    });
    canvas.ariaLabel = share === 1 ? "Your image as one row of 784 pixels" : "Your image, 28 by 28 pixels";
  }

  function stop() {
    cancelAnimationFrame(frame);
  }

  slider.addEventListener("input", () => {
    stop();
    paint();
    moved(Number(slider.value));
  });

  return {
    element,
    stop,
    /** @param {ArrayLike<number>} shown 28 x 28 */
    show(shown) {
      image = shown;
      paint();
    },
    /** Unroll it once before one's eyes, and back. */
    play() {
      if (isMotionReduced.matches) return;
      const began = performance.now();
      const step = (/** @type {number} */ now) => {
        const share = Math.min(Math.max(now - began, 0) / DURATION, 1);
        slider.value = String(1 - Math.abs(2 * share - 1));
        paint();
        if (share < 1) frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    },
  };
}
