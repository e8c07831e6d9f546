/** Fine-tuning on one person's handwriting: a copy of a network is trained further on a few of their drawings.

    A network that is only shown what is new forgets what it knew (M. McCloskey and N. J. Cohen, "Catastrophic
    Interference in Connectionist Networks", 1989). So half of what it is shown are MNIST's digits, as a rehearsal
    (A. Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995), and what it forgets all the same is
    measured.

    The drawings that a network was fine-tuned on are no fair test of it: it may know them by heart. Cross-validation tells
    what it would predict for other drawings by the same person: they are split into folds, and each fold is predicted by a
    copy that was fine-tuned on the others. */
/** @import { Shape } from "./backpropagation.js" */
/** @import { Samples } from "./evaluation.js" */
import { Evaluator, join, select } from "./evaluation.js";
import { Random } from "./random.js";
import { DEFAULTS } from "./settings.js";
import { Trainer } from "./trainer.js";

/** The fine-tuned parameters; the digits predicted for the drawings by the network as it was and as it is, and by copies
 *  that were fine-tuned on the other folds; and the same of MNIST's test digits, with their labels.
 *  @typedef {{ parameters: Float32Array, before: Uint8Array, after: Uint8Array, outOfFold: Uint8Array,
 *    mnist: { labels: Uint8Array, before: Uint8Array, after: Uint8Array } }} FineTuned */

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
  constructor(kernels, network, drawings, mnist, seed) {
    this._steps = fineTune(kernels, network, drawings, mnist, seed);
    this.isOver = false;
    /** How it stands: the share of the whole work that is done; and the result, null before the end, and if a training
        diverged. @type {{ share: number, result: FineTuned | null }} */
    this._progress = { share: 0, result: null };
  }

  get hasDiverged() {
    return this.isOver && !this._progress.result;
  }

  progress() {
    return this._progress;
  }

  /** Train on the next batch. */
  trainStep() {
    const next = this._steps.next();
    this.isOver = next.done === true;
    this._progress = next.done ? { share: 1, result: next.value } : { share: next.value, result: null };
  }
}

/** Yields the share that is done, after each batch.
    @type {(...parameters: ConstructorParameters<typeof FineTuning>) => Generator<number, FineTuned | null>} */
function* fineTune(kernels, network, drawings, mnist, seed) {
  const evaluator = new Evaluator(kernels, network.shape);
  const foldOf = foldsOf(drawings.labels, seed);
  const order = new Random(seed).permutation(mnist.training.labels.length);
  const rehearsed = select(mnist.training, order.subarray(0, REHEARSED));
  const outOfFold = new Uint8Array(drawings.labels.length);
  let parameters = network.parameters;
  // Without one fold after another; at last on all drawings.
  for (let fold = 0; fold <= FOLDS; fold++) {
    const shown = [...foldOf.keys()].filter((i) => foldOf[i] !== fold);
    const again = Array.from({ length: Math.ceil(SHOWN / shown.length) }, () => select(drawings, shown));
    const trainer = new Trainer(kernels, join([...again, rehearsed]), { ...FINE_TUNING, seed }, network);
    while (!trainer.isOver) {
      trainer.trainStep();
      yield (fold + trainer.step / trainer.steps) / (FOLDS + 1);
    }
    if (trainer.hasDiverged) return null;
    parameters = trainer.parameters;
    const { predicted } = evaluator.predict(parameters, drawings);
    foldOf.forEach((its, i) => its === fold && (outOfFold[i] = predicted[i]));
  }
  const compared = (/** @type {Samples} */ samples) => ({
    before: evaluator.predict(network.parameters, samples).predicted,
    after: evaluator.predict(parameters, samples).predicted,
  });
  return {
    parameters,
    ...compared(drawings),
    outOfFold,
    mnist: { labels: mnist.test.labels, ...compared(mnist.test) },
  };
}

/** The fold of each drawing, 0 to FOLDS - 1: at random, but each digit over as many folds as possible.
    @param {Uint8Array} labels @param {number} seed */
function foldsOf(labels, seed) {
  const byDigit = new Random(seed).permutation(labels.length).sort((a, b) => labels[a] - labels[b]);
  const foldOf = new Uint8Array(labels.length);
  byDigit.forEach((drawing, i) => (foldOf[drawing] = i % FOLDS));
  return foldOf;
}
