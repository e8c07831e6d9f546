/** When did the answer change? The ten probabilities over the course of the drawing, and the drawing at each moment. */
/** @import { DigitPrediction, ForwardPass, MountContext, Stroke } from "../../state/types.js" */
import { CANVAS_SIDE, InkCanvas } from "../../engine/pen.js";
import { clip } from "../../engine/math.js";
import { preprocess } from "../../engine/preprocessing.js";
import { DIGITS } from "../../engine/settings.js";
import { slider } from "../../parts/fields.js";
import { firstPoints, pathOf } from "../../parts/ink.js";
import { answer, percent, percentIfShown } from "../../parts/numbers.js";
import { createPlayer, isMotionReduced } from "../../parts/player.js";
import "../../parts/tiles.js";
import { drawing, pad } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty, steps } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { computed, effect } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";

const DURATION = 5000; // milliseconds of a replay
const MOST_MOMENTS = 120; // beside the ends of strokes
const FIRST_CHANGE = 0.1; // of the drawing: what the first touch looks like says little
const NARROWEST = 0.05; // of the chart: a stretch that holds its digit is at least so wide

/** The drawing after some of its points: how many, and which share of all; the image, and what is predicted from it.
    @typedef {{ count: number, share: number, isStrokeEnd: boolean, image: Uint8Array } & DigitPrediction & ForwardPass} Moment */

let latest = /** @type {Moment[]} */ ([]);

/** The moments of the drawing at rest, at least two if it has strokes. */
const moments = computed(() => (drawing.value.penIsDown ? latest : (latest = momentsOf(drawing.value.strokes))));

/** @param {Stroke[]} strokes @returns {Moment[]} */
function momentsOf(strokes) {
  const points = strokes.flatMap((stroke) =>
    stroke.map((at, i) => ({ at, before: stroke[i - 1] ?? at, isStrokeEnd: i === stroke.length - 1 })),
  );
  const stride = Math.ceil(points.length / MOST_MOMENTS);
  const canvas = new InkCanvas();
  const found = points.flatMap(({ at, before, isStrokeEnd }, i) => {
    canvas.line(before, at);
    if (i % stride && !isStrokeEnd) return [];
    const image = preprocess(canvas.ink, CANVAS_SIDE, CANVAS_SIDE, steps.value);
    const prediction = active.value?.classifier.predict(image);
    if (!prediction || prediction.verdict === "blank") return [];
    return [{ count: i + 1, share: (i + 1) / points.length, isStrokeEnd, image, ...prediction }];
  });
  return found.length === 1 ? [found[0], found[0]] : found;
}

const player = createPlayer((share) => {
  state.replay.value = share;
  if (!["replay", "all"].includes(state.view.value ?? "")) player.stop();
});

/** @param {MountContext} context */
export function mount({ element }) {
  let last = drawing.peek().strokes;
  effect(() => {
    const { strokes } = drawing.value;
    if (strokes !== last) go(1); // another drawing is shown whole
    last = strokes;
  });
  view("replay", element, () => {
    const all = moments.value;
    const i = Math.round(state.replay.value * (all.length - 1));
    return html`<header class="view-head">
        <h2>When did the answer change?</h2>
        <p class="view-lead">
          Your drawing from the first touch to the last. The likeliest digit takes the largest part.
        </p>
        <button type="button" ?disabled=${!all.length || drawing.value.penIsDown} @click=${drawBackwards}>
          Draw it backwards
        </button>
      </header>
      ${
        all.length
          ? html`${course(all, i)} ${then(all[i])} ${changesOf(all, i)}`
          : html`<p class="view-lead">
              ${isEmpty(current.value) ? "Draw a digit to see its course." : "A picture has no strokes to replay."}
            </p>`
      }`;
  });
}

/** @param {number} share of the replay */
function go(share) {
  player.stop();
  state.replay.value = clip(share, 0, 1);
}

/** The probabilities as areas over the drawing, with a slider on the same scale. @param {Moment[]} all @param {number} i */
function course(all, i) {
  const last = all.length - 1;
  const text = `${percent(all[i].share, 0)} of the drawing: ${answer(all[i])}`;
  const isRejected = all.some(({ verdict }) => verdict === "not a digit");
  const words = [...changes(all).map((change) => describe(all, change)), `in the end ${answer(all[last])}`];
  return html`<ul class="quiet columns" style="--least: 3.5rem" aria-label="Probability of each digit at this moment">
      ${Array.from(
        all[i].probabilities,
        (share, digit) =>
          html`<li class="replay-digit" style="--digit: var(--digit-${digit})"><b>${digit}</b> ${percentIfShown(share)}</li>`,
      )}
    </ul>
    ${isRejected ? html`<p class="quiet">Pale: rejected as no digit.</p>` : nothing}
    <div class="chart replay-chart">
      ${areas(all, words.join(", "))}
      <b class="replay-now" style="left: ${(100 * i) / last}%"></b>
    </div>
    ${slider("Moment of the drawing", i, (moment) => go(moment / last), { max: last, step: 1, text, name: "axis-slider" })}`;
}

/** The ten probabilities of each moment as areas that fill the height together, the first digit's on top; strokes end at
    the lines; what the detector rejects is pale; each stretch of one answer has its digit on it.
    @param {Moment[]} all @param {string} description */
function areas(all, description) {
  const last = all.length - 1;
  const edges = all.map(({ probabilities }) => {
    let total = 0;
    return [0, ...Array.from(probabilities, (share) => (total += share))];
  });
  const line = (/** @type {number} */ which) => edges.map((heights, i) => `${i} ${heights[which].toFixed(4)}`);
  const stretches = all.flatMap((moment, i) => (moment.digit === all[i - 1]?.digit ? [] : [i]));
  const labels = stretches.flatMap((start, which) => {
    const end = (stretches[which + 1] ?? all.length) - 1;
    const middle = Math.round((start + end) / 2);
    const { digit } = all[start];
    const place = `left: clamp(0.75rem, ${(100 * middle) / last}%, 100% - 0.75rem); top: ${50 * (edges[middle][digit] + edges[middle][digit + 1])}%`;
    return end - start < NARROWEST * last ? [] : [html`<b class="replay-label" style=${place}>${digit}</b>`];
  });
  return html`<svg viewBox="0 0 ${last} 1" preserveAspectRatio="none" role="img" aria-label=${description}>
      ${Array.from({ length: DIGITS }, (_, digit) => {
        const outline = `M${[...line(digit), ...line(digit + 1).reverse()].join("L")}z`;
        return svg`<path class="replay-area" stroke="none" style="--digit: var(--digit-${digit})" d=${outline} />`;
      })}
      ${all.map(({ verdict, isStrokeEnd }, i) => [
        verdict === "not a digit"
          ? svg`<rect class="replay-rejected" stroke="none" x=${i - 0.5} width="1" height="1" />`
          : nothing,
        isStrokeEnd && i < last ? svg`<path class="replay-end" d="M${i} 0V1" />` : nothing,
      ])}
    </svg>
    ${labels}`;
}

/** The drawing and the network's input at a moment. @param {Moment} moment */
function then(moment) {
  const { strokes } = drawing.value;
  return html`<div class="replay-then">
    <figure>
      <figcaption>drawn until then</figcaption>
      <svg class="drawing" viewBox="0 0 ${CANVAS_SIDE} ${CANVAS_SIDE}" stroke-width="10" role="img"
        aria-label="The drawing at that moment">
        <path class="is-faint" d=${pathOf(strokes)} />
        <path d=${pathOf(firstPoints(strokes, moment.count))} />
      </svg>
    </figure>
    <figure>
      <figcaption>what the network saw</figcaption>
      <ink-image role="img" aria-label="The network’s input at that moment" .values=${moment.image}></ink-image>
    </figure>
    <div class="replay-moment outcome">
      <p>After ${percent(moment.share, 0)} of the drawing: <strong>${answer(moment)}</strong></p>
      ${isMotionReduced.matches ? nothing : playButton()}
    </div>
  </div>`;
}

function playButton() {
  const { value: at } = state.replay;
  const play = () => (player.isPlaying.value ? player.stop() : player.play(DURATION, at === 1 ? 0 : at));
  return html`<button type="button" @click=${play}>${player.isPlaying.value ? "Pause" : "Play"}</button>`;
}

/** The moments at which another digit became the likeliest, but for the first touches. @param {Moment[]} all */
function changes(all) {
  return all.flatMap(({ digit, share }, i) => (i && digit !== all[i - 1].digit && share >= FIRST_CHANGE ? [i] : []));
}

/** @param {Moment[]} all @param {number} i */
const describe = (all, i) => `at ${percent(all[i].share, 0)}: ${all[i - 1].digit} → ${all[i].digit}`;

/** @param {Moment[]} all @param {number} shown */
function changesOf(all, shown) {
  const found = changes(all);
  const latest = found.filter((i) => i <= shown).pop();
  return html`<h3>${found.length ? "The answer changed" : `${all[shown].digit} almost from the start`}</h3>
    <ol class="buttons" aria-label="Changes of the answer">
      ${found.map((i) => {
        const open = () => go(i / (all.length - 1));
        const current = i === latest ? "true" : nothing;
        return html`<li>
          <button type="button" aria-current=${current} @click=${open}>${describe(all, i)}</button>
        </li>`;
      })}
    </ol>`;
}

/** The strokes in reverse order, each from its end to its start: the same image, for the network sees no order. */
function drawBackwards() {
  pad.replace(drawing.value.strokes.toReversed().map((stroke) => stroke.toReversed()));
}
