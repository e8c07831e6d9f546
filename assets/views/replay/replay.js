/** When did the prediction change? The ten probabilities over the course of the drawing, with a slider to go through it. */
/** @import { DigitPrediction, MountContext } from "../../state/types.js" */
/** @import { Moment } from "./timeline.js" */
import { clip } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import * as classifiers from "../../state/classifiers.js";
import { current, isEmpty } from "../../state/prediction.js";
import * as drawing from "../../state/drawing.js";
import * as views from "../../state/views.js";
import { createDigitBars } from "../../parts/digit-bars.js";
import { create, query, setText } from "../../parts/dom.js";
import { paintGray } from "../../parts/images.js";
import { firstPoints, inkContext, paintStroke } from "../../parts/ink.js";
import { grouped, percent } from "../../parts/numbers.js";
import { createPlayer } from "../../parts/player.js";
import { across, createAreas } from "./chart.js";
import { Timeline } from "./timeline.js";

const DURATION = 5000; // milliseconds of a replay
const [NOTHING, PHOTO] = ["Nothing drawn yet", "A photo has no strokes to replay"];
const DOUBTS = { digit: "", unsure: ", not sure", "not a digit": ", not a digit yet" };

/** @param {MountContext} context */
export function mount({ element }) {
  const view = query(element, ".replay");
  const scrubber = query(element, ".replay-scrubber", HTMLInputElement);
  const playButton = query(element, ".replay-play", HTMLButtonElement);
  const chart = query(element, ".replay-plot svg", SVGElement);
  const plot = query(element, ".replay-plot");
  const list = query(element, ".replay-changes");
  const now = query(element, ".replay-now");
  const picture = query(element, ".replay-drawing", HTMLCanvasElement);
  const input = query(element, ".replay-input", HTMLCanvasElement);
  const bars = createDigitBars(query(element, ".replay-numbers"));
  const showAreas = createAreas(chart, query(element, ".replay-labels"));

  const timeline = new Timeline();
  let moments = /** @type {Moment[]} */ ([]);
  let chosen = /** @type {number | null} */ (null); // the chosen moment; null follows the drawing
  /** While predictions are still to come, the last moment that has one. */
  const shown = () => Math.min(chosen ?? Infinity, moments.length - 1);

  const goTo = views.changing((i) => (chosen = clip(i, 0, moments.length - 1)));

  const player = createPlayer({
    button: playButton,
    view,
    length: () => moments.length,
    position: shown,
    goTo,
    duration: () => DURATION,
    next: () => changes().find((i) => i > (chosen ?? Infinity)) ?? 0,
    label: ({ isPlaying, isMotionReduced }) => (isMotionReduced ? "Next change" : isPlaying ? "Pause" : "Play"),
  });

  /** @param {number} i */
  function choose(i) {
    player.stop();
    goTo(i);
  }

  /** The first moment, and those at which another digit became the most probable one. */
  const changes = () => moments.flatMap(({ digit }, i) => (digit === moments[i - 1]?.digit ? [] : [i]));

  const progress = (/** @type {Moment} */ { count }) => `${Math.round((100 * count) / timeline.points.length)}\u00a0%`;

  /** @param {number} i */
  function describe(i) {
    const moment = moments[i];
    if (i === 0) return `${moment.digit} at first`;
    return `after ${progress(moment)}: ${moments[i - 1].digit} → ${moment.digit}`;
  }

  function showChart() {
    const { ends, points } = timeline;
    const strokeEnds = moments.flatMap(({ count }, i) => (ends.has(count) && count < points.length ? [i] : []));
    showAreas(moments, strokeEnds);
    query(element, ".replay-empty").hidden = moments.length > 0;
    const hatched = moments.filter(({ verdict }) => verdict === "not a digit").length;
    query(element, ".replay-hatched").hidden = !hatched;
    const last = moments.at(-1);
    if (current().penIsDown) return;
    const course = last && `${changes().map(describe).join(", ")}; in the end ${inWords(last)}`;
    const objection = hatched ? `; the non-digit detector objects to ${hatched} of ${moments.length} moments` : "";
    chart.ariaLabel = course ? `The ten probabilities over the drawing: ${course}${objection}` : NOTHING;
  }

  function showMoment() {
    const i = shown();
    const moment = moments[i];
    scrubber.disabled = playButton.disabled = moments.length < 2;
    scrubber.max = String(Math.max(moments.length - 1, 0));
    scrubber.value = String(Math.max(i, 0));
    now.hidden = !moment;
    now.style.left = `${100 * across(i, moments.length)}%`;
    paintUntil(moment?.count ?? 0);
    paintGray(input, moment?.image ?? new Uint8Array(SIDE * SIDE));
    bars.show(moment?.probabilities ?? null, moment?.digit ?? null);
    if (moment) describeMoment(moment);
    else {
      const why = isEmpty(current()) ? NOTHING : PHOTO;
      query(element, ".replay-moment").textContent = `${why}.`;
      scrubber.ariaValueText = picture.ariaLabel = why;
      input.ariaLabel = "The network’s input then: nothing yet";
    }
  }

  /** @param {Moment} moment */
  function describeMoment(moment) {
    const { count, stroke } = moment;
    const which = `${progress(moment)} of the drawing, stroke ${stroke + 1} of ${timeline.strokeCount}`;
    query(element, ".replay-moment").replaceChildren(`After ${which}: `, create("strong", {}, inWords(moment)));
    if (current().penIsDown) return;
    scrubber.ariaValueText = `${which}: ${inWords(moment)}`;
    picture.ariaLabel = `The drawing at that moment: ${count} of ${timeline.points.length} points`;
    input.ariaLabel = "The network’s input at that moment, 28 by 28 pixels";
  }

  /** The first points in ink, and those after them in a pale color. @param {number} count */
  function paintUntil(count) {
    const context = inkContext(picture);
    const { borderTopColor, color } = getComputedStyle(picture);
    const { strokes } = current();
    context.clearRect(0, 0, picture.width, picture.height);
    for (const stroke of strokes) paintStroke(context, stroke, borderTopColor);
    for (const stroke of firstPoints(strokes, count)) paintStroke(context, stroke, color);
  }

  function showChanges() {
    const found = changes();
    const times = found.length - 1;
    const counted = times < 3 ? ["", "once", "twice"][times] : `${times} times`;
    const summary = times > 0 ? `The prediction changed ${counted}` : "The prediction never changed";
    setText(query(element, ".replay-summary"), moments.length ? summary : "");
    const texts = found.map(describe);
    if (texts.join() !== Array.from(list.children, (item) => item.textContent).join()) {
      const items = texts.map((text, i) => {
        const go = () => choose(changes()[i]);
        return create("li", {}, create("button", { type: "button", onclick: go }, text));
      });
      list.replaceChildren(...items); // only if they differ, so that a button keeps its focus
    }
    const latest = found.findLastIndex((i) => i <= shown());
    list.querySelectorAll("button").forEach((button, i) => (button.ariaCurrent = i === latest ? "true" : null));
  }

  const reverse = query(element, ".replay-reverse", HTMLButtonElement);
  let reversed = { version: 0, words: "" }; // what came of it, for one prediction
  reverse.addEventListener("click", () => {
    const before = current();
    drawing.replaceStrokes(before.strokes.toReversed().map((stroke) => stroke.toReversed()));
    const after = current();
    if (isEmpty(after)) return;
    const differing = after.ink.filter((tone, i) => tone !== before.ink[i]).length;
    const words =
      `The strokes in reverse order, each from its end to its start: ${grouped(differing)} of ` +
      `${grouped(after.ink.length)} pixels differ, and the prediction is ${inWords(after)}.`;
    reversed = { version: after.version, words };
  });

  scrubber.addEventListener("input", () => choose(scrubber.valueAsNumber));

  // The chart can be dragged, too: it has the slider's scale.
  for (const name of /** @type {const} */ (["pointerdown", "pointermove"])) {
    plot.addEventListener(name, (event) => {
      if (!(event.buttons & 1) || !moments.length) return;
      if (name === "pointerdown") plot.setPointerCapture(event.pointerId);
      const { left, width } = plot.getBoundingClientRect();
      choose(Math.round(((event.clientX - left) / width) * (moments.length - 1)));
    });
  }

  player.showLabel();
  views.register("replay", view, ({ steps, strokes, penIsDown, version }) => {
    reverse.disabled = !strokes.length || penIsDown;
    setText(query(element, ".replay-reversed"), reversed.version === version ? reversed.words : "");
    if (timeline.follow(classifiers.active().classifier, steps, strokes)) {
      player.stop();
      chosen = null;
    }
    if (!timeline.predictMore()) views.refresh();
    moments = timeline.moments();
    showChart();
    showMoment();
    showChanges();
    player.showLabel();
  });
}

/** @param {DigitPrediction} prediction */
const inWords = ({ digit, probabilities, verdict }) => `${digit}, ${percent(probabilities[digit])}${DOUBTS[verdict]}`;
