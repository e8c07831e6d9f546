/** Weights as bytes, in multiples of one scale for each neuron, as model/quantization.py makes them. */
/** @import { QuantizedLayers } from "../state/types.js" */
import { largest, sum } from "./math.js";

const LEVELS = 127; // of a weight's magnitude, beside 0

/** @param {Float32Array} parameters layer by layer: weights, then biases @param {number[]} widths */
export function quantize(parameters, widths) {
  const neurons = sum(widths.slice(1));
  const quantized = {
    weights: new Int8Array(parameters.length - neurons),
    scales: new Float32Array(neurons),
    biases: new Float32Array(neurons),
  };
  let [at, weight, row] = [0, 0, 0];
  for (let layer = 1; layer < widths.length; layer++) {
    for (let output = 0; output < widths[layer]; output++, at += widths[layer - 1]) {
      const ofNeuron = parameters.subarray(at, at + widths[layer - 1]);
      const scale = largest(ofNeuron) / LEVELS || 1;
      quantized.scales[row + output] = scale;
      for (const value of ofNeuron) quantized.weights[weight++] = Math.round(value / scale);
    }
    quantized.biases.set(parameters.subarray(at, at + widths[layer]), row);
    at += widths[layer];
    row += widths[layer];
  }
  return { ...quantized, widths };
}

/** All parameters as float32, layer by layer: weights, then biases.
    @param {QuantizedLayers} description */
export function dequantize({ weights, scales, biases, widths }) {
  const quantized = array(weights, Int8Array);
  const [scaleOf, biasOf] = [scales, biases].map((numbers) => array(numbers, Float32Array));
  const parameters = new Float32Array(quantized.length + biasOf.length);
  let [at, weight, row] = [0, 0, 0];
  for (let layer = 1; layer < widths.length; layer++) {
    const firstRow = row;
    for (; row < firstRow + widths[layer]; row++) {
      for (let i = 0; i < widths[layer - 1]; i++) parameters[at++] = quantized[weight++] * scaleOf[row];
    }
    parameters.set(biasOf.subarray(firstRow, row), at);
    at += widths[layer];
  }
  return parameters;
}

/** Numbers as they are, or from base64 of little-endian ones.
    @template T @param {string | T} numbers @param {new (buffer: ArrayBuffer) => T} Type @returns {T} */
export function array(numbers, Type) {
  if (typeof numbers !== "string") return numbers;
  return new Type(Uint8Array.from(atob(numbers), (character) => character.charCodeAt(0)).buffer);
}
