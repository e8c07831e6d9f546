/**
 * The worker in which networks are trained, one at a time: it holds the trainer, and MNIST once it is needed. A
 * worker's loop is not slowed down in a hidden tab.
 *
 * Messages to it, in which parameters are a Float32Array in PyTorch's order, and `run` is any name:
 *
 *   { type: "setup", kernels, mnist }    the first one: the bytes of kernels.wasm; and where MNIST is, mnist.js's Place
 *   { type: "train", run, settings, strokes?, isStepped? }    a new training in place of the present one, if there is one;
 *       `strokes` are the bytes of strokes.npz, for settings with pen strokes; `isStepped` takes one step
 *   { type: "fine-tune", run, parameters, shape, drawings, seed }    drawings are evaluation.js's Samples
 *   { type: "go", state }    "running", "paused" or "stopped", which is the end
 *   { type: "step" }    one batch of a paused training
 *   { type: "evaluate", run, parameters, shape, digits }    on the test digits; dead neurons are looked for on so many
 *       training digits
 *
 * Messages from it:
 *
 *   { type: "loading", loaded, total }    bytes of MNIST
 *   { type: "progress", run, state, seconds, ... }    what Trainer's or FineTuning's `progress` gives, from when the digits
 *       are there, at most once a frame, and whenever the state changes: "running", "paused", "done", "stopped" or
 *       "diverged". `seconds` are without pauses
 *   { type: "evaluated", run, predictions, deadNeurons }    evaluation.js's Predictions; of each hidden layer
 *   { type: "failed", run, message }    a sentence: MNIST can't be loaded, say
 */
/** @import { Samples } from "./evaluation.js" */
import { compileKernels } from "./backpropagation.js";
import { Evaluator, join } from "./evaluation.js";
import { FineTuning } from "./finetuning.js";
import { filesAt, MNIST } from "./mnist.js";
import { drawDigits } from "./strokes.js";
import { Trainer } from "./trainer.js";

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
  setup(message) {
    kernels = compileKernels(message.kernels);
    kernels.catch(() => {}); // said when a training asks for them
    mnist = new MNIST(filesAt(message.mnist), (loaded, total) => postMessage({ type: "loading", loaded, total }));
  },

  train({ run, settings, strokes, isStepped = false }) {
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

  async evaluate({ run, parameters, shape, digits }) {
    const evaluator = new Evaluator(await kernels, shape);
    const predictions = evaluator.predict(parameters, await mnist.test());
    const deadNeurons = evaluator.deadNeurons(parameters, await mnist.training(digits));
    postMessage({ type: "evaluated", run, predictions, deadNeurons });
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

/** One batch, which may be the last. @param {Job} mine */
async function step(mine) {
  const { trainer } = mine;
  if (!(trainer instanceof Trainer) || trainer.isOver) return;
  trainer.reportStep();
  if (trainer.isOver) await end(mine, trainer);
  else report(mine);
}

/** @param {Job} mine @param {Trainer | FineTuning} trainer */
async function end(mine, trainer) {
  validation = await mnist.validation(); // to measure the last snapshot
  if (mine.state !== "stopped") mine.state = trainer.hasDiverged ? "diverged" : "done";
  report(mine);
}

/** Post how a job stands, once it has begun. @param {Job} mine */
function report(mine) {
  const { run, state, seconds, trainer } = mine;
  if (!trainer || mine !== job) return;
  posted = performance.now();
  postMessage({ type: "progress", run, state, seconds, ...trainer.progress(validation) });
}

const { port1, port2 } = new MessageChannel();

/** Let the messages in that have arrived meanwhile; unlike a timer, in no time. @returns {Promise<void>} */
function otherMessages() {
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}
