/** How well a network predicts: loss, accuracy, confusion matrix, worst mistakes, dead neurons. */
/** @import { Shape } from "./backpropagation.js" */
import { Backpropagation } from "./backpropagation.js";
import { DIGITS, PIXELS } from "./settings.js";

/** Images (N x 784 tones, one after the other) and labels (N). @typedef {{ images: Uint8Array, labels: Uint8Array }} Samples */
/** What a network predicts for samples (N each): the digits, their probabilities, and the losses.
 *  @typedef {Samples & { predicted: Uint8Array, probabilities: Float32Array, losses: Float32Array }} Predictions */

const AT_ONCE = 256; // images
const EXAMPLES = 24;

export class Evaluator {
  /** @param {WebAssembly.Module} kernels @param {Shape} shape of the networks to evaluate */
  constructor(kernels, shape) {
    this.shape = shape;
    this._network = new Backpropagation(kernels, shape, AT_ONCE);
  }

  /** @param {Float32Array} parameters in PyTorch's order @param {Samples} samples @returns {Predictions} */
  predict(parameters, samples) {
    const { length } = samples.labels;
    const predicted = new Uint8Array(length);
    const [probabilities, losses] = [new Float32Array(length), new Float32Array(length)];
    const last = this._network.layers.length - 1;
    this._forEach(parameters, samples, (n, position) => {
      predicted[position] = this._network.predicted[n];
      probabilities[position] = this._network.values(last, n)[predicted[position]];
      losses[position] = this._network.losses[n];
    });
    return { ...samples, predicted, probabilities, losses };
  }

  /** Of each hidden layer, the neurons that none of the images activates: that is said of ReLU alone.
      @param {Float32Array} parameters @param {Samples} samples @returns {number[][]} */
  deadNeurons(parameters, samples) {
    if (this.shape.activation !== "relu") return [];
    const alive = this.shape.widths.slice(1, -1).map((width) => new Uint8Array(width));
    this._forEach(parameters, samples, (n) =>
      alive.forEach((ofLayer, layer) =>
        this._network.values(layer, n).forEach((value, i) => value > 0 && (ofLayer[i] = 1)),
      ),
    );
    return alive.map((ofLayer) => [...ofLayer.keys()].filter((neuron) => !ofLayer[neuron]));
  }

  /** @param {Float32Array} parameters @param {Samples} samples
      @param {(n: number, position: number) => void} visit image n of those at once, after the forward pass */
  _forEach(parameters, { images, labels }, visit) {
    const network = this._network;
    network.write(parameters);
    for (let first = 0; first < labels.length; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, labels.length - first);
      network.images.set(images.subarray(first * PIXELS, (first + count) * PIXELS));
      network.labels.set(labels.subarray(first, first + count));
      network.forward(count);
      for (let n = 0; n < count; n++) visit(n, first + n);
    }
  }
}

/** The share of right predictions. @param {Pick<Predictions, "labels" | "predicted">} predictions */
export function accuracy({ labels, predicted }) {
  return labels.filter((label, i) => label === predicted[i]).length / labels.length;
}

/** How often each digit was taken for each other one: counts[label][predicted].
    @param {Pick<Predictions, "labels" | "predicted">} predictions @returns {number[][]} */
export function confusionOf({ labels, predicted }) {
  const counts = Array.from({ length: DIGITS }, () => Array(DIGITS).fill(0));
  labels.forEach((label, i) => counts[label][predicted[i]]++);
  return counts;
}

/** The places of the highest losses, highest first: of the digits of one label that were taken for another one, or else of all
    mistakes. @param {Predictions} predictions @param {[label: number, predicted: number] | null} cell */
export function worst({ labels, predicted, losses }, cell) {
  const isMeant = (/** @type {number} */ i) =>
    cell ? labels[i] === cell[0] && predicted[i] === cell[1] : labels[i] !== predicted[i];
  return [...labels.keys()]
    .filter(isMeant)
    .sort((a, b) => losses[b] - losses[a])
    .slice(0, EXAMPLES);
}

/** Several samples as one. @param {Samples[]} parts @returns {Samples} a copy */
export function join(parts) {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const [images, labels] = [new Uint8Array(count * PIXELS), new Uint8Array(count)];
  let at = 0;
  for (const part of parts) {
    images.set(part.images, at * PIXELS);
    labels.set(part.labels, at);
    at += part.labels.length;
  }
  return { images, labels };
}

/** Some of the samples, in this order. @param {Samples} samples @param {Iterable<number>} positions @returns {Samples} a copy */
export function select({ images, labels }, positions) {
  const chosen = Uint32Array.from(positions);
  const copied = new Uint8Array(chosen.length * PIXELS);
  chosen.forEach((i, at) => copied.set(images.subarray(i * PIXELS, (i + 1) * PIXELS), at * PIXELS));
  return { images: copied, labels: Uint8Array.from(chosen, (i) => labels[i]) };
}
