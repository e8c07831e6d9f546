/** What explains a prediction: gradients with respect to the input, and one step of gradient descent, as
    tests/reference.py computes them with PyTorch. */
/** @import { ForwardPass, Layer } from "../state/types.js" */
/** @import { Classifier } from "./classifier.js" */
/** @import { Network } from "./network.js" */
import { dot, softmax } from "./math.js";
import { linear } from "./network.js";

/** What the ink of each pixel adds to a weighted sum of the logits (784): gradient times ink. Biases and paper add the rest.
    @param {Classifier} classifier @param {ForwardPass} pass @param {Uint8Array} image
    @param {ArrayLike<number>} ofLogits the weight of each logit */
export function contributions({ network, std }, pass, image, ofLogits) {
  return inputGradient(network, pass, ofLogits).map((slope, i) => (slope * image[i]) / 255 / std);
}

/** How a weighted sum of the logits changes with each of the 784 inputs.
    @param {Network} network @param {ForwardPass} pass @param {ArrayLike<number>} ofLogits */
export function inputGradient(network, pass, ofLogits) {
  return backward(network.layers[0], gradients(network, pass, ofLogits)[0]);
}

/** How the loss changes with each neuron's sum, layer by layer: the errors that backpropagation sends back.
    @param {Network} network @param {ForwardPass} pass @param {number} label */
export function lossGradients(network, pass, label) {
  const ofLogits = softmax(pass.logits).map((share, digit) => share - (digit === label ? 1 : 0));
  return gradients(network, pass, ofLogits);
}

/** The network after one more step of plain gradient descent on one image alone: from an input to logits.
    @param {Network} network @param {ForwardPass} pass of the image @param {number} label @param {number} learningRate
    @returns {(input: Float64Array) => Float64Array} */
export function afterOneStep(network, pass, label, learningRate) {
  const errors = lossGradients(network, pass, label);
  // A weight changes by -rate x error x input, a bias by -rate x error. So for the input `now`, a neuron's sum changes
  // by -rate x error x (before . now + 1), and no weight has to be changed to know it.
  return (other) =>
    network.layers.reduce((now, layer, i) => {
      const before = i ? pass.hidden[i - 1] : pass.input;
      const scale = learningRate * (dot(before, now) + 1);
      const sums = linear(layer, now).map((sum, neuron) => sum - scale * errors[i][neuron]);
      return i < network.layers.length - 1 ? network.activate(sums) : sums;
    }, other);
}

/** The gradients at the sums of all layers, from that at the logits, which is the last one.
    @param {Network} network @param {ForwardPass} pass @param {ArrayLike<number>} ofLogits */
export function gradients(network, pass, ofLogits) {
  const all = /** @type {Float64Array[]} */ ([Float64Array.from(ofLogits)]);
  for (let layer = network.layers.length - 1; layer > 0; layer--) {
    const slopes = network.slopes(pass.sums[layer - 1]); // with ReLU, 0 where a sum is not above 0
    all.unshift(backward(network.layers[layer], all[0]).map((value, i) => value * slopes[i]));
  }
  return all;
}

/** From the gradient at a layer's output to the one at its input: the transposed weights times it.
    @param {Layer} layer @param {ArrayLike<number>} gradient */
function backward({ inputs, outputs, weights }, gradient) {
  const sums = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    const slope = gradient[output];
    if (slope === 0) continue;
    for (let i = 0, weight = output * inputs; i < inputs; i++, weight++) sums[i] += slope * weights[weight];
  }
  return sums;
}
