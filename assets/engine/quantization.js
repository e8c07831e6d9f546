/** All parameters of a network in one row; and its weights as bytes, in multiples of one scale for each neuron, as
    model/quantization.py makes them. */
/** @import { Layer, QuantizedLayers } from "../state/types.js" */
import { largest, sum } from "./math.js";

const LEVELS = 127; // of a weight's magnitude, beside 0

/** The layers of a network, as views of its parameters in PyTorch's order: layer by layer, weights, then biases.
    @param {Float32Array} parameters @param {number[]} widths of input, hidden layers and output @returns {Layer[]} */
export function layersOf(parameters, widths) {
  let at = 0;
  const next = (/** @type {number} */ count) => parameters.subarray(at, (at += count));
  return widths.slice(1).map((outputs, i) => {
    return { inputs: widths[i], outputs, weights: next(widths[i] * outputs), biases: next(outputs) };
  });
}

/** @param {Float32Array} parameters in PyTorch's order @param {number[]} widths */
export function quantize(parameters, widths) {
  const neurons = sum(widths.slice(1));
  const weights = new Int8Array(parameters.length - neurons);
  const [scales, biases] = [new Float32Array(neurons), new Float32Array(neurons)];
  let [weight, row] = [0, 0];
  for (const layer of layersOf(parameters, widths)) {
    biases.set(layer.biases, row);
    for (let i = 0; i < layer.weights.length; i += layer.inputs, row++) {
      const ofNeuron = layer.weights.subarray(i, i + layer.inputs);
      scales[row] = largest(ofNeuron) / LEVELS || 1;
      for (const value of ofNeuron) weights[weight++] = Math.round(value / scales[row]);
    }
  }
  return { widths, weights, scales, biases };
}

/** All parameters in PyTorch's order, as float32. @param {QuantizedLayers} description */
export function dequantize({ weights, scales, biases, widths }) {
  const quantized = array(weights, Int8Array);
  const [scaleOf, biasOf] = [scales, biases].map((numbers) => array(numbers, Float32Array));
  const parameters = new Float32Array(quantized.length + biasOf.length);
  let [weight, row] = [0, 0];
  for (const layer of layersOf(parameters, widths)) {
    layer.biases.set(biasOf.subarray(row, row + layer.outputs));
    for (let i = 0; i < layer.weights.length; i += layer.inputs, row++) {
      for (let j = i; j < i + layer.inputs; j++) layer.weights[j] = quantized[weight++] * scaleOf[row];
    }
  }
  return parameters;
}

/** Numbers as they are, or from base64 of little-endian ones.
    @template T @param {string | T} numbers @param {new (buffer: ArrayBuffer) => T} Type @returns {T} */
export function array(numbers, Type) {
  if (typeof numbers !== "string") return numbers;
  return new Type(Uint8Array.from(atob(numbers), (character) => character.charCodeAt(0)).buffer);
}
