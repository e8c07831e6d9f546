/** The network, as model/network.py has it: hidden layers, each with an activation function, then logits. */
/** @import { ForwardPass, Layer, NetworkDescription } from "../state/types.js" */
import { dot } from "./math.js";
import { array, dequantize, layersOf } from "./quantization.js";
import { Random } from "./random.js";

export const MEAN = 0.1307; // of MNIST's training pixels, scaled to 0..1
export const STD = 0.3081;

/** The value of each activation function at a neuron's sum, and its slope there. */
const ACTIVATIONS = {
  relu: { value: relu, slope: (/** @type {number} */ sum) => (sum > 0 ? 1 : 0) },
  leaky_relu: {
    value: (/** @type {number} */ sum) => (sum > 0 ? sum : 0.01 * sum),
    slope: (/** @type {number} */ sum) => (sum > 0 ? 1 : 0.01),
  },
  tanh: { value: Math.tanh, slope: (/** @type {number} */ sum) => 1 - Math.tanh(sum) ** 2 },
  sigmoid: { value: sigmoid, slope: (/** @type {number} */ sum) => sigmoid(sum) * (1 - sigmoid(sum)) },
  none: { value: (/** @type {number} */ sum) => sum, slope: () => 1 },
};

export class Network {
  /** @param {NetworkDescription} description */
  constructor(description) {
    this.description = description;
    this.activation = description.activation;
    /** All parameters in PyTorch's order, a copy. */
    this.parameters = new Float32Array(
      "parameters" in description ? array(description.parameters, Float32Array) : dequantize(description),
    );
    this.layers = layersOf(this.parameters, description.widths);
  }

  /** A copy with noise on its weights, the same noise each time: normally distributed, with a standard deviation of
      `noise` times that of the layer's weights. @param {number} noise */
  noisy(noise) {
    const copy = new Network({ ...this.description, parameters: this.parameters });
    for (const { weights } of copy.layers) {
      const scale = noise * Math.sqrt(dot(weights, weights) / weights.length);
      normals(weights.length).forEach((normal, i) => (weights[i] += scale * normal));
    }
    return copy;
  }

  /** A copy with some hidden neurons switched off: their sums are 0. @param {number[][]} off of each hidden layer */
  without(off) {
    const copy = new Network({ ...this.description, parameters: this.parameters });
    copy.layers.forEach(({ inputs, weights, biases }, layer) => {
      for (const neuron of off[layer] ?? []) {
        weights.fill(0, neuron * inputs, (neuron + 1) * inputs);
        biases.fill(0, neuron, neuron + 1);
      }
    });
    return copy;
  }

  /** Whether each logit is a weighted sum of the pixels as long as no neuron crosses 0. */
  get isPiecewiseLinear() {
    return !["tanh", "sigmoid"].includes(this.activation);
  }

  /** @param {Float64Array} input a normalized image (784) @returns {ForwardPass} */
  forward(input) {
    const [sums, hidden] = [/** @type {Float64Array[]} */ ([]), /** @type {Float64Array[]} */ ([])];
    let values = input;
    for (const layer of this.layers.slice(0, -1)) {
      const its = linear(layer, values);
      values = this.activate(its);
      sums.push(its);
      hidden.push(values);
    }
    return { input, sums, hidden, logits: linear(this.layers[this.layers.length - 1], values) };
  }

  /** What neurons of a hidden layer with these sums pass on. @param {Float64Array} sums */
  activate(sums) {
    return sums.map(ACTIVATIONS[this.activation].value);
  }

  /** The slope of the activation function at each sum. @param {Float64Array} sums */
  slopes(sums) {
    return sums.map(ACTIVATIONS[this.activation].slope);
  }
}

/** Tones, 0 to 255, to the network's input. @param {ArrayLike<number>} image @param {number} mean @param {number} std */
export function normalize(image, mean, std) {
  const input = new Float64Array(image.length);
  for (let i = 0; i < image.length; i++) input[i] = (image[i] / 255 - mean) / std;
  return input;
}

/** Weights times input, plus biases. @param {Layer} layer @param {Float64Array} input */
export function linear({ inputs, outputs, weights, biases }, input) {
  const sums = new Float64Array(outputs);
  for (let output = 0, weight = 0; output < outputs; output++) {
    let sum = biases[output]; // a local variable: writing to the array each time takes twice as long
    for (let i = 0; i < inputs; i++, weight++) sum += weights[weight] * input[i];
    sums[output] = sum;
  }
  return sums;
}

/** @param {number} value */
export function relu(value) {
  return value > 0 ? value : 0;
}

/** @param {number} value */
function sigmoid(value) {
  return 1 / (1 + Math.exp(-value));
}

const kept = /** @type {Map<number, Float32Array>} */ (new Map());

/** So many normally distributed numbers, the same each time (G. E. P. Box and M. E. Muller, 1958). @param {number} count */
function normals(count) {
  const random = new Random(count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform(0, 1))) * Math.cos(random.uniform(0, 2 * Math.PI));
  const numbers = kept.get(count) ?? Float32Array.from({ length: count }, normal);
  kept.set(count, numbers);
  return numbers;
}
