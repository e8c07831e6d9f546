/** Fine-tuning on one person's handwriting: a copy of a network is trained further on a few of their drawings.

    A network that is only shown what is new forgets what it knew (M. McCloskey and N. J. Cohen, "Catastrophic
    Interference in Connectionist Networks", 1989). So half of what it is shown are MNIST's digits, as a rehearsal
    (A. Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995), and what it forgets all the same is
    measured.

    The drawings that a network was fine-tuned on are no fair test of it: it may know them by heart. Cross-validation tells
    what it would predict for other drawings by the same person: they are split into folds, and each fold is predicted by a
    copy that was fine-tuned on the others. */
/** @import { Shape } from "./backpropagation.js" */
/** @import { Report, Samples } from "./evaluation.js" */
import { Evaluator, join, select } from "./evaluation.js";
import { Random } from "./random.js";
import { DEFAULTS } from "./settings.js";
import { Trainer } from "./trainer.js";

/** The fine-tuned parameters; the digits predicted for the drawings by the network as it was and as it is, and by copies
 *  that were fine-tuned on the other folds; and how both predict MNIST's test digits.
 *  @typedef {{ parameters: Float32Array, before: Uint8Array, after: Uint8Array, outOfFold: Uint8Array,
 *    mnistBefore: Report, mnistAfter: Report }} FineTuned */

// Chosen with the pen strokes of other people: tests/benchmarks/finetuning.py measures them.
/** @type {import("./settings.js").Settings} */
const FINE_TUNING = { ...DEFAULTS, learningRate: 5e-4, isOneCycle: true, epochs: 1, augmentation: true };
const REHEARSED = 8_000; // of MNIST's training digits
const SHOWN = 5_000; // images of the drawings: each as often as any other, and never augmented alike
const FOLDS = 4;

export class FineTuning {
  /**
   * @param {WebAssembly.Module} kernels
   * @param {{ parameters: Float32Array, shape: Shape }} network not changed
   * @param {Samples} drawings preprocessed; FOLDS or more
   * @param {{ training: Samples, test: Samples }} mnist to rehearse, and to measure with
   * @param {number} seed of folds, augmentation, and the choice of digits to rehearse
   */
  constructor(kernels, network, drawings, mnist, seed = 0) {
    this._kernels = kernels;
    this._network = network;
    this._drawings = drawings;
    this._test = mnist.test;
    this._seed = seed;
    this._foldOf = foldsOf(drawings.labels, seed);
    this._evaluator = new Evaluator(kernels, network.shape);
    this._outOfFold = new Uint8Array(drawings.labels.length);
    const rehearsed = new Random(seed).permutation(mnist.training.labels.length).subarray(0, REHEARSED);
    this._rehearsed = select(mnist.training, rehearsed);
    this._fold = 0; // FOLDS for the last training, on all drawings
    this._trainer = this._begin();
    /** @type {FineTuned | null} */
    this.result = null;
  }

  get hasDiverged() {
    return this._trainer.hasDiverged;
  }

  get isOver() {
    return this.hasDiverged || this.result !== null;
  }

  /** The share of the whole work that is done, 0 to 1. */
  get share() {
    return (this._fold + this._trainer.step / this._trainer.steps) / (FOLDS + 1);
  }

  /** Train on the next batch; after a training's last one, predict with it. */
  trainStep() {
    const trainer = this._trainer;
    trainer.trainStep();
    if (!trainer.isOver || trainer.hasDiverged) return;
    if (this._fold === FOLDS) {
      this.result = this._compare(trainer.parameters);
      return;
    }
    const predicted = this._evaluator.predict(trainer.parameters, this._drawings);
    this._foldOf.forEach((fold, i) => fold === this._fold && (this._outOfFold[i] = predicted[i]));
    this._fold++;
    this._trainer = this._begin();
  }

  /** The next training: without one fold; or, the last one, on all drawings. */
  _begin() {
    const shown = [...this._drawings.labels.keys()].filter((i) => this._foldOf[i] !== this._fold);
    const drawings = select(this._drawings, shown);
    const again = Array.from({ length: Math.ceil(SHOWN / shown.length) }, () => drawings);
    const samples = join([...again, this._rehearsed]);
    return new Trainer(this._kernels, samples, { ...FINE_TUNING, seed: this._seed }, this._network);
  }

  /** @param {Float32Array} parameters the fine-tuned ones @returns {FineTuned} */
  _compare(parameters) {
    const [drawings, test, evaluator] = [this._drawings, this._test, this._evaluator];
    return {
      parameters,
      before: evaluator.predict(this._network.parameters, drawings),
      after: evaluator.predict(parameters, drawings),
      outOfFold: this._outOfFold,
      mnistBefore: evaluator.report(this._network.parameters, test),
      mnistAfter: evaluator.report(parameters, test),
    };
  }
}

/** The fold of each drawing, 0 to FOLDS - 1: at random, but each digit over as many folds as possible.
    @param {Uint8Array} labels @param {number} seed */
function foldsOf(labels, seed) {
  const byDigit = new Random(seed).permutation(labels.length).sort((a, b) => labels[a] - labels[b]);
  const foldOf = new Uint8Array(labels.length);
  byDigit.forEach((drawing, i) => (foldOf[drawing] = i % FOLDS));
  return foldOf;
}
