/** Train: the chapter's network learns in the page, to be watched, paused, stepped and scrubbed back. */
/** @import { Snapshot } from "../../engine/trainer.js" */
/** @import { YAxis } from "../../parts/chart.js" */
/** @import { Layer, MountContext } from "../../state/types.js" */
/** @import { Run } from "../../state/runs.js" */
import { clip } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { isSame } from "../../engine/settings.js";
import { ACCURACY, LOSS, placeOf, spread, stepAxis, stepChart } from "../../parts/chart.js";
import { slider } from "../../parts/fields.js";
import { grouped, number, percent, brief } from "../../parts/numbers.js";
import { view } from "../../state/painting.js";
import * as training from "../../state/runs.js";
import { state } from "../../state/state.js";
import { loading } from "../../state/training.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { verdict } from "./experiments.js";
import { form, problem, settings } from "./form.js";
import { list } from "./list.js";
import { opened } from "./open.js";
import { result } from "./result.js";

const { current, shown, shownSnapshot } = training;

/** @param {MountContext} context */
export function mount({ element }) {
  view("train", element, () => {
    training.loadSharedRun();
    return html`<h2 class="sr-only">Train a network</h2>
      ${transport()} ${form(train)} ${verdict()} ${learning()} ${list()} ${result()} ${opened()}`;
  });
}

/** Train, or take one step: with the run that is paused; or with a new one, if the settings are other ones than its own.
    @param {boolean} isStep */
function train(isStep) {
  const run = current.value;
  if (!run || !isSame(run.settings, settings.value)) training.start(settings.value, isStep);
  else if (isStep) training.step();
  else training.go("running");
}

function transport() {
  const run = current.value;
  const isGoing = run !== null && run.state !== "paused";
  const isWrong = problem.value !== "";
  const words = training.trouble.value || explanation(run ?? shown.value);
  return html`<div class="buttons train-transport" style="--control: 2.75rem">
      ${
        isGoing
          ? html`<button type="button" class="is-main" @click=${() => training.go("paused")}>Pause</button>`
          : html`<button type="submit" form="train-form" class="is-main" ?disabled=${isWrong}>Train</button>`
      }
      <button type="submit" form="train-form" value="step" ?disabled=${isGoing || isWrong}>Step</button>
      <button type="button" ?disabled=${!run} @click=${training.reset}>Reset</button>
      <div class="train-progress">${progress(run ?? shown.value)}</div>
    </div>
    ${words ? html`<p role="alert">${words}</p>` : nothing}`;
}

/** How far a run is. @param {Run | null} run */
function progress(run) {
  if (!run) return nothing;
  const { step, steps, epoch, epochs } = run;
  const accuracy = training.accuracyOf(run);
  const words = [
    training.titleOf(run),
    `epoch ${Math.min(Math.floor(epoch) + 1, epochs)} of ${epochs}`,
    accuracy !== null && `validation accuracy ${percent(accuracy)}`,
    run.state === "paused" && "paused",
    run.state === "stopped" && "ended by Reset",
  ];
  return html`<p class="buttons">
      <b>Step ${grouped(step)}</b>
      <span role="status">${words.filter(Boolean).join(" · ")}</span>
    </p>
    ${download() || html`<i class="bar is-ink" style="--share: ${step / (steps || 1)}"></i>`}
    <p aria-live="polite">${did(run)}</p>`;
}

/** How much of MNIST has arrived, while it does. */
function download() {
  if (!loading.value) return null;
  const { loaded, total } = loading.value;
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  return html`<p>
    <progress max=${total} value=${loaded} aria-label="Loading MNIST"></progress>
    MNIST: ${megabytes(loaded)} of ${megabytes(total)} MB
  </p>`;
}

/** What the last single step of a run did; or how fast it is. @param {Run} run */
function did({ report, state, step, seconds, settings }) {
  if (report?.step === step) {
    return html`Loss of this batch ${number(report.lossBefore, 3)} → ${number(report.lossAfter, 3)} · length of the
    gradient ${number(report.gradientLength)} · largest change of a parameter ${brief(report.largestChange)}`;
  }
  if (state !== "running" || !seconds) return nothing;
  return `${grouped(Math.round((step * settings.batchSize) / seconds / 1000) * 1000)} digits a second`;
}

/** Why a run failed. @param {Run | null} run */
function explanation(run) {
  if (run?.state !== "diverged") return "";
  const highest = Math.max(...run.points.map(({ loss }) => loss).filter(Number.isFinite));
  return (
    `Run ${run.number} diverged: its loss rose to ${brief(highest)}, above the 2.30 of guessing, as its steps overshot. ` +
    `Try a lower learning rate than ${run.settings.learningRate}.`
  );
}

/** What the run that is shown has learned, all over one axis of steps. */
function learning() {
  const run = shown.value;
  if (!run) return nothing;
  const others = training.runs.value.filter((other) => other !== run && other.step > 0);
  const last = Math.max(...[run, ...others].map((each) => (training.isUnderWay(each) ? each.steps : each.step)), 10);
  const at = shownSnapshot.value?.step ?? run.step;
  // Some of the snapshots, so far apart that digits fit between, and before the network as it is now.
  const places = new Set(spread([...run.snapshots.map(({ step }) => step), run.step], last));
  const moments = run.snapshots.filter(({ step }) => places.has(step));
  const curves = [
    ...others.map((each) => ({ points: each.points, name: String(each.number) })),
    { points: run.points, marks: moments, name: run.number ? String(run.number) : "", isChosen: true },
  ];
  const chart = (/** @type {string} */ title, /** @type {YAxis} */ axis) => {
    const ends = [0, -1].flatMap((i) => run.points.at(i)?.[axis.of].toFixed(3) ?? []);
    const words = ends.join(" to ") || "no step yet";
    return stepChart(curves, last, axis, at, `${title} of ${training.titleOf(run)}: ${words}`);
  };
  return html`<div class="train-learning">
    ${tiles(run)}
    <div class="train-charts stack">
      <h3>Loss <small>${run.number ? "line: training, rings: validation" : "of the validation digits"}</small></h3>
      ${chart("Loss", LOSS)}
      <h3>Accuracy</h3>
      ${chart("Accuracy", ACCURACY)} ${predictions(run, moments, last)} ${scrubber(run, last, at)}
      ${stepAxis(last)}
    </div>
  </div>`;
}

/** The weights of each neuron of the first layer, as images. @param {Run} run */
function tiles(run) {
  const network = training.networkOf(run, shownSnapshot.value)?.classifier.network;
  if (!network) return html`<div></div>`;
  const [layer] = network.layers;
  const full = !run.number ? 0.32 : run.settings.initialization === "large" ? 0.5 : 0.15;
  const isGoing = training.isUnderWay(run) && !shownSnapshot.value;
  return html`<figure class="stack">
    <h3>
      ${network.layers.length > 1 ? "Layer 1" : "The ten digits"}${isGoing ? ", taking shape" : `, step ${grouped(shownSnapshot.value?.step ?? run.step)}`}
      <small>${layer.outputs} neurons</small>
    </h3>
    <signed-image .full=${full} .values=${inOneImage(layer)} role="img"
      aria-label="The 784 weights of each of ${layer.outputs} neurons, as images"></signed-image>
    <small>
      <b class="is-up">Orange</b>: ink here raises the neuron’s sum; <b class="is-down">blue</b>:
      lowers it. Full color at ±${full}.
    </small>
  </figure>`;
}

/** The weights of all neurons in a square image, a pixel apart: one canvas is painted faster than 64. @param {Layer} layer */
function inOneImage({ outputs, weights }) {
  const columns = Math.ceil(Math.sqrt(outputs));
  const width = columns * (SIDE + 1) - 1;
  const values = new Float32Array(width ** 2);
  for (let row = 0; row < outputs * SIDE; row++) {
    const neuron = Math.floor(row / SIDE);
    const y = Math.floor(neuron / columns) * (SIDE + 1) + (row % SIDE);
    values.set(weights.subarray(row * SIDE, (row + 1) * SIDE), y * width + (neuron % columns) * (SIDE + 1));
  }
  return values;
}

/** What the network predicted at these moments. @type {(run: Run, moments: Snapshot[], last: number) => unknown} */
function predictions(run, moments, last) {
  const before = [...moments.filter(({ step }) => step < run.step), null];
  const digits = before.map((moment) => training.predictionOf(run, moment).digit);
  const final = digits.at(-1);
  if (final === null) return html`<p class="train-reads quiet">Draw a digit to see how it is classified.</p>`;
  const prediction = (/** @type {Snapshot | null} */ moment, /** @type {number} */ i) =>
    html`<span class=${digits[i] === final ? "is-final" : ""} style="--x: ${placeOf(moment?.step ?? run.step, last)}"
      >${digits[i]}</span>`;
  return html`<div class="chart-axis train-reads" role="img" aria-label="Predictions over the steps: ${digits.join(", ")}">
    <small>says</small> ${before.map(prediction)}
  </div>`;
}

/** Goes from snapshot to snapshot. @type {(run: Run, last: number, at: number) => unknown} */
function scrubber(run, last, at) {
  const steps = [...run.snapshots.map(({ step }) => step).filter((step) => step < run.step), run.step];
  const goTo = (/** @type {number} */ step) => training.show(run, step === run.step ? null : step);
  /** @param {number} place @param {HTMLInputElement} input */
  const slide = (place, input) => {
    const distance = (/** @type {number} */ step) => Math.abs(placeOf(step, last) - place);
    goTo(steps.reduce((best, step) => (distance(step) < distance(best) ? step : best)));
    input.value = String(placeOf(state.moment.value ?? run.step, last));
  };
  /** @param {KeyboardEvent} event */
  const walk = (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    goTo(steps[clip(steps.indexOf(at) + by, 0, steps.length - 1)]);
  };
  const options = { step: 0.001, text: `Step ${grouped(at)}`, name: "axis-slider" };
  return html`<div @keydown=${walk}>
    ${slider("Step of the training", placeOf(at, last), slide, options)}
  </div>`;
}
