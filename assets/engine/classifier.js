/** The classifier, as model/classifier.py has it: 28 x 28 pixels to a verdict. Its probabilities agree with PyTorch's to
    about one part in a million, since PyTorch counts in float32. */
/** @import { BlankPrediction, ClassifierParts, NetworkDescription, Prediction, Steps } from "../state/types.js" */
import { argmax, softmax } from "./math.js";
import { Network, normalize } from "./network.js";
import { CANVAS_SIDE } from "./pen.js";
import { preprocess } from "./preprocessing.js";

export const DIGITS = 10;

/** @type {BlankPrediction} */
export const BLANK = Object.freeze({
  verdict: "blank",
  digit: null,
  probabilities: new Float64Array(DIGITS),
  detectorLogit: null,
  ...{ input: null, sums: null, hidden: null, logits: null },
});

/** A network in training is a new one with every frame, but its detector is always the same. @param {NetworkDescription} description */
function detectorOf(description) {
  const network = detectors.get(description) ?? new Network(description);
  detectors.set(description, network);
  return network;
}
const detectors = /** @type {WeakMap<NetworkDescription, Network>} */ (new WeakMap());

/** The network, its non-digit detector, and everything else that a prediction needs. */
export class Classifier {
  /** @param {ClassifierParts} parts */
  constructor({ network, detector, confidenceThreshold, mean, std, fingerprint }) {
    this.network = new Network(network);
    this.detector = detector ? { network: detectorOf(detector.network), threshold: detector.threshold } : null;
    this.confidenceThreshold = confidenceThreshold;
    this.mean = mean;
    this.std = std;
    this.fingerprint = fingerprint;
    this.whole = /** @type {Classifier} */ (this); // with all neurons
    this.off = /** @type {number[][]} */ ([]); // the neurons that are switched off, of each hidden layer
  }

  /** The same classifier with exactly these neurons switched off. PyTorch does not know it, so it has no fingerprint.
      @param {number[][]} off of each hidden layer @returns {Classifier} */
  without(off) {
    if (!off.some((neurons) => neurons.length)) return this.whole;
    const changes = { network: this.whole.network.without(off), off, fingerprint: undefined };
    return Object.assign(Object.create(Classifier.prototype), this.whole, changes);
  }

  /** The same classifier with noise on its network's weights, and without a fingerprint. @param {number} noise @returns {Classifier} */
  noisy(noise) {
    if (!noise) return this;
    const noisy = Object.assign(Object.create(Classifier.prototype), this.whole);
    return Object.assign(noisy, { network: this.whole.network.noisy(noise), fingerprint: undefined, whole: noisy });
  }

  /** @param {Uint8Array} image 28 x 28, preprocessed @returns {Prediction} */
  predict(image) {
    if (!image.some((tone) => tone > 0)) return BLANK;
    const pass = this.forward(image);
    const probabilities = softmax(pass.logits);
    const digit = argmax(probabilities);
    const detectorLogit = this.detector?.network.forward(pass.input).logits[0] ?? null;
    const isRejected = detectorLogit !== null && detectorLogit < (this.detector?.threshold ?? 0);
    const isSure = probabilities[digit] >= this.confidenceThreshold;
    const verdict = isRejected ? "not a digit" : isSure ? "digit" : "unsure";
    return { ...pass, verdict, digit, probabilities, detectorLogit };
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
