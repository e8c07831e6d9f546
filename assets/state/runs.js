/** The trainings of this page: the one under way, those that are over, and that of the shared network, which is run 0. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { Settings } from "../engine/settings.js" */
/** @import { Point, Snapshot, StepReport } from "../engine/trainer.js" */
/** @import { ClassifierParts, Prediction, Shaping, Snapshot as SharedSnapshot } from "./types.js" */
import { BLANK, Classifier } from "../engine/classifier.js";
import { drawDigits, readStrokes } from "../engine/strokes.js";
import { argmax } from "../engine/math.js";
import { describeSettings, stepCount, widthsOf } from "../engine/settings.js";
import { MEAN, STD, isDiverging } from "../engine/trainer.js";
import { readBytes, readJson } from "../site/files.js";
import { batch, computed, effect, signal, untracked } from "../vendor/signals-core.js";
import { add, networks, predictWith, remove as removeNetwork } from "./networks.js";
import { image } from "./prediction.js";
import { state } from "./state.js";
import { forget, keep, kept } from "./storage.js";
import { listeners, tell } from "./training.js";

/** `epoch` counts in fractions; `seconds` are those of training. "waiting": for MNIST's digits.
 * @typedef {{ number: number, settings: Settings, shape: Shape, state: "waiting" | "running" | "paused" | "done" | "stopped" |
 *   "diverged", step: number, steps: number, epoch: number, epochs: number, seconds: number, points: Point[],
 *   snapshots: Snapshot[], parameters: Float32Array | null }} Run */

const MOST_RUNS = 12; // in the list: memory and the browser's storage are bounded
const GLANCES = 4; // snapshots that the door to Train shows
const PEN_STROKES = 10_000; // drawings
const KEPT = 3; // of so many snapshots one is kept over a reload

/** The newest first; without the shared network's. */
export const runs = signal(/** @type {readonly Run[]} */ ([]));

/** The shared network's training, once it has been loaded. */
export const sharedRun = signal(/** @type {Run | null} */ (null));

/** What the last single step did, until the next message. */
export const stepReport = signal(/** @type {StepReport | null} */ (null));

/** Why nothing can be trained: a sentence, or "". */
export const trouble = signal("");

/** The settings that are to be trained next, one after the other. */
export const queue = signal(/** @type {readonly Settings[]} */ ([]));

/** @param {Run} run */
export const isUnderWay = ({ state: its }) => its === "waiting" || its === "running" || its === "paused";

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

/** The validation accuracy of a run's newest measured snapshot; null before. @param {Run} run */
export function accuracyOf(run) {
  return run.snapshots.findLast(({ accuracy }) => accuracy !== null)?.accuracy ?? null;
}

/** @param {Run} run */
export const nameOf = ({ number }) => (number ? `run-${number}` : "shared");

/** @param {Run} run */
export const titleOf = ({ number }) => (number ? `Run ${number}` : "Pretrained");

/** The classifier of a run as it is now, or at a snapshot. @type {(run: Run, snapshot?: Snapshot | null) => Classifier | null} */
export function classifierOf(run, snapshot = null) {
  const shared = networks.value.get("shared");
  if (!snapshot && !run.number) return shared?.classifier ?? null;
  const key = snapshot ?? run.parameters;
  if (!shared || !key) return null;
  const found = classifiers.get(key) ?? new Classifier(partsOf(run, snapshot, shared.description));
  classifiers.set(key, found);
  return found;
}
const classifiers = /** @type {WeakMap<object, Classifier>} */ (new WeakMap());

/** What a run makes of the drawing, as it is now, or was at a snapshot. @type {(run: Run, snapshot?: Snapshot | null) => Prediction} */
export function predictionOf(run, snapshot) {
  const classifier = classifierOf(run, snapshot);
  if (!classifier) return BLANK;
  const last = predictions.get(classifier);
  if (last?.image === image.value) return last.prediction;
  const prediction = classifier.predict(image.value);
  predictions.set(classifier, { image: image.value, prediction });
  return prediction;
}
const predictions = /** @type {WeakMap<Classifier, { image: Uint8Array, prediction: Prediction }>} */ (new WeakMap());

/** @type {(run: Run, snapshot: Snapshot | null, shared: ClassifierParts) => ClassifierParts} */
function partsOf({ shape, parameters }, snapshot, { detector, confidenceThreshold }) {
  const { widths, activation, mean, std } = shape;
  const relu = activation === "relu";
  const network = /** @type {import("./types.js").NetworkDescription} */ (
    snapshot ? { ...snapshot.network, relu, activation } : { parameters, widths, relu, activation }
  );
  return { network, detector, confidenceThreshold, mean, std };
}

/** Begin a run. @param {Settings} settings valid ones @param {boolean} [isStepped] it is paused at once, and one step taken */
export async function start(settings, isStepped = false) {
  const number = 1 + Math.max(0, ...runs.value.map((run) => run.number));
  const shape = { widths: widthsOf(settings), activation: settings.activation, mean: MEAN, std: STD };
  /** @type {Run} */
  const run = {
    ...{ number, settings, shape, state: isStepped ? "paused" : "waiting" },
    ...{ step: 0, steps: stepCount(settings), epoch: 0, epochs: settings.epochs, seconds: 0 },
    ...{ points: [], snapshots: [], parameters: null },
  };
  for (const old of runs.value.slice(MOST_RUNS - 1)) remove(old.number);
  batch(() => {
    endCurrent();
    [trouble.value, stepReport.value] = ["", null];
    runs.value = [run, ...runs.value];
    show(run);
  });
  const extra = "penStrokes" in settings ? await penStrokes(settings.seed).catch(fail) : undefined;
  if (extra === null || current.value?.number !== number) return;
  const train = { type: "train", run: number, settings, extra, isPaused: current.value.state === "paused" };
  await send(...(isStepped ? [train, { type: "step" }] : [train]));
}

/** Other people's pen strokes, to be trained on beside MNIST's digits. @param {number} seed */
async function penStrokes(seed) {
  strokes ??= await readStrokes(await readBytes("strokes.npz"));
  return drawDigits(strokes, PEN_STROKES, seed);
}
let strokes = /** @type {Awaited<ReturnType<typeof readStrokes>> | undefined} */ (undefined);

/** @param {Error} error */
function fail({ message }) {
  listeners.forEach((listen) => listen({ type: "failed", message }));
  return null;
}

/** Run all of these, one after the other. @param {readonly Settings[]} all */
export function startAll(all) {
  queue.value = all;
  next();
}

function next() {
  const [settings, ...others] = queue.value;
  if (!settings) return;
  queue.value = others;
  start(settings);
}

export function pause() {
  if (current.value) update(current.value.number, { state: "paused" });
  send({ type: "pause" });
}

export function resume() {
  const run = current.value;
  if (!run) return;
  stepReport.value = null;
  update(run.number, { state: run.parameters ? "running" : "waiting" });
  send({ type: "resume" });
}

/** One batch of the paused run. */
export function step() {
  state.moment.value = null;
  send({ type: "step" });
}

/** End the run that is under way; what it has learned stays in the list. */
export function reset() {
  queue.value = [];
  stepReport.value = null;
  send({ type: "stop" });
  endCurrent();
}

/** @param {number} number */
export function remove(number) {
  if (current.value?.number === number) send({ type: "stop" });
  batch(() => {
    runs.value = runs.value.filter((run) => run.number !== number);
    removeNetwork(`run-${number}`);
    if (state.run.value === number) [state.run.value, state.moment.value] = [null, null];
  });
  forget(`run-${number}`);
}

/** Show a run, and let it predict. @param {Run} run */
export function show(run) {
  batch(() => {
    [state.run.value, state.moment.value] = [run.number, null];
    predictWith(nameOf(run));
  });
}

let isSharedAsked = false;

/** Load the shared network's training, when it is first wanted. */
export async function loadSharedRun() {
  const shared = networks.value.get("shared");
  if (isSharedAsked || !shared) return;
  isSharedAsked = true;
  const { network, mean, std } = shared.classifier;
  const widths = [784, ...network.layers.map(({ outputs }) => outputs)];
  /** @type {SharedSnapshot[]} */
  const snapshots = await readJson("history.json").catch(() => []);
  const last = snapshots.at(-1);
  sharedRun.value = {
    ...{ number: 0, settings: /** @type {any} */ (null), state: "done", seconds: 0 },
    shape: { widths, activation: "relu", mean, std },
    ...{ step: last?.step ?? 0, steps: last?.step ?? 0, epoch: last?.epoch ?? 0, epochs: last?.epoch ?? 0 },
    ...{ points: snapshots, snapshots: /** @type {any} */ (snapshots), parameters: null },
  };
}

/** @param {...{ type: string, [name: string]: unknown }} messages */
async function send(...messages) {
  await tell(...messages).catch(fail);
}

/** A run that has not learned anything yet leaves no trace. */
function endCurrent() {
  const run = current.value;
  if (!run) return;
  if (!run.step) remove(run.number);
  else update(run.number, { state: "stopped" });
}

/** @param {number} number @param {Partial<Run>} news */
function update(number, news) {
  runs.value = runs.value.map((run) => (run.number === number ? { ...run, ...news } : run));
  const run = runs.value.find((each) => each.number === number);
  if (!run || isUnderWay(run)) return;
  const snapshots = run.snapshots.filter((_, i, { length }) => i % KEPT === 0 || i === length - 1);
  keep(nameOf(run), { ...run, snapshots });
}

listeners.add((message) => {
  const run = current.value;
  if (message.type === "failed" && (message.run ?? run?.number) === run?.number) {
    trouble.value = message.message;
    queue.value = [];
    endCurrent();
  }
  if (!run || message.run !== run.number) return;
  if (message.type === "step") stepReport.value = message.report;
  if (message.type !== "progress") return;
  const { step, steps, epoch, seconds, parameters } = message;
  const points = [...run.points, ...message.points];
  const snapshots = [...run.snapshots, ...message.snapshots];
  const hasDiverged = message.state === "done" && isDiverging(points);
  const its = hasDiverged ? "diverged" : message.state;
  update(run.number, { state: its, step, steps, epoch, seconds, points, snapshots, parameters });
  if (message.state === "done" || message.state === "diverged") next();
});

// The network of the run that is shown can predict: as it is, or as it was.
const isSharedThere = computed(() => networks.value.has("shared"));
effect(() => {
  const [run, snapshot] = [shown.value, shownSnapshot.value];
  if (run && isSharedThere.value) untracked(() => offer(run, snapshot));
});

let offered = /** @type {object | null} */ (null);

/** @type {(run: Run, snapshot: Snapshot | null) => void} */
function offer(run, snapshot) {
  const isShared = !run.number;
  const key = snapshot ?? run.parameters ?? run;
  if (key === offered) return;
  offered = key;
  const shared = networks.value.get("shared")?.description;
  if (isShared && !snapshot && networks.value.has("snapshot")) {
    if (state.network.value === "snapshot") predictWith("shared");
    removeNetwork("snapshot");
  }
  if (!shared || (isShared ? !snapshot : !run.parameters)) return;
  const title = titleOf(run) + (snapshot ? `, step ${snapshot.step.toLocaleString("en")}` : "");
  const recipe = isShared ? shared.recipe : describeSettings(run.settings);
  const batchSize = run.settings?.batchSize ?? shared.batchSize;
  const name = isShared ? "snapshot" : nameOf(run);
  batch(() => {
    for (const other of networks.value.keys()) if (other.startsWith("run-") && other !== name) removeNetwork(other);
    add(name, title, {
      ...partsOf(run, snapshot, shared),
      ...{ name: title, recipe, testAccuracy: null, steps: run.step, batchSize, deadNeurons: [] },
      origin: "Trained in this page",
      shaping: isShared ? shared.shaping : shapingOf(run),
    });
    if (isShared && state.network.value === "shared") predictWith("snapshot");
  });
}

/** How a run went, at a glance, once it is over: the neuron with the largest weights took shape. @param {Run} run
    @returns {Shaping | undefined} */
function shapingOf({ state: its, points, snapshots, shape: { widths } }) {
  if (its !== "done" || widths.length < 3 || snapshots.length < GLANCES) return undefined;
  const { scales } = snapshots[snapshots.length - 1].network;
  const row = argmax(scales.subarray(0, widths[1]));
  const weights = Array.from({ length: GLANCES }, (_, i) => {
    const { network } = snapshots[Math.round((i * (snapshots.length - 1)) / (GLANCES - 1))];
    const ofNeuron = network.weights.subarray(row * widths[0], (row + 1) * widths[0]);
    const one = Int8Array.from(ofNeuron, (weight) => (weight * network.scales[row]) / scales[row]);
    return btoa(String.fromCharCode(...new Uint8Array(one.buffer)));
  });
  return { losses: points.map(({ step, loss }) => [step, loss]), weights };
}

addEventListener("beforeunload", (event) => {
  if (current.value) event.preventDefault();
});

kept().then((all) => {
  const found = all.filter(([key]) => key.startsWith("run-")).map(([, run]) => /** @type {Run} */ (run));
  const mine = new Set(runs.value.map(({ number }) => number));
  runs.value = [...runs.value, ...found.filter(({ number }) => !mine.has(number))].sort((a, b) => b.number - a.number);
});
