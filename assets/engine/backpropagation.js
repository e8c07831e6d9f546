/** The forward and the backward pass of a multi-layer perceptron and the optimizers, written out as in model/training/.
    The arithmetic is WebAssembly's: kernels/kernels.ts says what each kernel does.

    A layer has I inputs and O outputs and computes y = x W + b; its weights are kept input by input, (I, O). Most inputs
    are 0: four of five of MNIST's pixels, half of what a ReLU passes on. So x is kept as lists of what is not 0, and only
    that is computed with. Normalization makes a blank pixel -mean / std and not 0; but with p a tone in 0 to 1,

        x W = (p / std) W - mean / std x sum of W's rows

    With delta = dL/dy, which for the logits is softmax minus one-hot over the number of samples,

        dL/dW = x^T delta = (p / std)^T delta - mean / std x dL/db        dL/db = sum of delta over the batch

    and the delta of the layer below is delta W^T times the slope of the activation function. */
/** @import { Settings } from "./settings.js" */
import { ACTIVATIONS, PIXELS, parameterCount } from "./settings.js";

/** @typedef {{ widths: number[], activation: Settings["activation"], mean: number, std: number }} Shape */
/** Addresses, but for the first four. @typedef {{ inputs: number, outputs: number, rowBytes: number, blank: number,
 *   weights: number, biases: number, weightGradient: number, biasGradient: number,
 *   starts: number, entries: number, values: number, deltas: number }} Layer */
/** @typedef {Record<string, (...numbers: number[]) => number>} Kernels */

const ROW = 64; // bytes: a row of float32 has a multiple of them

/** @param {BufferSource} bytes kernels/kernels.wasm @throws {Error} in a browser without WebAssembly SIMD */
export async function compileKernels(bytes) {
  if (WebAssembly.validate(bytes)) return WebAssembly.compile(bytes);
  throw new Error("This browser can't train, as it has no WebAssembly SIMD: update it, or use another one.");
}

/** A network in the kernels' memory, and the gradient of its loss. */
export class Backpropagation {
  /** @param {WebAssembly.Module} kernels @param {Shape} shape @param {number} capacity images at a time */
  constructor(kernels, { widths, activation, mean, std }, capacity) {
    const { exports } = new WebAssembly.Instance(kernels, {});
    this.kernels = /** @type {Kernels} */ (exports);
    this.widths = widths;
    this.capacity = capacity;
    this._activation = Object.keys(ACTIVATIONS).indexOf(activation);
    this._scale = 1 / (255 * std);

    let end = this.kernels.heapBase();
    const allocate = (/** @type {number} */ bytes) => {
      const address = Math.ceil(end / ROW) * ROW;
      end = address + bytes;
      return address;
    };
    const rows = widths.map((width) => Math.ceil((4 * width) / ROW) * ROW);
    const inputs = Math.max(...widths.slice(0, -1));
    this.bytes = rows.slice(1).reduce((sum, row, i) => sum + (widths[i] + 1) * row, 0); // of all parameters
    this.parameters = allocate(this.bytes);
    this.gradient = allocate(this.bytes);
    this.averages = [allocate(this.bytes), allocate(this.bytes)]; // for an optimizer
    let before = 0;
    this.layers = rows.slice(1).map((rowBytes, i) => {
      const weights = before;
      const biases = weights + widths[i] * rowBytes;
      before = biases + rowBytes;
      return {
        inputs: widths[i],
        outputs: widths[i + 1],
        rowBytes,
        blank: i ? 0 : -mean / std, // the value of an input that no list has
        weights: this.parameters + weights,
        biases: this.parameters + biases,
        weightGradient: this.gradient + weights,
        biasGradient: this.gradient + biases,
        starts: allocate(4 * (capacity + 1)),
        entries: allocate(8 * (capacity * widths[i] + 1)),
        values: allocate(capacity * rowBytes), // what the layer passes on
        deltas: allocate(capacity * rowBytes),
      };
    });
    this._byInput = { starts: allocate(4 * (inputs + 2)), entries: allocate(8 * capacity * inputs) };
    this._zeros = allocate(Math.max(...rows));
    this._row = allocate(Math.max(...rows));
    this._padded = allocate(32 * 32);
    const [images, labels] = [allocate(capacity * PIXELS), allocate(capacity)];
    const [losses, predicted] = [allocate(4 * capacity), allocate(capacity)];
    const memory = /** @type {WebAssembly.Memory} */ (exports.memory);
    memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / 65_536)));
    const buffer = (this._buffer = memory.buffer);
    this.images = new Uint8Array(buffer, images, capacity * PIXELS); // to be filled in by the caller,
    this.labels = new Uint8Array(buffer, labels, capacity); // as these are
    this.losses = new Float32Array(buffer, losses, capacity);
    this.predicted = new Uint8Array(buffer, predicted, capacity);
  }

  /** The forward pass: loss and predicted digit of each of the first `count` images. @param {number} count */
  forward(count) {
    const { kernels, layers } = this;
    kernels.listPixels(this.images.byteOffset, count, this._scale, layers[0].starts, layers[0].entries);
    layers.forEach(({ inputs, outputs, rowBytes, blank, weights, biases, starts, entries, values }, i) => {
      if (i) kernels.listValues(layers[i - 1].values, count, inputs, layers[i - 1].rowBytes, starts, entries);
      if (blank) kernels.addRows(weights, inputs, rowBytes, blank, biases, this._row);
      kernels.multiply(starts, entries, count, weights, blank ? this._row : biases, rowBytes, values);
      if (i < layers.length - 1) kernels.activate(this._activation, values, count, outputs, rowBytes);
    });
    const { outputs, rowBytes, values, deltas } = layers[layers.length - 1];
    const results = [this.losses.byteOffset, this.predicted.byteOffset, deltas];
    kernels.crossEntropy(values, this.labels.byteOffset, count, outputs, rowBytes, ...results);
  }

  /** The backward pass, after the forward pass: the gradient of the mean loss of the same images. @param {number} count */
  backward(count) {
    const { kernels, layers, _byInput } = this;
    for (let i = layers.length - 1; i >= 0; i--) {
      const { inputs, rowBytes, blank, weights, weightGradient, biasGradient, starts, entries, deltas } = layers[i];
      kernels.addRows(deltas, count, rowBytes, 1, this._zeros, biasGradient);
      kernels.addRows(biasGradient, 1, rowBytes, blank, this._zeros, this._row);
      kernels.transpose(starts, entries, count, inputs, _byInput.starts, _byInput.entries);
      kernels.multiply(_byInput.starts, _byInput.entries, inputs, deltas, this._row, rowBytes, weightGradient);
      if (!i) continue;
      const below = layers[i - 1];
      const size = [inputs, below.rowBytes];
      kernels.backward(this._activation, deltas, count, weights, rowBytes, below.values, ...size, below.deltas);
    }
  }

  /** Rotate, shear, scale and shift an image in place. @param {number} n its number @param {number[]} map as in kernels.ts */
  augment(n, [rotation, shear, scale, right, down]) {
    this.kernels.augment(this.images.byteOffset + n * PIXELS, rotation, shear, scale, right, down, this._padded);
  }

  /** What layer i passed on for image number n; of the last layer, the softmax probabilities. @param {number} i @param {number} n */
  values(i, n) {
    const { values, rowBytes, outputs } = this.layers[i];
    return new Float32Array(this._buffer, values + n * rowBytes, outputs);
  }

  /** All parameters in PyTorch's order: layer by layer, weights (O, I), then biases (O). */
  read() {
    return this._inPyTorchsOrder(this.parameters);
  }

  /** Their gradient, in the same order. */
  readGradient() {
    return this._inPyTorchsOrder(this.gradient);
  }

  /** Take parameters in PyTorch's order. @param {Float32Array} parameters */
  write(parameters) {
    const memory = new Float32Array(this._buffer, this.parameters);
    this._forEach((place, i) => (memory[place] = parameters[i]));
  }

  /** @param {number} vector the address of one */
  _inPyTorchsOrder(vector) {
    const memory = new Float32Array(this._buffer, vector);
    const values = new Float32Array(parameterCount(this.widths).parameters);
    this._forEach((place, i) => (values[i] = memory[place]));
    return values;
  }

  /** @param {(place: number, i: number) => void} visit each parameter's place in a vector, in PyTorch's order */
  _forEach(visit) {
    let [start, i] = [0, 0];
    for (const { inputs, outputs, rowBytes } of this.layers) {
      const stride = rowBytes / 4;
      for (let output = 0; output < outputs; output++) {
        for (let input = 0; input < inputs; input++) visit(start + input * stride + output, i++);
      }
      for (let output = 0; output < outputs; output++) visit(start + inputs * stride + output, i++);
      start += (inputs + 1) * stride;
    }
  }
}

/** How a gradient moves a network's parameters; all but the learning rate as PyTorch's defaults have it, and a momentum
    of 0.9 where there is one. */
export class Optimizer {
  /** @param {Backpropagation} network @param {Settings["optimizer"]} name */
  constructor(network, name) {
    this._network = network;
    this._name = name;
    this._decayed = [1, 1]; // 0.9^t and 0.999^t, after t steps of Adam
  }

  /** Move the parameters against the gradient. @param {number} learningRate */
  step(learningRate) {
    const { kernels, parameters, gradient, bytes, averages } = this._network;
    if (this._name === "sgd") kernels.sgd(parameters, gradient, bytes, learningRate);
    if (this._name === "momentum") kernels.momentum(parameters, gradient, bytes, learningRate, averages[0]);
    if (this._name === "rmsprop") kernels.rmsprop(parameters, gradient, bytes, learningRate, averages[0]);
    if (this._name === "adam") {
      const [first, second] = (this._decayed = [this._decayed[0] * 0.9, this._decayed[1] * 0.999]);
      const [mean, square] = averages;
      kernels.adam(parameters, gradient, bytes, learningRate / (1 - first), mean, square, Math.sqrt(1 - second));
    }
  }
}
