/** When did the answer change? The ten probabilities over the course of the drawing, and the drawing at each moment. */
/** @import { MountContext, Stroke } from "../../state/types.js" */
/** @import { Moment } from "./timeline.js" */
import { DIGITS } from "../../engine/classifier.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { clip } from "../../engine/math.js";
import { slider } from "../../parts/fields.js";
import { firstPoints } from "../../parts/ink.js";
import { answer, percent } from "../../parts/numbers.js";
import { createPlayer, isMotionReduced } from "../../parts/player.js";
import "../../parts/tiles.js";
import { drawing, pad } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty, steps } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { effect, signal, untracked } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { Timeline } from "./timeline.js";

const DURATION = 5000; // milliseconds of a replay
const FIRST_CHANGE = 0.1; // of the drawing: what the first touch looks like says little
const [NARROWEST, LOWEST] = [0.05, 0.14]; // of the chart: an area that holds its digit is at least so wide and high

const timeline = new Timeline();
const more = signal(0); // counts the frames in which predictions were added

const player = createPlayer({
  duration: DURATION,
  show: (share) => {
    state.replay.value = share;
    if (!["replay", "all"].includes(state.view.value ?? "")) player.stop();
  },
});

/** @param {MountContext} context */
export function mount({ element }) {
  let last = /** @type {Stroke[]} */ ([]);
  effect(() => {
    const { strokes } = drawing.value;
    if (last.length && strokes !== last) untracked(() => go(1)); // another drawing is shown whole
    last = strokes;
  });

  view("replay", element, () => {
    void more.value;
    if (active.value) timeline.follow(active.value.classifier, steps.value, drawing.value.strokes);
    if (!timeline.predictMore()) requestAnimationFrame(() => (more.value += 1));
    const moments = timeline.moments();
    const i = Math.round(state.replay.value * (moments.length - 1));
    return html`<section class="view replay" id="view-replay" aria-label="Replay">
      <header class="view-head">
        <h2>When did the answer change?</h2>
        <p class="view-lead">
          Your drawing from the first touch to the last. The likeliest digit takes the largest part.
        </p>
        <button type="button" ?disabled=${!moments.length || drawing.value.penIsDown} @click=${drawBackwards}>
          Draw it backwards
        </button>
      </header>
      ${
        moments.length
          ? html`${course(moments, i)} ${then(moments, i)} ${changesOf(moments, i)}`
          : html`<p class="view-empty">
              ${isEmpty(current.value) ? "Draw a digit to see its course." : "A picture has no strokes to replay."}
            </p>`
      }
      <p class="replay-reversed" role="status">${reversed()}</p>
    </section>`;
  });
}

/** @param {number} share of the replay */
function go(share) {
  player.stop();
  state.replay.value = clip(share, 0, 1);
}

/** How far right a moment lies, 0 to 1. @type {(i: number, count: number) => number} */
const across = (i, count) => (count > 1 ? i / (count - 1) : 1);

/** How much of the drawing there is at a moment. @param {Moment} moment */
const progress = ({ count }) => count / timeline.points.length;

/** The probabilities as areas over the drawing, with a slider on the same scale. @param {Moment[]} moments @param {number} i */
function course(moments, i) {
  const count = moments.length;
  const text = `${percent(progress(moments[i]), 0)} of the drawing: ${answer(moments[i])}`;
  const options = { max: count - 1, step: 1, text, name: "axis-slider" };
  const isRejected = moments.some(({ verdict }) => verdict === "not a digit");
  const words = changes(moments).map((change) => describe(moments, change));
  return html`<ul class="replay-legend" aria-label="Probability of each digit at this moment">
      ${Array.from(moments[i].probabilities, (share, digit) => {
        const classes = `replay-digit ${share < 0.005 ? "is-small" : ""}`;
        return html`<li class=${classes} style="--digit: var(--digit-${digit})">
          <b>${digit}</b> ${share < 0.005 ? "" : percent(share)}
        </li>`;
      })}
      ${isRejected ? html`<li class="replay-pale">pale: rejected as no digit</li>` : nothing}
    </ul>
    <div class="replay-chart" @pointerdown=${drag} @pointermove=${drag}>
      ${probabilityAreas(moments, [...words, `in the end ${answer(moments[count - 1])}`].join(", "))}
      <i class="replay-now" style="left: ${100 * across(i, count)}%"></i>
    </div>
    ${slider("Moment of the drawing", i, (moment) => go(moment / (count - 1)), options)}`;
}

/** @param {Moment[]} moments @param {number} i the one that is shown */
function play(moments, i) {
  const isAtEnd = i === moments.length - 1;
  if (player.isPlaying.value) player.stop();
  else if (!isMotionReduced.matches) player.play(isAtEnd ? 0 : state.replay.value);
  else
    go(
      across(
        changes(moments).find((change) => !isAtEnd && change > i) ?? (isAtEnd ? 0 : moments.length - 1),
        moments.length,
      ),
    );
}

/** The chart can be dragged, too. @param {PointerEvent} event */
function drag(event) {
  if (!(event.buttons & 1)) return;
  const chart = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.type === "pointerdown") chart.setPointerCapture(event.pointerId);
  const { left, width } = chart.getBoundingClientRect();
  go((event.clientX - left) / width);
}

/** The ten probabilities of each moment as areas that fill the height together, the first digit's on top; strokes end at
    the lines; what the detector rejects is pale. @param {Moment[]} moments @param {string} description */
function probabilityAreas(moments, description) {
  const count = moments.length;
  const edges = moments.map(({ probabilities }) => {
    let total = 0;
    return [0, ...Array.from(probabilities, (share) => (total += share))];
  });
  const shown = count > 1 ? edges : [edges[0], edges[0]];
  const line = (/** @type {number} */ which) =>
    shown.map((heights, i) => `${(1000 * i) / (shown.length - 1)} ${(1000 * heights[which]).toFixed(1)}`);
  const ends = moments.flatMap(({ count: points }, i) => (timeline.ends.has(points) && i < count - 1 ? [i] : []));
  const half = count > 1 ? 500 / (count - 1) : 1000; // of the way to the next moment
  return html`<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label=${description}>
      ${Array.from({ length: DIGITS }, (_, digit) => {
        const outline = `M${[...line(digit), ...line(digit + 1).reverse()].join("L")}z`;
        return svg`<path class="replay-area" style="--digit: var(--digit-${digit})" d=${outline} />`;
      })}
      ${moments.map(({ verdict }, i) => {
        const left = clip(1000 * across(i, count) - half, 0, 1000);
        const right = clip(1000 * across(i, count) + half, 0, 1000);
        return verdict === "not a digit"
          ? svg`<rect class="replay-rejected" x=${left} width=${right - left} height="1000" />`
          : nothing;
      })}
      <path class="replay-ends" d=${ends.map((i) => `M${1000 * across(i, count)} 0V1000`).join("")} />
    </svg>
    ${Array.from({ length: DIGITS }, (_, digit) => labelsOf(moments, edges, digit))}`;
}

/** A digit for each stretch in which its area is wide and high enough.
    @param {Moment[]} moments @param {number[][]} edges @param {number} digit */
function labelsOf(moments, edges, digit) {
  const count = moments.length;
  const isHigh = (/** @type {number} */ i) => moments[i]?.probabilities[digit] >= LOWEST;
  const labels = [];
  for (let start = 0; start < count; start++) {
    if (!isHigh(start)) continue;
    let end = start;
    while (isHigh(end + 1)) end++;
    if (count === 1 || across(end, count) - across(start, count) >= NARROWEST) {
      const middle = Math.round((start + end) / 2);
      const top = (edges[middle][digit] + edges[middle][digit + 1]) / 2;
      const left = count > 1 ? across(middle, count) : 0.5;
      labels.push(html`<b class="replay-label" style="left: ${100 * left}%; top: ${100 * top}%">${digit}</b>`);
    }
    start = end;
  }
  return labels;
}

/** The drawing and the network's input at a moment. @param {Moment[]} moments @param {number} i the one that is shown */
function then(moments, i) {
  const { count, stroke, image } = moments[i];
  const moment = moments[i];
  const { strokes } = drawing.value;
  const lines = (/** @type {Stroke[]} */ some) =>
    some.map((points) => svg`<polyline points=${[...points, points[points.length - 1]].join(" ")} />`);
  return html`<div class="replay-then">
    <figure>
      <figcaption>drawn until then</figcaption>
      <svg class="drawing replay-drawing" viewBox="0 0 ${CANVAS_SIDE} ${CANVAS_SIDE}" role="img"
        aria-label="The drawing at that moment">
        <g class="replay-later">${lines(strokes)}</g>
        ${lines(firstPoints(strokes, count))}
      </svg>
    </figure>
    <figure>
      <figcaption>what the network saw</figcaption>
      <ink-image role="img" aria-label="The network’s input at that moment" .tones=${image}></ink-image>
    </figure>
    <div class="replay-moment">
      <p>
        After ${percent(progress(moment), 0)} of the drawing, stroke ${stroke + 1} of ${strokes.length}:
        <strong>${answer(moment)}</strong>
      </p>
      <button type="button" ?disabled=${moments.length < 2} @click=${() => play(moments, i)}>
        ${isMotionReduced.matches ? "Next change" : player.isPlaying.value ? "Pause" : "Play"}
      </button>
    </div>
  </div>`;
}

/** The moments at which another digit became the likeliest, but for the first touches. @param {Moment[]} moments */
function changes(moments) {
  return moments.flatMap((moment, i) =>
    i && moment.digit !== moments[i - 1].digit && progress(moment) >= FIRST_CHANGE ? [i] : [],
  );
}

/** @param {Moment[]} moments @param {number} i */
const describe = (moments, i) =>
  `at ${percent(progress(moments[i]), 0)}: ${moments[i - 1].digit} → ${moments[i].digit}`;

/** @param {Moment[]} moments @param {number} shown */
function changesOf(moments, shown) {
  const found = changes(moments);
  const latest = found.filter((i) => i <= shown).pop();
  const last = moments[moments.length - 1];
  return html`<h3>${found.length ? "The answer changed" : `${last.digit} almost from the start`}</h3>
    <ol class="replay-changes buttons" aria-label="Changes of the answer">
      ${found.map(
        (i) =>
          html`<li>
            <button type="button" aria-current=${i === latest ? "true" : nothing}
              @click=${() => go(across(i, moments.length))}>${describe(moments, i)}</button>
          </li>`,
      )}
    </ol>`;
}

/** The drawing before it was drawn backwards, and after. */
const backwards = signal({ before: new Uint8Array(), after: /** @type {Stroke[]} */ ([]) });

/** The strokes in reverse order, each from its end to its start. */
function drawBackwards() {
  const { strokes, ink } = drawing.value;
  const before = ink.slice();
  pad.replace(strokes.toReversed().map((stroke) => stroke.toReversed()));
  backwards.value = { before, after: drawing.value.strokes };
}

/** What came of it: the order of strokes is nothing that the network sees. */
function reversed() {
  const now = current.value;
  const { before, after } = backwards.value;
  if (!after.length || now.strokes !== after || isEmpty(now)) return "";
  const differing = now.ink.filter((tone, i) => tone !== before[i]).length;
  const same = differing ? `${differing} of ${now.ink.length} pixels differ` : "The same ink, pixel by pixel";
  return `${same}: ${answer(now)}.`;
}
