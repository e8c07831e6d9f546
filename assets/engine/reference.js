/** What explains a prediction: gradients with respect to the input, and one step of gradient descent, as
    model/reference.py computes them with PyTorch. */
/** @import { ForwardPass, Layer } from "../state/types.js" */
/** @import { Classifier } from "./classifier.js" */
/** @import { Network } from "./network.js" */
import { dot, softmax, sum } from "./math.js";
import { linear, relu } from "./network.js";

/** What the ink of each pixel adds to a weighted sum of the logits (784), and the rest of it: the bias term.
    @param {Classifier} classifier @param {ForwardPass} pass @param {Uint8Array} image
    @param {ArrayLike<number>} ofLogits the weight of each logit */
export function contributions({ network, std }, pass, image, ofLogits) {
  const slopes = backward(network.layers[0], gradients(network, pass, ofLogits).gradient1);
  const shares = slopes.map((slope, i) => (slope * image[i]) / 255 / std);
  return { shares, offset: dot(pass.logits, ofLogits) - sum(shares) };
}

/** The logits of an image after one more step of plain gradient descent on it alone.
    @param {Network} network @param {ForwardPass} pass @param {number} label @param {number} learningRate */
export function afterOneStep(network, pass, label, learningRate) {
  const [first, second, last] = network.layers;
  const { input, hidden1, hidden2 } = pass;
  const errors3 = softmax(pass.logits).map((share, digit) => share - (digit === label ? 1 : 0));
  const { gradient1: errors1, gradient2: errors2 } = gradients(network, pass, errors3);
  // A weight changes by -rate x error x input, a bias by -rate x error. So for the input `now`, a neuron's sum changes
  // by -rate x error x (before . now + 1), and no weight has to be changed to know it.
  /** @type {(layer: Layer, before: Float64Array, now: Float64Array, errors: Float64Array) => Float64Array} */
  const stepped = (layer, before, now, errors) => {
    const scale = learningRate * (dot(before, now) + 1);
    return linear(layer, now).map((sum, i) => sum - scale * errors[i]);
  };
  const now1 = stepped(first, input, input, errors1).map(relu);
  const now2 = stepped(second, hidden1, now1, errors2).map(relu);
  return stepped(last, hidden2, now2, errors3);
}

/** The gradients at the hidden layers before ReLU, from that at the logits.
    @param {Network} network @param {ForwardPass} pass @param {ArrayLike<number>} ofLogits */
function gradients({ layers: [, second, last] }, { pre1, pre2 }, ofLogits) {
  const gradient2 = throughRelu(backward(last, ofLogits), pre2);
  return { gradient1: throughRelu(backward(second, gradient2), pre1), gradient2 };
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

/** The gradient before ReLU: zero where the neuron is off. @param {Float64Array} gradient @param {Float64Array} pre */
function throughRelu(gradient, pre) {
  return gradient.map((slope, i) => (pre[i] > 0 ? slope : 0));
}
