/** How well a network predicts: loss, accuracy, confusion matrix, worst mistakes, dead neurons. */
/** @import { Shape } from "./backpropagation.js" */
import { Backpropagation, PIXELS } from "./backpropagation.js";

/** Images (N x 784 tones, one after the other) and labels (N). @typedef {{ images: Uint8Array, labels: Uint8Array }} Samples */
/** A prediction with its probability. @typedef {{ label: number, predicted: number, probability: number, loss: number,
 *   image: Uint8Array }} Example */
/** `confusion[label][predicted]` counts; `examples[label][predicted]` has the EXAMPLES with the highest loss of each cell.
 *  @typedef {{ accuracy: number, confusion: number[][], examples: Example[][][] }} Report */

const AT_ONCE = 256; // images
const EXAMPLES = 24;
const DIGITS = 10;

export class Evaluator {
  /** @param {WebAssembly.Module} kernels @param {Shape} shape of the networks to evaluate */
  constructor(kernels, shape) {
    this.shape = shape;
    this._network = new Backpropagation(kernels, shape, AT_ONCE);
  }

  /** Mean loss and accuracy. @param {Float32Array} parameters in PyTorch's order @param {Samples} samples */
  evaluate(parameters, samples) {
    let [loss, correct] = [0, 0];
    this._forEach(parameters, samples, (n) => {
      loss += this._network.losses[n];
      if (this._network.predicted[n] === this._network.labels[n]) correct++;
    });
    return { loss: loss / samples.labels.length, accuracy: correct / samples.labels.length };
  }

  /** The predicted digits (N). @param {Float32Array} parameters @param {Samples} samples */
  predict(parameters, samples) {
    const predicted = new Uint8Array(samples.labels.length);
    this._forEach(parameters, samples, (n, position) => (predicted[position] = this._network.predicted[n]));
    return predicted;
  }

  /** @param {Float32Array} parameters @param {Samples} samples @returns {Report} */
  report(parameters, samples) {
    const cells = Array.from({ length: DIGITS }, () =>
      Array.from({ length: DIGITS }, () => /** @type {Example[]} */ ([])),
    );
    const last = this._network.layers.length - 1;
    this._forEach(parameters, samples, (n, position) => {
      const [label, predicted] = [this._network.labels[n], this._network.predicted[n]];
      const image = samples.images.subarray(position * PIXELS, (position + 1) * PIXELS);
      const probability = this._network.values(last, n)[predicted];
      cells[label][predicted].push({ label, predicted, probability, loss: this._network.losses[n], image });
    });
    const confusion = cells.map((row) => row.map((cell) => cell.length));
    const right = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
    const worst = (/** @type {Example[]} */ cell) => cell.sort((a, b) => b.loss - a.loss).slice(0, EXAMPLES);
    const own = (/** @type {Example} */ { image, ...example }) => ({ ...example, image: image.slice() });
    return {
      accuracy: right / samples.labels.length,
      confusion,
      examples: cells.map((row) => row.map((cell) => worst(cell).map(own))),
    };
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

/** The mistakes with the highest loss, the worst first. @param {Report} report */
export function worstMistakes({ examples }) {
  const mistakes = examples.flat(2).filter(({ label, predicted }) => label !== predicted);
  return mistakes.sort((a, b) => b.loss - a.loss).slice(0, EXAMPLES);
}
