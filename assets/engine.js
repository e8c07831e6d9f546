/* The network's wing of the house, again, at pen speed: pen, framing, normalisation, forward pass and verdict.

   Python (model/) says what is true; this file says the same sixty times a second. Each part is a translation of the
   file of the same name in model/: pen.py, framing.py, network.py, snapshots.py, trace.py,
   classifier.py. Pen and framing agree with Python bit by bit, since both count alike; the network agrees to about one part in a million, since one counts in float32. No DOM in here. */

"use strict";

const DigitEngine = (() => {
  const PAPER = 140; // pixels a side
  const PEN = 10; // pixels across
  const SIDE = 28;
  const BOX = 20;
  const SMALLEST_BOX = 10;
  const SOFT_EDGE = 3;
  const DIGITS = 10;

  // --- pen.py ---------------------------------------------------------------------------------------------------

  /** Paper with ink on it: `ink` is a Uint8Array of `side` x `side`, 0 for paper, 255 for the darkest ink. */
  class Paper {
    constructor(side = PAPER) {
      this.side = side;
      this.ink = new Uint8Array(side * side);
    }

    /** Draw strokes, each an array of points [x, y] in pixels, with a round pen; a single point makes a dot. */
    draw(strokes, pen = PEN) {
      for (const stroke of strokes) {
        if (stroke.length === 1) this.line(stroke[0], stroke[0], pen);
        for (let i = 1; i < stroke.length; i++) this.line(stroke[i - 1], stroke[i], pen);
      }
      return this;
    }

    /** One straight line with round ends. */
    line([x0, y0], [x1, y1], pen = PEN) {
      const { ink, side } = this;
      const radius = pen / 2;
      const [left, right] = reach(x0, x1, radius, side);
      const [top, bottom] = reach(y0, y1, radius, side);
      const dx = x1 - x0;
      const dy = y1 - y0;
      const length2 = dx * dx + dy * dy;
      for (let row = top; row < bottom; row++) {
        const y = row + 0.5 - y0;
        for (let column = left; column < right; column++) {
          const x = column + 0.5 - x0;
          const along = length2 > 0 ? clip((x * dx + y * dy) / length2, 0, 1) : 0;
          const acrossX = x - along * dx;
          const acrossY = y - along * dy;
          const distance = Math.sqrt(acrossX * acrossX + acrossY * acrossY);
          const covered = Math.floor(clip(radius + 0.5 - distance, 0, 1) * 255 + 0.5);
          const pixel = row * side + column;
          if (covered > ink[pixel]) ink[pixel] = covered;
        }
      }
    }
  }

  function reach(a, b, radius, side) {
    const first = Math.floor(Math.min(a, b) - radius - 0.5);
    const last = Math.ceil(Math.max(a, b) + radius + 0.5);
    return [clip(first, 0, side), clip(last, 0, side)];
  }

  function clip(value, low, high) {
    return value < low ? low : value > high ? high : value;
  }

  // --- framing.py -----------------------------------------------------------------------------------------------

  const ALL_STEPS = { box: true, square: true, fit: true, centre: true };

  /** Frame ink (width x height) as MNIST framed its digits: a Uint8Array of 28 x 28. No ink, an empty picture. */
  function frame(ink, width, height, steps = ALL_STEPS) {
    return framing(ink, width, height, steps).picture;
  }

  /** The same, with what each step found: box and square in pixels, the shrunken digit, and where it is put. */
  function framing(ink, width, height, steps) {
    const picture = new Uint8Array(SIDE * SIDE);
    const { columns, rows } = profiles(ink, width, height);
    const across = extent(columns, steps.box);
    const down = extent(rows, steps.box);
    if (!across || !down) return { picture };

    const box = { left: across.start, top: down.start, width: across.length, height: down.length };
    const square = steps.square ? padded(box) : box;
    const cells = steps.fit ? BOX : SIDE;
    const digit = rescale(areas(ink, width, height, square, cells));
    return { picture, box, square, cells, digit, ...paste(digit, cells, picture, steps.centre) };
  }

  /** The darkest ink of each column and of each row. */
  function profiles(ink, width, height) {
    const columns = new Uint8Array(width);
    const rows = new Uint8Array(height);
    for (let y = 0, pixel = 0; y < height; y++) {
      for (let x = 0; x < width; x++, pixel++) {
        const tone = ink[pixel];
        if (tone > columns[x]) columns[x] = tone;
        if (tone > rows[y]) rows[y] = tone;
      }
    }
    return { columns, rows };
  }

  /** Where a profile's ink starts and over how many pixels it reaches; null where there is none. */
  function extent(profile, tight) {
    const darkest = profile.reduce((most, tone) => Math.max(most, tone), 0);
    if (darkest && !tight) return { start: 0, length: profile.length };
    const softEdge = Math.floor(darkest / SOFT_EDGE);
    const start = profile.findIndex((tone) => tone > softEdge);
    if (start < 0) return null;
    let end = profile.length;
    while (profile[end - 1] <= softEdge) end--;
    return { start, length: end - start };
  }

  /** The shorter side of a box padded to the length of the longer one. */
  function padded({ left, top, width, height }) {
    const side = Math.max(width, height, SMALLEST_BOX);
    const before = (length) => Math.floor((side - length) / 2);
    return { left: left - before(width), top: top - before(height), width: side, height: side };
  }

  /** The ink that falls into each of cells x cells of a box, each pixel weighed by its area in parts of a cell. */
  function areas(ink, width, height, box, cells) {
    const area = new Float64Array(cells * cells);
    for (let row = 0; row < cells; row++) {
      for (const [y, weightY] of overlaps(row, box.top, box.height, cells, height)) {
        for (let column = 0; column < cells; column++) {
          const from = column * box.width;
          const to = from + box.width;
          const first = Math.max(box.left + Math.floor(from / cells), 0);
          const last = Math.min(box.left + Math.ceil(to / cells), width);
          let sum = 0;
          for (let x = first; x < last; x++) {
            const pixel = cells * (x - box.left);
            sum += (Math.min(pixel + cells, to) - Math.max(pixel, from)) * ink[y * width + x];
          }
          area[row * cells + column] += weightY * sum;
        }
      }
    }
    return area;
  }

  /** The pixels along one axis that a cell touches, each with how much of it lies inside, in parts of a cell. */
  function overlaps(cell, start, side, cells, length) {
    const from = cell * side;
    const to = from + side;
    const touched = [];
    const last = Math.min(start + Math.ceil(to / cells), length);
    for (let place = Math.max(start + Math.floor(from / cells), 0); place < last; place++) {
      const pixel = cells * (place - start);
      touched.push([place, Math.min(pixel + cells, to) - Math.max(pixel, from)]);
    }
    return touched;
  }

  /** Areas to tones from 0 to 255: the brightest cell becomes 255. */
  function rescale(area) {
    const brightest = area.reduce((most, cell) => Math.max(most, cell), 1);
    return area.map((cell) => Math.floor((510 * cell + brightest) / (2 * brightest)));
  }

  /** Paste the digit into the picture, shifted by whole pixels so that the centre of mass lands near the middle. */
  function paste(digit, cells, picture, byMass) {
    let mass = 0;
    let momentX = 0;
    let momentY = 0;
    for (let cell = 0; cell < cells * cells; cell++) {
      mass += digit[cell];
      momentX += digit[cell] * (2 * (cell % cells) + 1);
      momentY += digit[cell] * (2 * Math.floor(cell / cells) + 1);
    }
    const room = SIDE - cells;
    const shift = (moment) => (byMass ? clip(Math.floor((30 * mass - moment) / (2 * mass)), 0, room) : room / 2);
    const right = shift(momentX);
    const down = shift(momentY);
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        picture[(down + row) * SIDE + right + column] = digit[row * cells + column];
      }
    }
    return { right, down };
  }

  // --- network.py -----------------------------------------------------------------------------------------------

  /** A multi-layer perceptron: two hidden layers with ReLU, then logits. */
  class Network {
    /** parameters: base64 of all weights and biases, layer by layer, float32; or weights, scales and biases, rounded;
        widths: of input, layers and output. */
    constructor(description) {
      const { parameters, widths } = description;
      const numbers = parameters ? new Float32Array(bytesOf(parameters)) : unrounded(description);
      this.layers = [];
      for (let i = 0, at = 0; i + 1 < widths.length; i++) {
        const [inputs, outputs] = [widths[i], widths[i + 1]];
        const weights = numbers.subarray(at, (at += inputs * outputs));
        const biases = numbers.subarray(at, (at += outputs));
        this.layers.push({ inputs, outputs, weights, biases });
      }
    }

    /** From a normalised picture (784) to logits, with everything on the way. */
    forward(input) {
      const [first, second, last] = this.layers;
      const pre1 = linear(first, input); // (64)
      const hidden1 = pre1.map(relu);
      const pre2 = linear(second, hidden1); // (64)
      const hidden2 = pre2.map(relu);
      return { input, pre1, hidden1, pre2, hidden2, logits: linear(last, hidden2) };
    }
  }

  /** How many weights and biases a network of these widths has. */
  function parameterCount(widths) {
    return widths.slice(1).reduce((sum, outputs, layer) => sum + (widths[layer] + 1) * outputs, 0);
  }

  function bytesOf(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
  }

  function normalise(picture, mean, std) {
    return Float64Array.from(picture, (tone) => (tone / 255 - mean) / std);
  }

  function linear({ inputs, outputs, weights, biases }, input) {
    const sums = Float64Array.from(biases);
    for (let output = 0, weight = 0; output < outputs; output++) {
      for (let i = 0; i < inputs; i++, weight++) sums[output] += weights[weight] * input[i];
    }
    return sums;
  }

  function relu(value) {
    return value > 0 ? value : 0;
  }

  function softmax(logits) {
    const highest = Math.max(...logits); // subtracted, so that no exponential overflows
    const exponentials = logits.map((logit) => Math.exp(logit - highest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    return exponentials.map((value) => value / sum);
  }

  // --- rounding.py ----------------------------------------------------------------------------------------------

  /** All weights and biases, layer by layer, of a network whose weights are bytes, in multiples of each row's scale. */
  function unrounded({ weights, scales, biases, widths }) {
    const rounded = new Int8Array(bytesOf(weights));
    const scaleOf = new Float32Array(bytesOf(scales));
    const biasOf = new Float32Array(bytesOf(biases));
    const parameters = new Float32Array(rounded.length + biasOf.length);
    let [at, weight, row] = [0, 0, 0];
    for (let layer = 0; layer + 1 < widths.length; layer++) {
      const firstRow = row;
      const end = row + widths[layer + 1];
      for (; row < end; row++) {
        for (let i = 0; i < widths[layer]; i++) parameters[at++] = rounded[weight++] * scaleOf[row];
      }
      parameters.set(biasOf.subarray(firstRow, end), at);
      at += end - firstRow;
    }
    return parameters;
  }

  // --- trace.py -------------------------------------------------------------------------------------------------

  /** How a weighted sum of the logits changes with each of the 784 inputs, while no neuron switches on or off. */
  function slopes(network, { pre1, pre2 }, ofLogits) {
    const [first, second, last] = network.layers;
    const at2 = pulledBack(last, ofLogits).map((slope, i) => (pre2[i] > 0 ? slope : 0));
    const at1 = pulledBack(second, at2).map((slope, i) => (pre1[i] > 0 ? slope : 0));
    return pulledBack(first, at1);
  }

  /** A layer's weights, transposed, times slopes at its output: slopes at its input. */
  function pulledBack({ inputs, outputs, weights }, slopesAtOutput) {
    const sums = new Float64Array(inputs);
    for (let output = 0; output < outputs; output++) {
      const slope = slopesAtOutput[output];
      if (slope === 0) continue;
      for (let i = 0, weight = output * inputs; i < inputs; i++, weight++) sums[i] += slope * weights[weight];
    }
    return sums;
  }

  /** What one more step of plain gradient descent on this picture would make of its logits, if label is right. */
  function afterOneStep(network, trace, label, learningRate) {
    const [first, second, last] = network.layers;
    const { input, pre1, hidden1, pre2, hidden2 } = trace;
    const errors3 = softmax(trace.logits).map((share, digit) => share - (digit === label ? 1 : 0));
    const errors2 = pulledBack(last, errors3).map((error, i) => (pre2[i] > 0 ? error : 0));
    const errors1 = pulledBack(second, errors2).map((error, i) => (pre1[i] > 0 ? error : 0));
    // A layer's weights change by -rate x error x input, its bias by -rate x error: what that does to its sums is plain.
    const stepped = (layer, was, now, errors) => {
      const length2 = dot(was, now) + 1;
      return linear(layer, now).map((sum, i) => sum - learningRate * errors[i] * length2);
    };
    const now1 = stepped(first, input, input, errors1).map(relu);
    const now2 = stepped(second, hidden1, now1, errors2).map(relu);
    return stepped(last, hidden2, now2, errors3);
  }

  function dot(a, b) {
    return a.reduce((sum, value, i) => sum + value * b[i], 0);
  }

  // --- classifier.py --------------------------------------------------------------------------------------------

  const BLANK = { verdict: "blank", digit: null, probabilities: new Float64Array(DIGITS) };

  /** The network, its guard, and all that reading needs, as Python described it. */
  class Classifier {
    constructor({ network, guard, sureFrom, mean, std, fingerprint }) {
      this.network = new Network(network);
      this.guard = guard && new Network(guard.network);
      this.threshold = guard?.threshold;
      Object.assign(this, { sureFrom, mean, std, fingerprint });
    }

    /** Read a framed picture: verdict, digit, ten probabilities, and everything on the way to them. */
    read(picture) {
      if (!picture.some((tone) => tone > 0)) return BLANK;
      const trace = this.network.forward(normalise(picture, this.mean, this.std));
      const probabilities = softmax(trace.logits);
      const likeliest = Math.max(...probabilities);
      const guarded = this.guard?.forward(trace.input).logits[0];
      const verdict = guarded < this.threshold ? "not a digit" : likeliest >= this.sureFrom ? "digit" : "unsure";
      return { ...trace, probabilities, guarded, digit: probabilities.indexOf(likeliest), verdict };
    }

    /** What the ink of each pixel adds to a weighted sum of the logits (784), and the rest of it: the bias term. */
    contributions(trace, picture, ofLogits) {
      const shares = slopes(this.network, trace, ofLogits).map((slope, i) => (slope * picture[i]) / 255 / this.std);
      const offset = dot(trace.logits, ofLogits) - shares.reduce((sum, share) => sum + share, 0);
      return { shares, offset };
    }
  }

  return {
    PAPER,
    PEN,
    SIDE,
    BOX,
    DIGITS,
    ALL_STEPS,
    BLANK,
    Paper,
    frame,
    framing,
    softmax,
    afterOneStep,
    parameterCount,
    Network,
    Classifier,
  };
})();
