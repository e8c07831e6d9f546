/** The classifier, as model/classifier.py has it: 28 x 28 pixels to a verdict. Its probabilities agree with PyTorch's to
    about one part in a million, since PyTorch counts in float32. */
/** @import { BlankPrediction, ClassifierParts, Prediction, Steps } from "../state/types.js" */
import { argmax, softmax } from "./math.js";
import { Network, normalize } from "./network.js";
import { CANVAS_SIDE } from "./pen.js";
import { preprocess } from "./preprocessing.js";
import { DIGITS } from "./settings.js";

/** @type {BlankPrediction} */
export const BLANK = Object.freeze({
  verdict: "blank",
  digit: null,
  probabilities: new Float64Array(DIGITS),
  ...{ input: null, sums: null, hidden: null, logits: null },
});

/** The network, its non-digit detector, and everything else that a prediction needs. */
export class Classifier {
  /** @param {ClassifierParts} parts */
  constructor({ network, detector, confidenceThreshold, mean, std, fingerprint }) {
    this.network = new Network(network);
    this.detector = detector ? { ...detector, network: new Network(detector.network), mean, std } : null;
    this.confidenceThreshold = confidenceThreshold;
    this.mean = mean;
    this.std = std;
    this.fingerprint = fingerprint;
    this.whole = /** @type {Classifier} */ (this); // with all neurons
    this.off = /** @type {number[][]} */ ([]); // the neurons that are switched off, of each hidden layer
  }

  /** The same classifier with another network, or other parts. PyTorch does not know it, so it has no fingerprint.
      @param {Partial<Classifier>} changes @returns {Classifier} */
  with(changes) {
    const copy = Object.create(Classifier.prototype);
    return Object.assign(copy, this, { fingerprint: undefined, whole: copy, off: [] }, changes);
  }

  /** @param {Uint8Array} image 28 x 28, preprocessed @returns {Prediction} */
  predict(image) {
    if (!image.some((tone) => tone > 0)) return BLANK;
    const pass = this.forward(image);
    const probabilities = softmax(pass.logits);
    const digit = argmax(probabilities);
    const { detector } = this;
    const isRejected =
      detector &&
      detector.network.forward(normalize(image, detector.mean, detector.std)).logits[0] < detector.threshold;
    const isSure = probabilities[digit] >= this.confidenceThreshold;
    const verdict = isRejected ? "not a digit" : isSure ? "digit" : "unsure";
    return { ...pass, verdict, digit, probabilities };
  }

  /** The forward pass, also for an image without ink. @param {ArrayLike<number>} image 28 x 28 tones, 0 to 255 */
  forward(image) {
    return this.network.forward(normalize(image, this.mean, this.std));
  }

  /** @param {Uint8Array} ink of the pad's canvas @param {Steps} [steps] */
  predictInk(ink, steps) {
    return this.predict(preprocess(ink, CANVAS_SIDE, CANVAS_SIDE, steps));
  }
}
