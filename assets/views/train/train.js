/** Train: the chapter's network learns in the page, to be watched, paused, stepped and scrubbed back. */
/** @import { Snapshot } from "../../engine/trainer.js" */
/** @import { YAxis } from "../../parts/chart.js" */
/** @import { MountContext } from "../../state/types.js" */
/** @import { Run } from "../../state/runs.js" */
import { clip } from "../../engine/math.js";
import { placeOf, spread, stepAt, stepAxis, stepChart } from "../../parts/chart.js";
import { slider } from "../../parts/fields.js";
import { grouped, number, percent, small } from "../../parts/numbers.js";
import { createPlayer } from "../../parts/player.js";
import { active } from "../../state/networks.js";
import { paint, view } from "../../state/painting.js";
import * as training from "../../state/runs.js";
import { state } from "../../state/state.js";
import { loading } from "../../state/training.js";
import { html, nothing, render } from "../../vendor/lit-html.js";
import { experiments, verdict } from "./experiments.js";
import { form, isSame, settings, settingsProblem } from "./form.js";
import { list } from "./list.js";
import { opened } from "./open.js";
import { result } from "./result.js";
import "./weight-tiles.js";

const { current, shown, shownSnapshot, stepReport, trouble } = training;
const GUESSING = Math.log(10); // the loss of ten equal probabilities
/** @type {YAxis} */
export const LOSS = {
  ...{ low: 0.01, high: 5, isLogarithmic: true, ticks: [0.02, 0.1, 0.5, 2], format: String },
  guide: { value: GUESSING, label: "guessing" },
};
/** @type {YAxis} */
export const ACCURACY = { low: 0, high: 1, ticks: [0, 0.5, 1], format: (share) => percent(share, 0) };

/** The view's parts: each is painted for itself, as some change with every frame. */
const PARTS = [transport, form, verdict, learning, list, result, opened];

/** @param {MountContext} context */
export function mount({ element }) {
  const parts = html`<section class="view train" id="view-train" aria-labelledby="train-title">
    <h2 class="sr-only" id="train-title" tabindex="-1">Train a network</h2>
    ${PARTS.map(() => html`<div class="train-part"></div>`)}
  </section>`;
  render(parts, element);
  view("train", element, () => {
    training.loadSharedRun();
    return parts;
  });
  element.querySelectorAll(".train-part").forEach((part, i) => {
    paint(/** @type {HTMLElement} */ (part), PARTS[i], () => !element.hidden && active.value !== null);
  });
  element.addEventListener("train", train);
}

/** Go on with the run that is paused; or begin one, if the settings are other ones than its own. */
function train() {
  const run = current.value;
  if (settingsProblem.value || (run && run.state !== "paused")) return;
  if (run && isSame(run.settings, settings.value)) training.resume();
  else training.start(settings.value);
}

function step() {
  const run = current.value;
  if (run && isSame(run.settings, settings.value)) training.step();
  else training.start(settings.value, true);
}

function transport() {
  const run = current.value;
  const isGoing = run !== null && run.state !== "paused";
  const isWrong = settingsProblem.value !== "";
  const problem = trouble.value || explanation(run ?? shown.value);
  return html`<div class="train-transport">
      ${
        isGoing
          ? html`<button type="button" class="is-main" @click=${training.pause}>Pause</button>`
          : html`<button type="button" class="is-main" ?disabled=${isWrong} @click=${train}>Train</button>`
      }
      <button type="button" ?disabled=${isGoing || isWrong} @click=${step}>Step</button>
      <button type="button" ?disabled=${!run} @click=${training.reset}>Reset</button>
      ${progress(run ?? shown.value)} ${experiments()}
    </div>
    ${problem ? html`<p role="alert">${problem}</p>` : nothing}`;
}

/** @param {Run | null} run */
function progress(run) {
  if (!run) return html`<div class="train-progress"></div>`;
  const mine = run.number > 0;
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  const loads = loading.value;
  const accuracy = training.accuracyOf(run);
  const words = [
    training.titleOf(run),
    `epoch ${Math.min(Math.floor(run.epoch) + 1, run.epochs)} of ${run.epochs}`,
    accuracy !== null && `validation accuracy ${percent(accuracy)}`,
    run.state === "paused" && "paused",
    run.state === "stopped" && "ended by Reset",
  ];
  const speed = mine && run.seconds ? (run.step * run.settings.batchSize) / run.seconds : 0;
  const report = stepReport.value;
  return html`<div class="train-progress">
    <p>
      <b>Step ${grouped(run.step)}</b>
      <span role="status">${words.filter(Boolean).join(" · ")}</span>
    </p>
    ${
      loads
        ? html`<p>
            <progress max=${loads.total} value=${loads.loaded} aria-label="Loading MNIST"></progress>
            MNIST: ${megabytes(loads.loaded)} of ${megabytes(loads.total)} MB
          </p>`
        : html`<span class="track"><span style="--share: ${(run.step / (run.steps || 1)).toFixed(4)}"></span></span>`
    }
    <p class="train-step" aria-live="polite">
      ${
        report
          ? html`Loss of this batch ${number(report.lossBefore, 3)} → ${number(report.lossAfter, 3)} · length of the
            gradient ${number(report.gradientLength)} · largest change of a parameter ${small(report.largestChange)}`
          : run.state === "running" && speed
            ? `${grouped(Math.round(speed / 1000) * 1000)} digits a second`
            : nothing
      }
    </p>
  </div>`;
}

/** Why a run failed. @param {Run | null} run */
function explanation(run) {
  if (run?.state !== "diverged") return "";
  const highest = Math.max(...run.points.map(({ loss }) => loss).filter(Number.isFinite));
  return (
    `Run ${run.number} diverged: its loss rose to ${number(highest)}, above the 2.30 of guessing, as its steps overshot. ` +
    `Try a lower learning rate than ${run.settings.learningRate}.`
  );
}

/** What the run that is shown has learned, all over one axis of steps. */
function learning() {
  const run = shown.value;
  if (!run) return nothing;
  const now = shownSnapshot.value;
  const others = training.runs.value.filter((other) => other !== run && other.step > 0);
  const last = Math.max(...[run, ...others].map((each) => (training.isUnderWay(each) ? each.steps : each.step)), 10);
  const at = now?.step ?? run.step;
  const moments = momentsOf(run, last);
  /** @param {"loss" | "accuracy"} which @returns {import("../../parts/chart.js").Curve[]} */
  const curves = (which) =>
    [...others, run].map((each) => ({
      points: each.points.map((point) => [point.step, point[which] ?? NaN]),
      marks:
        each === run ? moments.flatMap((moment) => (moment[which] === null ? [] : [[moment.step, moment[which]]])) : [],
      name: each.number ? String(each.number) : "",
      isChosen: each === run,
    }));
  const words = (/** @type {string} */ title, /** @type {"loss" | "accuracy"} */ which) => {
    const [first, end] = [run.points[0]?.[which], run.points.at(-1)?.[which]];
    return first === undefined || end === undefined
      ? `${title}: no step yet`
      : `${title} of ${training.titleOf(run)}: from ${first.toFixed(3)} to ${end.toFixed(3)} after ${grouped(run.step)} steps`;
  };
  const measured = run.number ? "line: training, rings: validation" : "of the validation digits";
  return html`<div class="train-learning">
    ${tiles(run, now)}
    <div class="train-charts">
      <h3>Loss <small>${measured}</small></h3>
      ${stepChart(curves("loss"), last, LOSS, at, words("Loss", "loss"))}
      <h3>Accuracy</h3>
      ${stepChart(curves("accuracy"), last, ACCURACY, at, words("Accuracy", "accuracy"))}
      ${readings(run, moments, last)} ${replay(run, last, at)} ${stepAxis(last)}
    </div>
  </div>`;
}

/** Some of the snapshots, so far apart that digits fit between, and before the network as it is now.
    @param {Run} run @param {number} last */
function momentsOf({ snapshots, step: now }, last) {
  const steps = new Set(spread([...snapshots.map(({ step }) => step), now], last));
  return snapshots.filter(({ step }) => steps.has(step));
}

/** @param {Run} run @param {Snapshot | null} now */
function tiles(run, now) {
  const classifier = training.classifierOf(run, now);
  if (!classifier) return html`<div></div>`;
  const [layer] = classifier.network.layers;
  const hasHidden = classifier.network.layers.length > 1;
  const full = !run.number ? 0.32 : run.settings.initialization === "large" ? 0.5 : 0.15;
  return html`<figure class="train-tiles">
    <h3>
      ${hasHidden ? "Layer 1" : "The ten digits"}${training.isUnderWay(run) && !now ? ", taking shape" : `, step ${grouped(now?.step ?? run.step)}`}
      <small>${layer.outputs} neurons</small>
    </h3>
    <weight-tiles .full=${full} .layer=${layer} role="img"
      aria-label="The 784 weights of each of ${layer.outputs} neurons, as images"></weight-tiles>
    <small>
      <b class="is-up">Orange</b>: ink here raises the neuron’s sum; <b class="is-down">blue</b>:
      lowers it. Full color at ±${full}.
    </small>
  </figure>`;
}

/** What the network read in the drawing at these moments. @type {(run: Run, moments: Snapshot[], last: number) => unknown} */
function readings(run, moments, last) {
  const before = moments.filter(({ step }) => step < run.step);
  const digits = [...before, null].map((moment) => training.predictionOf(run, moment).digit);
  const final = digits.at(-1);
  const places = before.map(({ step }) => step);
  const isDrawn = final !== null;
  return html`<div class="train-reads" role="img"
    aria-label=${isDrawn ? `Read as, over the steps: ${digits.join(", ")}` : "Nothing drawn yet"}>
    <small>reads</small>
    ${
      isDrawn
        ? [...places, run.step].map(
            (step, i) =>
              html`<b class=${digits[i] === final ? "is-final" : ""} style="--x: ${placeOf(step, last)}"
                >${digits[i]}</b>`,
          )
        : html`Draw a digit to see how it is read.`
    }
  </div>`;
}

/** Plays the run that is shown from its first step on. */
const player = createPlayer({
  duration: 8000,
  show(share) {
    const run = shown.peek();
    if (run) goTo(run, stepAt(share, run.step));
  },
});

/** Show a run as it was after the snapshot nearest to a step, on the axis. @param {Run} run @param {number} step */
function goTo(run, step) {
  const distance = (/** @type {number} */ other) => Math.abs(placeOf(other, run.step) - placeOf(step, run.step));
  const steps = [...run.snapshots.map((snapshot) => snapshot.step), run.step];
  const nearest = steps.reduce((best, other) => (distance(other) < distance(best) ? other : best));
  state.moment.value = nearest === run.step ? null : nearest;
}

/** @type {(run: Run, last: number, at: number) => unknown} */
function replay(run, last, at) {
  const isPlaying = player.isPlaying.value;
  /** @param {number} share @param {HTMLInputElement} input */
  const slide = (share, input) => {
    player.stop();
    goTo(run, stepAt(share, last));
    input.value = String(placeOf(state.moment.value ?? run.step, last));
  };
  /** @param {KeyboardEvent} event */
  const walk = (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const steps = [...run.snapshots.map((snapshot) => snapshot.step).filter((step) => step < run.step), run.step];
    goTo(run, steps[clip(steps.indexOf(at) + by, 0, steps.length - 1)]);
  };
  const options = { step: 0.001, text: `Step ${grouped(at)}`, name: "axis-slider" };
  return html`<div class="train-slider">
    <button type="button" class="train-plain" aria-label=${isPlaying ? "Pause the replay" : "Replay the training"}
      @click=${() => (isPlaying ? player.stop() : player.play())}>${isPlaying ? "❚❚" : "▶"}</button>
    <div @keydown=${walk}>${slider("Step of the training", placeOf(at, last), slide, options)}</div>
  </div>`;
}
