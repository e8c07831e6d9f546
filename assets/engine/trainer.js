/** A training in the page, as model/training/loop.py has it: settings and digits in; weights, curves and snapshots out.
    The same settings and digits give the same weights, bit for bit, in every browser. worker.js runs it. */
/** @import { Shape } from "./backpropagation.js" */
/** @import { Samples } from "./evaluation.js" */
/** @import { Settings } from "./settings.js" */
import { Backpropagation, Optimizer } from "./backpropagation.js";
import { Evaluator, accuracy } from "./evaluation.js";
import { sum } from "./math.js";
import { MEAN, STD } from "./network.js";
import { layersOf, quantize } from "./quantization.js";
import { Random } from "./random.js";
import { PIXELS, parameterCount, widthsOf } from "./settings.js";

/** Mean loss and share of right predictions, since the point before, of what was trained on, each batch as it was before
 *  its step; `epoch` counts in fractions. @typedef {{ step: number, epoch: number, loss: number, accuracy: number }} Point */
/** The network after some steps; loss and accuracy are those of the validation digits.
 *  @typedef {{ step: number, epoch: number, loss: number, accuracy: number, network: ReturnType<typeof quantize> }} Snapshot */
/** What one step did: the loss of its batch before and after it, the length of the gradient, and the largest change of a
 *  parameter. @typedef {{ step: number, lossBefore: number, lossAfter: number, gradientLength: number,
 *    largestChange: number }} StepReport */

const POINTS_PER_DECADE = 24; // of steps
const SNAPSHOTS_PER_DECADE = 8;
// As in model/training/recipe.py:
const WARM_UP = 0.1; // share of the steps in which a one-cycle training's learning rate rises
const START = 0.04; // share of the peak that it rises from
// As in model/data/augmentation.py, at strength 1:
const [ROTATION, SHEAR, SCALE, SHIFT] = [0.17, 0.17, 0.1, 1]; // radians; pixels a pixel; logarithm; pixels
const GUESSING = Math.log(10); // the cross-entropy of ten equal probabilities

/** A one-cycle training's learning rate, as a share of the setting, when a share of all steps is done. @param {number} done 0 to 1 */
export function oneCycle(done) {
  return done < WARM_UP ? START + ((1 - START) * done) / WARM_UP : (1 - done) / (1 - WARM_UP);
}

/** The initial parameters in PyTorch's order. @param {number[]} widths @param {Settings["initialization"]} initialization
    @param {Random} random */
export function initialParameters(widths, initialization, random) {
  const parameters = new Float32Array(parameterCount(widths).parameters);
  if (initialization === "zeros") return parameters;
  for (const { inputs, weights, biases } of layersOf(parameters, widths)) {
    // nn.Linear's; or K. He et al., "Delving Deep into Rectifiers", 2015: a variance of 2 / inputs, and biases of 0
    const bound = initialization === "he" ? Math.sqrt(6 / inputs) : 1 / Math.sqrt(inputs);
    const factor = initialization === "large" ? 10 : 1;
    for (const values of initialization === "he" ? [weights] : [weights, biases]) {
      values.forEach((_, i) => (values[i] = factor * random.uniform(-bound, bound)));
    }
  }
  return parameters;
}

/** Whether a training's loss rose far above what guessing gives, and has not come back. @param {Point[]} points */
export function isDiverging(points) {
  const highest = Math.max(...points.map(({ loss }) => (Number.isFinite(loss) ? loss : Infinity)));
  return highest > 1.5 * GUESSING && !(points[points.length - 1].loss < 0.95 * GUESSING);
}

/** The steps up to a number of them at which something is to happen: all at first, then so many in each power of ten.
    @param {number} steps @param {number} perDecade @returns {Set<number>} the last one included */
function logarithmicSteps(steps, perDecade) {
  const series = new Set([steps]);
  let step = 1;
  for (let i = 0; step < steps; i++, step = Math.round(10 ** (i / perDecade))) series.add(step);
  return series;
}

export class Trainer {
  /**
   * @param {WebAssembly.Module} kernels
   * @param {Samples} samples to train on
   * @param {Settings} settings valid ones; `digits` counts for nothing here, as the samples are given
   * @param {{ parameters: Float32Array, shape: Shape }} [from] a network to train further, in place of a new one
   */
  constructor(kernels, samples, settings, from) {
    const { batchSize, epochs, initialization, activation, optimizer } = settings;
    this.settings = settings;
    this.stepsPerEpoch = Math.ceil(samples.labels.length / batchSize);
    this.steps = epochs * this.stepsPerEpoch;
    this.step = 0; // steps done
    this.hasDiverged = false;
    /** @type {Shape} */
    this.shape = from?.shape ?? { widths: widthsOf(settings), activation, mean: MEAN, std: STD };
    /** @type {Point[]} */
    this.points = [];
    this._samples = samples;
    this._random = new Random(settings.seed);
    this._network = new Backpropagation(kernels, this.shape, batchSize);
    this._network.write(from?.parameters ?? initialParameters(this.shape.widths, initialization, this._random));
    this._optimizer = new Optimizer(this._network, optimizer);
    this._evaluator = new Evaluator(kernels, this.shape);
    this._order = new Uint32Array(); // of this epoch's samples
    this._since = { loss: 0, correct: 0, count: 0 }; // the last point
    this._pointSteps = logarithmicSteps(this.steps, POINTS_PER_DECADE);
    this._snapshotSteps = logarithmicSteps(this.steps, SNAPSHOTS_PER_DECADE);
    /** What snapshots will be made of. @type {{ step: number, epoch: number, parameters: Float32Array }[]} */
    this._unmeasured = [];
    /** What the last step did, if it was to be reported. @type {StepReport | null} */
    this._report = null;
    this._takeSnapshot();
  }

  get epoch() {
    return this.step / this.stepsPerEpoch;
  }

  get isOver() {
    return this.hasDiverged || this.step === this.steps;
  }

  /** All parameters in PyTorch's order: layer by layer, weights (outputs x inputs), then biases. */
  get parameters() {
    return this._network.read();
  }

  /** Train on the next batch. */
  trainStep() {
    const count = this._loadBatch();
    const network = this._network;
    network.forward(count);
    this._count(count);
    network.backward(count);
    const { learningRate, isOneCycle } = this.settings;
    this._optimizer.step(learningRate * (isOneCycle ? oneCycle(this.step / this.steps) : 1));
    this.step++;
    if (this._pointSteps.has(this.step) || this.hasDiverged) this._addPoint();
    if (this._snapshotSteps.has(this.step) && !this.hasDiverged) this._takeSnapshot();
    return count;
  }

  /** The same; what it did is in the next progress. */
  reportStep() {
    const network = this._network;
    const before = network.read();
    const count = this.trainStep();
    const lossBefore = mean(network.losses.subarray(0, count));
    network.forward(count); // the batch is still there
    const lossAfter = mean(network.losses.subarray(0, count));
    const gradientLength = Math.sqrt(network.readGradient().reduce((sum, slope) => sum + slope * slope, 0));
    const largestChange = network.read().reduce((most, now, i) => Math.max(most, Math.abs(now - before[i])), 0);
    this._report = { step: this.step, lossBefore, lossAfter, gradientLength, largestChange };
  }

  /** How it stands. Points and snapshots are those since the last time; snapshots wait for the validation digits.
      @param {Samples | null} validation */
  progress(validation) {
    const { step, steps, epoch, parameters, _report: report } = this;
    const unmeasured = validation ? this._unmeasured.splice(0) : [];
    const snapshots = unmeasured.map(({ parameters, ...at }) => {
      const predictions = this._evaluator.predict(parameters, /** @type {Samples} */ (validation));
      const figures = { loss: mean(predictions.losses), accuracy: accuracy(predictions) };
      return { ...at, ...figures, network: quantize(parameters, this.shape.widths) };
    });
    return { step, steps, epoch, parameters, report, points: this.points.splice(0), snapshots };
  }

  /** Copy the next batch to the network; returns how many images it has. */
  _loadBatch() {
    const { batchSize, augmentation } = this.settings;
    const { images, labels } = this._samples;
    const first = (this.step % this.stepsPerEpoch) * batchSize;
    if (!first) this._order = this._random.permutation(labels.length);
    const batch = this._order.subarray(first, first + batchSize);
    batch.forEach((sample, n) => {
      this._network.images.set(images.subarray(sample * PIXELS, (sample + 1) * PIXELS), n * PIXELS);
      this._network.labels[n] = labels[sample];
      const map = () => [ROTATION, SHEAR, SCALE, SHIFT, SHIFT].map((most) => this._random.uniform(-most, most));
      if (augmentation) this._network.augment(n, map());
    });
    return batch.length;
  }

  /** @param {number} count images of the batch, after the forward pass */
  _count(count) {
    const { losses, predicted, labels } = this._network;
    for (let n = 0; n < count; n++) {
      this._since.loss += losses[n];
      if (predicted[n] === labels[n]) this._since.correct++;
    }
    this._since.count += count;
    this.hasDiverged = !Number.isFinite(this._since.loss);
  }

  _addPoint() {
    const { loss, correct, count } = this._since;
    this.points.push({ step: this.step, epoch: this.epoch, loss: loss / count, accuracy: correct / count });
    this._since = { loss: 0, correct: 0, count: 0 };
  }

  _takeSnapshot() {
    const { step, epoch, parameters } = this;
    this.hasDiverged = !parameters.every(Number.isFinite);
    if (!this.hasDiverged) this._unmeasured.push({ step, epoch, parameters });
  }
}

/** @param {Float32Array} values */
function mean(values) {
  return sum(values) / values.length;
}
