/** The trainings of this page: the one under way, those that are over, and that of the shared network, which is run 0. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { Settings } from "../engine/settings.js" */
/** @import { Point, Snapshot, StepReport } from "../engine/trainer.js" */
/** @import { LoadedNetwork, Prediction } from "./types.js" */
import { BLANK } from "../engine/classifier.js";
import { MEAN, STD } from "../engine/network.js";
import { asText, isSame, stepCount, widthsOf } from "../engine/settings.js";
import { isDiverging } from "../engine/trainer.js";
import { readBytes, readJson } from "../site/files.js";
import { batch, computed, signal } from "../vendor/signals-core.js";
import { offer, ownNetwork, predictWith, shared } from "./networks.js";
import { image } from "./prediction.js";
import { state } from "./state.js";
import { forget, keep, kept } from "./storage.js";
import { tell } from "./training.js";

/** `epoch` counts in fractions; `seconds` are those of training; `report` says what the last single step did. There are
 * no parameters before the first digits have arrived.
 * @typedef {{ number: number, settings: Settings, shape: Shape, state: "running" | "paused" | "done" | "stopped" | "diverged",
 *   step: number, steps: number, epoch: number, epochs: number, seconds: number, points: Point[], snapshots: Snapshot[],
 *   parameters: Float32Array | null, report?: StepReport | null }} Run */

const MOST_RUNS = 12; // in the list: memory and the browser's storage are bounded
const KEPT = 3; // of so many snapshots one is kept over a reload

/** The newest first; without the shared network's. */
export const runs = signal(/** @type {readonly Run[]} */ ([]));

/** The shared network's training, once it has been loaded. */
export const sharedRun = signal(/** @type {Run | null} */ (null));

/** Why nothing can be trained: a sentence, or "". */
export const trouble = signal("");

/** The settings that are to be trained next, one after the other. */
export const queue = signal(/** @type {readonly Settings[]} */ ([]));

/** @param {Run} run */
export const isUnderWay = ({ state: its }) => its === "running" || its === "paused";

/** The run that is under way. */
export const current = computed(() => runs.value.find(isUnderWay) ?? null);

/** The run that Train shows. */
export const shown = computed(() => {
  const number = state.run.value;
  const found = runs.value.find((run) => run.number === number);
  return found ?? (number === 0 ? null : runs.value[0]) ?? sharedRun.value;
});

/** The snapshot that it shows; null for the network as it is now. */
export const shownSnapshot = computed(() => {
  const [run, step] = [shown.value, state.moment.value];
  if (!run || step === null || step >= run.step) return null;
  return run.snapshots.findLast((snapshot) => snapshot.step <= step) ?? null;
});

/** The newest run with these settings, which another one would repeat exactly; not one that was ended. @param {Settings} settings */
export const runOf = (settings) => runs.value.find((run) => run.state !== "stopped" && isSame(run.settings, settings));

/** The validation accuracy of a run's newest snapshot; null before. @param {Run} run */
export function accuracyOf(run) {
  return run.snapshots.at(-1)?.accuracy ?? null;
}

/** Of its network, in the state. @param {Run} run */
export const nameOf = ({ number }) => `run-${number}`;

/** @param {Run} run */
export const titleOf = ({ number }) => (number ? `Run ${number}` : "Pretrained");

/** The network of a run as it is now, or as it was at a snapshot; null before there is one.
    @type {(run: Run, snapshot?: Snapshot | null) => LoadedNetwork | null} */
export function networkOf(run, snapshot = null) {
  const { number, settings, shape, parameters } = run;
  const key = snapshot ?? parameters;
  if (!key) return number ? null : shared.value;
  const title = titleOf(run) + (snapshot ? `, step ${snapshot.step.toLocaleString("en")}` : "");
  const own = number && { recipe: asText(settings), batchSize: settings.batchSize, origin: "Trained in this page" };
  const about = { steps: (snapshot ?? run).step, ...own };
  const numbers = snapshot?.network ?? { parameters };
  const network = known.get(key) ?? ownNetwork(nameOf(run), title, shape, numbers, about);
  if (network) known.set(key, network);
  return network;
}
const known = /** @type {WeakMap<object, LoadedNetwork>} */ (new WeakMap());

/** What a run makes of the drawing, as it is now, or was at a snapshot. @type {(run: Run, snapshot?: Snapshot | null) => Prediction} */
export function predictionOf(run, snapshot) {
  const network = networkOf(run, snapshot);
  if (!network) return BLANK;
  const last = predictions.get(network);
  if (last?.image === image.value) return last.prediction;
  const prediction = network.classifier.predict(image.value);
  predictions.set(network, { image: image.value, prediction });
  return prediction;
}
const predictions = /** @type {WeakMap<LoadedNetwork, { image: Uint8Array, prediction: Prediction }>} */ (
  new WeakMap()
);

let newest = 0; // a number is not given twice: the worker may still tell of a run that was deleted

/** Begin a run. @param {Settings} settings valid ones @param {boolean} [isStepped] it takes one step, and is paused */
export async function start(settings, isStepped = false) {
  const number = (newest = 1 + Math.max(newest, ...runs.value.map((run) => run.number)));
  const shape = { widths: widthsOf(settings), activation: settings.activation, mean: MEAN, std: STD };
  /** @type {Run} */
  const run = {
    ...{ number, settings, shape, state: isStepped ? "paused" : "running" },
    ...{ step: 0, steps: stepCount(settings), epoch: 0, epochs: settings.epochs, seconds: 0 },
    ...{ points: [], snapshots: [], parameters: null },
  };
  for (const old of runs.value.slice(MOST_RUNS - 1)) remove(old.number);
  batch(() => {
    endCurrent();
    trouble.value = "";
    runs.value = [run, ...runs.value];
    show(run);
  });
  try {
    const strokes = settings.penStrokes ? await readBytes("strokes.npz") : undefined;
    if (current.value?.number === number) tell({ type: "train", run: number, settings, strokes, isStepped }, listen);
  } catch (error) {
    fail(/** @type {Error} */ (error));
  }
}

/** Run all of these, one after the other. @param {readonly Settings[]} all */
export function startAll(all) {
  const [settings, ...others] = all;
  queue.value = others;
  if (settings) start(settings);
}

/** Pause the run that is under way, or let it go on. @param {"paused" | "running"} its state */
export function go(its) {
  if (current.value) update(current.value.number, { state: its });
  tell({ type: "go", state: its });
}

/** One batch of the paused run. */
export function step() {
  state.moment.value = null;
  tell({ type: "step" });
}

/** End the run that is under way; what it has learned stays in the list. */
export function reset() {
  queue.value = [];
  tell({ type: "go", state: "stopped" });
  endCurrent();
}

/** @param {number} number */
export function remove(number) {
  batch(() => {
    runs.value = runs.value.filter((run) => run.number !== number);
    if (state.run.value === number) [state.run.value, state.moment.value] = [null, null];
  });
  forget(`run-${number}`);
}

/** Show a run, and let it predict: as it is now, or as it was after a step. @param {Run} run @param {number | null} [moment] */
export function show(run, moment = null) {
  batch(() => {
    [state.run.value, state.moment.value] = [run.number, moment];
    predictWith(nameOf(run));
  });
}

let isSharedAsked = false;

/** Load the shared network's training, when it is first wanted. */
export async function loadSharedRun() {
  if (isSharedAsked || !shared.value) return;
  isSharedAsked = true;
  const { network, mean, std } = shared.value.description;
  /** @type {Snapshot[]} */
  const snapshots = await readJson("history.json").catch(() => []);
  const { step, epoch } = snapshots.at(-1) ?? { step: 0, epoch: 0 };
  sharedRun.value = {
    ...{ number: 0, settings: /** @type {any} */ (null), state: "done", seconds: 0, parameters: null },
    shape: { widths: network.widths, activation: network.activation, mean, std },
    ...{ step, steps: step, epoch, epochs: epoch, points: /** @type {any} */ (snapshots), snapshots },
  };
}

/** A run that has not learned anything yet leaves no trace. */
function endCurrent() {
  const run = current.value;
  if (!run) return;
  if (!run.step) remove(run.number);
  else update(run.number, { state: "stopped" });
}

/** @param {{ message: string }} error */
function fail({ message }) {
  trouble.value = message;
  queue.value = [];
  endCurrent();
}

/** @param {number} number @param {Partial<Run>} news */
function update(number, news) {
  runs.value = runs.value.map((run) => (run.number === number ? { ...run, ...news } : run));
  const run = runs.value.find((each) => each.number === number);
  if (!run || isUnderWay(run)) return;
  const snapshots = run.snapshots.filter((_, i, { length }) => i % KEPT === 0 || i === length - 1);
  keep(nameOf(run), { ...run, snapshots });
}

/** @param {any} message of the worker */
function listen(message) {
  const run = current.value;
  if (!run || (message.run ?? run.number) !== run.number) return;
  if (message.type === "failed") fail(message);
  if (message.type !== "progress") return;
  const { step, steps, epoch, seconds, parameters, report } = message;
  const points = [...run.points, ...message.points];
  const snapshots = [...run.snapshots, ...message.snapshots];
  const its = message.state === "done" && isDiverging(points) ? "diverged" : message.state;
  update(run.number, { state: its, step, steps, epoch, seconds, points, snapshots, parameters, report });
  if (its === "done" || its === "diverged") startAll(queue.value);
}

// The network of the run that is shown can predict.
offer(computed(() => shown.value && networkOf(shown.value, shownSnapshot.value)));

addEventListener("beforeunload", (event) => {
  if (current.value) event.preventDefault();
});

kept().then((all) => {
  const mine = new Set(runs.value.map(({ number }) => number));
  const found = /** @type {Run[]} */ ([...all].flatMap(([key, run]) => (key.startsWith("run-") ? [run] : [])));
  runs.value = [...runs.value, ...found.filter(({ number }) => !mine.has(number))].sort((a, b) => b.number - a.number);
});
