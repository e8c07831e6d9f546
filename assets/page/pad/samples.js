/** The samples, which draw themselves at a press. And until somebody touches the page, it shows itself: one sample draws itself
    after the other. */
/** @import { Stroke } from "../../state/types.js" */
/** @import { Pad } from "./pad.js" */
import { query } from "../../parts/dom.js";
import { firstPoints, inkDrawing } from "../../parts/ink.js";
import { createPlayer, isMotionReduced } from "../../parts/player.js";
import { readJson } from "../../site/files.js";
import { drawing } from "../../state/drawing.js";
import { current, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { html, render } from "../../vendor/lit-html.js";

/** @typedef {{ name: string, strokes: Stroke[] }} Sample */

const DURATION = 700; // milliseconds in which a sample draws itself
const [BEFORE, SHOWN, BETWEEN] = [3000, 1500, 1300]; // of the demonstration: until the first sample, of each, and after each
const UNTOUCHED = 60_000; // milliseconds after which a kiosk starts anew

/** @param {Pad} pad */
export async function mount(pad) {
  const samples = /** @type {Sample[][]} */ (await readJson("samples.json"));
  const turns = samples.map(() => 0);
  const row = query(pad.element, ".pad-samples");
  const canvas = query(pad.element, ".pad-canvas");
  let strokes = /** @type {Stroke[]} */ ([]); // of the sample that draws itself
  let demonstration = /** @type {AbortController | null} */ (null);
  let rest = /** @type {Stroke[][]} */ ([]); // what it is still to show
  let timer = 0; // until it does
  const player = createPlayer((share) => {
    pad.preview({ strokes: firstPoints(strokes, Math.ceil(share * strokes.flat().length)), photo: null });
    if (share < 1) return;
    if (demonstration) timer = setTimeout(showNext, BETWEEN);
    else pad.replace(strokes);
  });
  pad.interruptions.push(stop);

  /** Every click on a digit draws it in the style that the button shows, and goes on to the next style. */
  const template = () =>
    samples.map((styles, digit) => {
      const sample = styles[turns[digit]];
      const onclick = () => {
        pad.interrupt();
        strokes = sample.strokes;
        player.play(isMotionReduced.matches ? 0 : DURATION);
        turns[digit] = (turns[digit] + 1) % styles.length;
        render(template(), row);
      };
      return html`<button type="button" title=${sample.name} aria-label=${sample.name} @click=${onclick}>
        ${inkDrawing(sample.strokes)}
      </button>`;
    });
  render(template(), row);

  /** Show what the page does, without a trace in undo, in storage, on the server, or for a screen reader: until the end, a
      key, or a press. */
  function demonstrate() {
    if (isMotionReduced.matches) return;
    strokes = [];
    rest = samples.map((_, i) => samples[(3 * i + 2) % samples.length][0].strokes);
    demonstration = new AbortController();
    const options = { capture: true, signal: demonstration.signal };
    for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, touch, options);
    canvas.addEventListener("focus", touch, options);
    timer = setTimeout(showNext, BEFORE);
  }

  function showNext() {
    const next = rest.shift();
    if (!next) return stop();
    if (state.kiosk.value) rest.push(next); // it goes on and on
    strokes = next;
    pad.element.classList.add("shows-itself");
    player.play(SHOWN);
  }

  /** What is shown is kept if somebody presses something else, which may well be about it: a neuron, a view.
      @param {Event} event */
  function touch({ type, target }) {
    stop();
    if (type === "pointerdown" && target !== canvas && strokes.length) pad.replace(strokes);
  }

  /** A sample is there at once, a demonstration has never been. */
  function stop() {
    const isSample = player.isPlaying.value && !demonstration;
    player.stop();
    clearTimeout(timer);
    if (isSample) pad.replace(strokes);
    if (!demonstration) return;
    demonstration.abort();
    demonstration = null;
    pad.element.classList.remove("shows-itself");
    pad.preview(null);
  }

  if (state.kiosk.value) {
    let untouched = 0;
    const startAnew = () => {
      pad.replace([], true);
      reset();
      scrollTo(0, 0);
      demonstrate();
    };
    const wait = () => {
      clearTimeout(untouched);
      untouched = setTimeout(startAnew, UNTOUCHED);
    };
    for (const name of ["pointerdown", "pointermove", "keydown"]) addEventListener(name, wait, { capture: true });
  }
  const isUntouched = isEmpty(current.value) && !drawing.value.penIsDown;
  if (state.kiosk.value || (!state.view.value && isUntouched)) demonstrate();
}
