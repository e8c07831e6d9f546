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
 *   { type: "train", run, settings, strokes?, isStepped? }    a new training in place of the present one, if there is one;
 *       `run` is any name; `strokes` are the bytes of strokes.npz, for settings with pen strokes; `isStepped` takes one step
 *   { type: "fine-tune", run, parameters, shape, drawings, seed }    drawings are samples
 *   { type: "go", state }    "running", "paused" or "stopped", which is the end
 *   { type: "step" }    one batch of a paused training
 *   { type: "evaluate", run, parameters, shape, on, digits? }    on the "validation" or the "test" digits; dead neurons are
 *       looked for on so many training digits
 *
 * Messages from it:
 *
 *   { type: "loading", loaded, total }    bytes of MNIST
 *   { type: "progress", run, state, step, steps, epoch, seconds, points, snapshots, parameters }
 *       from when the digits are there, at most once a frame, and whenever the state changes: "running", "paused", "done",
 *       "stopped" or "diverged". `epoch` counts in fractions, `seconds` without pauses; `points` and `snapshots` (trainer.js
 *       has both types) are those that are new. A snapshot comes once it is measured, the last one with "done"
 *   { type: "step", run, report }    after a step: trainer.js's StepReport; its "progress" follows
 *   { type: "fine-tuning", run, state, share, result }    the same of a fine-tuning; finetuning.js's FineTuned, null before
 *   { type: "evaluated", run, report, deadNeurons }    evaluation.js's Report; of each hidden layer, or [] without ReLU
 *   { type: "failed", run, message }    a sentence: MNIST can't be loaded, say
 */
/** @import { Samples } from "./evaluation.js" */
/** @import { Settings } from "./settings.js" */
import { compileKernels } from "./backpropagation.js";
import { Evaluator, join } from "./evaluation.js";
import { FineTuning } from "./finetuning.js";
import { filesAt, filesAtHand, MNIST } from "./mnist.js";
import { drawDigits } from "./strokes.js";
import { Trainer } from "./trainer.js";

/** @typedef {{ kernels: ArrayBuffer, mnist: string | Record<string, Uint8Array<ArrayBuffer>> }} Setup */
/** A training. @typedef {{ run: unknown, trainer: Trainer | FineTuning | null, seconds: number, isWorking: boolean,
 *   state: "running" | "paused" | "done" | "stopped" | "diverged" }} Job */

const SLICE = 8; // milliseconds of training between messages
const FRAME = 1000 / 60; // milliseconds

/** @type {Promise<WebAssembly.Module>} */
let kernels;
/** @type {MNIST} */
let mnist;
/** MNIST's, once they are there. @type {Samples | null} */
let validation = null;
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

  train(/** @type {{ run: unknown, settings: Settings, strokes?: Uint8Array, isStepped?: boolean }} */ message) {
    const { run, settings, strokes, isStepped = false } = message;
    return start(run, isStepped, async () => {
      const digits = await mnist.training(settings.digits);
      const all = strokes ? join([digits, await drawDigits(strokes, settings.seed)]) : digits;
      mnist.validation().then(
        (digits) => (validation = digits),
        () => {}, // said at the end
      );
      return new Trainer(await kernels, all, settings);
    });
  },

  "fine-tune"({ run, parameters, shape, drawings, seed }) {
    return start(run, false, async () => {
      const digits = { training: await mnist.training(Infinity), test: await mnist.test() };
      return new FineTuning(await kernels, { parameters, shape }, drawings, digits, seed);
    });
  },

  go({ state }) {
    if (job?.state !== "running" && job?.state !== "paused") return;
    job.state = state;
    return proceed(job);
  },

  step() {
    return job?.state === "paused" ? step(job) : undefined;
  },

  async evaluate({ run, parameters, shape, on, digits = 0 }) {
    const samples = on === "test" ? await mnist.test() : await mnist.validation();
    const evaluator = new Evaluator(await kernels, shape);
    const report = evaluator.report(parameters, samples);
    const deadNeurons = digits ? evaluator.deadNeurons(parameters, await mnist.training(digits)) : [];
    postMessage({ type: "evaluated", run, report, deadNeurons });
  },
};

addEventListener("message", async ({ data }) => {
  const { type, run = job?.run } = data;
  try {
    await handlers[type](data);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (run === job?.run) job = null;
    postMessage({ type: "failed", run, message });
  }
});

/** Begin a job in place of the present one. @param {unknown} run @param {boolean} isStepped
    @param {() => Promise<Trainer | FineTuning>} begin */
async function start(run, isStepped, begin) {
  /** @type {Job} */
  const mine = { run, trainer: null, state: isStepped ? "paused" : "running", seconds: 0, isWorking: false };
  job = mine;
  mine.trainer = await begin();
  if (isStepped) await step(mine);
  await proceed(mine); // it may have been told to go on meanwhile
}

/** Go on as the state says. @param {Job} mine */
async function proceed(mine) {
  report(mine);
  const { trainer } = mine;
  if (!trainer || mine.isWorking) return;
  mine.isWorking = true;
  while (mine === job && mine.state === "running" && !trainer.isOver) {
    const began = performance.now();
    do trainer.trainStep();
    while (!trainer.isOver && performance.now() - began < SLICE);
    mine.seconds += (performance.now() - began) / 1000;
    if (trainer.isOver) await end(mine, trainer);
    else if (performance.now() - posted >= FRAME) report(mine);
    await otherMessages();
  }
  mine.isWorking = false;
}

/** @param {Job} mine @param {Trainer | FineTuning} trainer */
async function end(mine, trainer) {
  if (trainer instanceof Trainer) validation = await mnist.validation(); // to measure the last snapshot
  if (mine.state !== "stopped") mine.state = trainer.hasDiverged ? "diverged" : "done";
  report(mine);
}

/** One batch, which may be the last. @param {Job} mine */
async function step(mine) {
  const { run, trainer } = mine;
  if (!(trainer instanceof Trainer) || trainer.isOver) return;
  postMessage({ type: "step", run, report: trainer.reportStep() });
  if (trainer.isOver) await end(mine, trainer);
  else report(mine);
}

/** Post how a job stands, once it has begun. @param {Job} mine */
function report(mine) {
  const { run, state, seconds, trainer } = mine;
  if (!trainer || mine !== job) return;
  posted = performance.now();
  if (trainer instanceof FineTuning) {
    postMessage({ type: "fine-tuning", run, state, share: trainer.share, result: trainer.result });
    return;
  }
  const { step, steps, epoch, parameters } = trainer;
  const snapshots = validation ? trainer.measureSnapshots(validation) : [];
  const points = trainer.points.splice(0);
  const progress = { run, state, step, steps, epoch, seconds, points, snapshots, parameters };
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
