/** Until somebody touches it, the page shows itself: samples draw themselves, one after the other. */
/** @import { Stroke } from "../../state/types.js" */
import { firstPoints } from "../../parts/ink.js";
import { createPlayer } from "../../parts/player.js";

const [BEFORE, DRAWING, BETWEEN] = [3000, 1500, 1300]; // milliseconds: until the first sample, of each, and after each
const UNTOUCHED = 60_000; // milliseconds after which a kiosk starts anew

/** Show samples until the end, a key, or a press. What is on the pad is kept if somebody presses something else, which may
    well be about it: a neuron, a view.
    @param {Stroke[][]} samples @param {boolean} isEndless @param {HTMLCanvasElement} canvas the pad's
    @param {(strokes: Stroke[]) => void} show @param {(kept: Stroke[]) => void} ended @returns {() => void} stops it */
export function demonstrate(samples, isEndless, canvas, show, ended) {
  const touched = new AbortController();
  let turn = -1;
  let timer = setTimeout(next, BEFORE);
  const player = createPlayer({
    duration: DRAWING,
    show: (share) => show(firstPoints(samples[turn], Math.ceil(share * samples[turn].flat().length))),
    ended: () => (timer = setTimeout(next, BETWEEN)),
  });

  function next() {
    turn = isEndless ? (turn + 1) % samples.length : turn + 1;
    if (turn < samples.length) player.play();
    else stop();
  }

  /** @param {Stroke[]} [kept] */
  function stop(kept = []) {
    if (touched.signal.aborted) return;
    touched.abort();
    clearTimeout(timer);
    player.stop();
    ended(kept);
  }

  const options = { capture: true, signal: touched.signal };
  document.addEventListener("keydown", () => stop(), options);
  document.addEventListener("pointerdown", ({ target }) => stop(target === canvas ? [] : samples[turn]), options);
  canvas.addEventListener("focus", () => stop(), options);
  return stop;
}

/** For open days: start anew after a minute without a touch. @param {() => void} startAnew */
export function startAnewUntouched(startAnew) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(startAnew, UNTOUCHED);
  };
  for (const name of ["pointerdown", "pointermove", "keydown"]) addEventListener(name, wait, { capture: true });
}
