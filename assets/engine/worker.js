/**
 * The worker in which networks are trained, one at a time: it holds the trainer, and MNIST once it is needed. A
 * worker's loop is not slowed down in a hidden tab.
 *
 * Samples are { images: Uint8Array (N x 784), labels: Uint8Array (N) }; parameters a Float32Array in PyTorch's order: layer
 * by layer, weights (outputs x inputs), then biases; a shape { widths, activation, mean, std }.
 *
 * Messages to it:
 *
 *   { type: "setup", kernels, mnist }    the first one: the bytes of kernels.wasm; and the address of the folder with MNIST's
 *       files, or, where the worker may not fetch them, the files themselves, by name
 *   { type: "train", run, settings, extra?, isPaused? }   a new training in place of the present one, if there is one;
 *       `run` is any name; `settings` are settings.js's; `extra` are samples to train on beside MNIST's; `isPaused` starts
 *       nothing yet: for "step"
 *   { type: "fine-tune", run, parameters, shape, drawings, seed }    drawings are samples
 *   { type: "pause" }, { type: "resume" }
 *   { type: "step" }    one batch of a paused training
 *   { type: "stop" }    end it where it is; Reset, too
 *   { type: "evaluate", id, parameters, shape, on, digits? }    on the "validation" or the "test" digits; dead neurons are
 *       looked for on so many training digits
 *
 * Messages from it:
 *
 *   { type: "loading", loaded, total }    bytes of MNIST
 *   { type: "progress", run, state, digits, step, steps, epoch, epochs, seconds, points, snapshots, parameters }
 *       from when the digits are there, at most once a frame, and whenever the state changes: "running", "paused", "done",
 *       "stopped" or "diverged". So many `digits` are trained on, fewer than asked for where there are no more; `epoch` counts
 *       in fractions, `seconds` without pauses; `points` and `snapshots` (trainer.js has both types) are those that are new.
 *       A snapshot comes once it is measured, the last one with "done"
 *   { type: "step", run, report }    after a "step": trainer.js's StepReport; its "progress" follows
 *   { type: "fine-tuning", run, state, share, result }    the same of a fine-tuning; finetuning.js's FineTuned, null before
 *   { type: "evaluated", id, report, deadNeurons }    evaluation.js's Report; of each hidden layer, or [] without ReLU
 *   { type: "failed", run or id, message }    a sentence: MNIST can't be loaded, settings are out of range
 */
/** @import { Samples } from "./evaluation.js" */
/** @import { Settings } from "./settings.js" */
import { compileKernels } from "./backpropagation.js";
import { Evaluator, join } from "./evaluation.js";
import { FineTuning } from "./finetuning.js";
import { filesAt, filesAtHand, MNIST } from "./mnist.js";
import { settingsError } from "./settings.js";
import { Trainer } from "./trainer.js";

/** @typedef {{ kernels: ArrayBuffer, mnist: string | Record<string, Uint8Array<ArrayBuffer>> }} Setup */
/** @typedef {"running" | "paused" | "done" | "stopped" | "diverged"} State */
/** @typedef {{ run: unknown, state: State, started: Promise<Trainer | FineTuning>, seconds: number,
 *   points: number, isWorking?: boolean }} Job `points` have been posted */

const SLICE = 8; // milliseconds of training between messages
const FRAME = 1000 / 60; // milliseconds

/** @type {Promise<WebAssembly.Module>} */
let kernels;
/** @type {MNIST} */
let mnist;
/** @type {Job | null} */
let job = null;
let posted = 0; // when the last progress was, in milliseconds

/** What each message does. @type {Record<string, (message: any) => void | Promise<void>>} */
const handlers = {
  setup(/** @type {Setup} */ setup) {
    kernels = compileKernels(setup.kernels);
    kernels.catch(() => {}); // said when a training asks for them
    const source = typeof setup.mnist === "string" ? filesAt(setup.mnist) : filesAtHand(setup.mnist);
    mnist = new MNIST(source, (loaded, total) => postMessage({ type: "loading", loaded, total }));
  },

  train(/** @type {{ run: unknown, settings: Settings, extra?: Samples, isPaused?: boolean }} */ message) {
    const { run, settings, extra, isPaused = false } = message;
    const error = settingsError(settings);
    if (error) throw new Error(error);
    return start(run, isPaused, async () => {
      const digits = await mnist.training(settings.digits);
      return new Trainer(await kernels, extra ? join([digits, extra]) : digits, settings);
    });
  },

  "fine-tune"({ run, parameters, shape, drawings, seed }) {
    return start(run, false, async () => {
      const digits = { training: await mnist.training(Infinity), test: await mnist.test() };
      return new FineTuning(await kernels, { parameters, shape }, drawings, digits, seed);
    });
  },

  async pause() {
    if (job?.state === "running") await change(job, "paused");
  },

  async resume() {
    if (job?.state === "paused") await change(job, "running");
  },

  async step() {
    if (!job || job.state !== "paused") return;
    const { run, started } = job;
    const trainer = await started;
    if (!(trainer instanceof Trainer) || trainer.isOver) return;
    postMessage({ type: "step", run, report: trainer.reportStep() });
    await report(job, trainer);
  },

  async stop() {
    if (job?.state === "running" || job?.state === "paused") await change(job, "stopped");
  },

  async evaluate({ id, parameters, shape, on, digits = 0 }) {
    const samples = on === "test" ? await mnist.test() : await mnist.validation();
    const evaluator = new Evaluator(await kernels, shape);
    const result = evaluator.report(parameters, samples);
    const deadNeurons = digits ? evaluator.deadNeurons(parameters, await mnist.training(digits)) : [];
    postMessage({ type: "evaluated", id, report: result, deadNeurons });
  },
};

addEventListener("message", async ({ data }) => {
  const { type, id, run = job?.run } = data;
  try {
    await handlers[type](data);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (id !== undefined) return postMessage({ type: "failed", id, message });
    if (run === job?.run) job = null;
    postMessage({ type: "failed", run, message });
  }
});

/** Begin a job in place of the present one. @param {unknown} run @param {boolean} isPaused
    @param {() => Promise<Trainer | FineTuning>} begin */
async function start(run, isPaused, begin) {
  const mine = {
    run,
    state: /** @type {State} */ (isPaused ? "paused" : "running"),
    started: begin(),
    seconds: 0,
    points: 0,
  };
  job = mine;
  await mine.started;
  if (job === mine) await change(mine, mine.state);
}

/** @param {Job} changed @param {State} state */
async function change(changed, state) {
  changed.state = state;
  const trainer = await changed.started;
  if (changed !== job || changed.state !== state) return;
  await report(changed, trainer);
  if (state === "running") await work(changed, trainer);
}

/** Train while nobody pauses or ends it. @param {Job} mine @param {Trainer | FineTuning} trainer */
async function work(mine, trainer) {
  if (mine.isWorking) return;
  mine.isWorking = true;
  while (mine === job && mine.state === "running") {
    const began = performance.now();
    do trainer.trainStep();
    while (!trainer.isOver && performance.now() - began < SLICE);
    mine.seconds += (performance.now() - began) / 1000;
    if (trainer.isOver) await end(mine, trainer);
    else if (performance.now() - posted >= FRAME) await report(mine, trainer);
    await otherMessages();
  }
  mine.isWorking = false;
}

/** @param {Job} mine @param {Trainer | FineTuning} trainer */
async function end(mine, trainer) {
  if (trainer instanceof Trainer) await mnist.validation(); // the last snapshot is measured before the end is told
  if (mine.state !== "stopped") mine.state = trainer.hasDiverged ? "diverged" : "done";
  await report(mine, trainer);
}

/** Post how a job stands. @param {Job} mine @param {Trainer | FineTuning} trainer */
async function report(mine, trainer) {
  const { run, state, seconds } = mine;
  posted = performance.now();
  if (trainer instanceof FineTuning) {
    postMessage({ type: "fine-tuning", run, state, share: trainer.share, result: trainer.result });
    return;
  }
  const snapshots = mnist.isComplete ? trainer.measureSnapshots(await mnist.validation()) : [];
  const { digits, step, steps, epoch, parameters } = trainer;
  const { epochs } = trainer.settings;
  const points = trainer.points.slice(mine.points);
  mine.points = trainer.points.length;
  const progress = { run, state, digits, step, steps, epoch, epochs, seconds, points, snapshots, parameters };
  postMessage({ type: "progress", ...progress }, { transfer: [parameters.buffer] });
}

const { port1, port2 } = new MessageChannel();

/** Let the messages in that have arrived meanwhile; unlike a timer, in no time. @returns {Promise<void>} */
function otherMessages() {
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}
