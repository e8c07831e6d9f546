/** What explains a prediction: gradients with respect to the input, and one step of gradient descent, as
    model/reference.py computes them with PyTorch. */
/** @import { ForwardPass, Layer } from "../state/types.js" */
/** @import { Classifier } from "./classifier.js" */
/** @import { Network } from "./network.js" */
import { dot, softmax } from "./math.js";
import { linear, relu } from "./network.js";

/** What the ink of each pixel adds to a weighted sum of the logits (784); and two numbers for paper without ink: the
    intercept, with the neurons active that the drawing activates, and `blank`, what the network makes of blank paper.
    The intercept is computed on its own, so shares and intercept need not add up to the weighted sum, but they do.
    @param {Classifier} classifier @param {ForwardPass} pass @param {Uint8Array} image
    @param {ArrayLike<number>} ofLogits the weight of each logit */
export function contributions(classifier, pass, image, ofLogits) {
  const { network, std } = classifier;
  const shares = inputGradient(network, pass, ofLogits).map((slope, i) => (slope * image[i]) / 255 / std);
  const paper = classifier.forward(new Uint8Array(image.length));
  const [, second, last] = network.layers;
  const hidden1 = throughRelu(paper.pre1, pass.pre1);
  const hidden2 = throughRelu(linear(second, hidden1), pass.pre2);
  return { shares, intercept: dot(linear(last, hidden2), ofLogits), blank: dot(paper.logits, ofLogits) };
}

/** How a weighted sum of the logits changes with each of the 784 inputs.
    @param {Network} network @param {ForwardPass} pass @param {ArrayLike<number>} ofLogits */
export function inputGradient(network, pass, ofLogits) {
  return backward(network.layers[0], gradients(network, pass, ofLogits).gradient1);
}

/** How the loss changes with each neuron's sum, layer by layer: the errors that backpropagation sends back.
    @param {Network} network @param {ForwardPass} pass @param {number} label */
export function lossGradients(network, pass, label) {
  const ofLogits = softmax(pass.logits).map((share, digit) => share - (digit === label ? 1 : 0));
  const { gradient1, gradient2 } = gradients(network, pass, ofLogits);
  return [gradient1, gradient2, ofLogits];
}

/** The network after one more step of plain gradient descent on one image alone: from an input to logits.
    @param {Network} network @param {ForwardPass} pass of the image @param {number} label @param {number} learningRate
    @returns {(input: Float64Array) => Float64Array} */
export function afterOneStep(network, pass, label, learningRate) {
  const [first, second, last] = network.layers;
  const { input, hidden1, hidden2 } = pass;
  const [errors1, errors2, errors3] = lossGradients(network, pass, label);
  // A weight changes by -rate x error x input, a bias by -rate x error. So for the input `now`, a neuron's sum changes
  // by -rate x error x (before . now + 1), and no weight has to be changed to know it.
  /** @type {(layer: Layer, before: Float64Array, now: Float64Array, errors: Float64Array) => Float64Array} */
  const stepped = (layer, before, now, errors) => {
    const scale = learningRate * (dot(before, now) + 1);
    return linear(layer, now).map((sum, i) => sum - scale * errors[i]);
  };
  return (other) => {
    const now1 = stepped(first, input, other, errors1).map(relu);
    const now2 = stepped(second, hidden1, now1, errors2).map(relu);
    return stepped(last, hidden2, now2, errors3);
  };
}

/** The gradient of the loss with respect to all parameters, for one image: its Euclidean length, and how many of its
    components are exactly zero. A weight's component is error x input, and a bias's is the error.
    @param {Network} network @param {ForwardPass} pass @param {number} label */
export function gradientSize(network, pass, label) {
  const [gradient1, gradient2, errors3] = lossGradients(network, pass, label);
  let [squares, zeros] = [0, 0];
  const layers = /** @type {const} */ ([
    [pass.input, gradient1],
    [pass.hidden1, gradient2],
    [pass.hidden2, errors3],
  ]);
  for (const [inputs, errors] of layers) {
    squares += dot(errors, errors) * (dot(inputs, inputs) + 1);
    const withoutError = errors.filter((error) => error === 0).length;
    const withoutInput = inputs.filter((input) => input === 0).length;
    zeros += withoutError * (inputs.length + 1) + (errors.length - withoutError) * withoutInput;
  }
  return { length: Math.sqrt(squares), zeros };
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

/** What passes ReLU, a gradient or a sum: nothing where `pre` is not above 0. @param {Float64Array} values @param {Float64Array} pre */
function throughRelu(values, pre) {
  return values.map((value, i) => (pre[i] > 0 ? value : 0));
}
