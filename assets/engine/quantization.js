/** Weights as bytes, in multiples of one scale for each neuron, as model/quantization.py makes them. */
/** @import { QuantizedNetworkDescription } from "../state/types.js" */

/** All parameters as float32, layer by layer: weights, then biases. @param {QuantizedNetworkDescription} description */
export function dequantize({ weights, scales, biases, widths }) {
  const quantized = new Int8Array(bytesFromBase64(weights));
  const scaleOf = new Float32Array(bytesFromBase64(scales));
  const biasOf = new Float32Array(bytesFromBase64(biases));
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

/** @param {string} base64 */
export function bytesFromBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}
