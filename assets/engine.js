/* The network's wing of the house, again, at pen speed: pen, framing, normalisation, forward pass and verdict.

   Python (model/) says what is true; this file says the same sixty times a second. Each part is a translation of the
   file of the same name in model/: pen.py, framing.py, network.py, classifier.py. Pen and framing agree with Python bit by bit, since
   both count alike; the network agrees to about one part in a million, since one counts in float32. No DOM in here. */

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

  /** Frame ink (width x height) as MNIST framed its digits: a Uint8Array of 28 x 28. No ink, an empty picture. */
  function frame(ink, width, height) {
    const picture = new Uint8Array(SIDE * SIDE);
    const { columns, rows } = profiles(ink, width, height);
    const across = extent(columns);
    const down = extent(rows);
    if (!across || !down) return picture;

    const side = Math.max(across.length, down.length, SMALLEST_BOX);
    const left = across.start - Math.floor((side - across.length) / 2);
    const top = down.start - Math.floor((side - down.length) / 2);
    return pasteByMass(rescale(areas(ink, width, height, left, top, side)), picture);
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
  function extent(profile) {
    const softEdge = Math.floor(profile.reduce((most, tone) => Math.max(most, tone), 0) / SOFT_EDGE);
    const start = profile.findIndex((tone) => tone > softEdge);
    if (start < 0) return null;
    let end = profile.length;
    while (profile[end - 1] <= softEdge) end--;
    return { start, length: end - start };
  }

  /** The ink that falls into each of 20 x 20 cells of a box, each pixel weighed by its area in twentieths squared. */
  function areas(ink, width, height, left, top, side) {
    const area = new Float64Array(BOX * BOX);
    for (let row = 0; row < BOX; row++) {
      for (const [y, weightY] of overlaps(row, top, side, height)) {
        for (let column = 0; column < BOX; column++) {
          const from = column * side;
          const to = from + side;
          const first = Math.max(left + Math.floor(from / BOX), 0);
          const last = Math.min(left + Math.ceil(to / BOX), width);
          let sum = 0;
          for (let x = first; x < last; x++) {
            const pixel = BOX * (x - left);
            sum += (Math.min(pixel + BOX, to) - Math.max(pixel, from)) * ink[y * width + x];
          }
          area[row * BOX + column] += weightY * sum;
        }
      }
    }
    return area;
  }

  /** The pixels along one axis that a cell touches, each with how much of it lies inside, in twentieths. */
  function overlaps(cell, start, side, length) {
    const from = cell * side;
    const to = from + side;
    const touched = [];
    const last = Math.min(start + Math.ceil(to / BOX), length);
    for (let place = Math.max(start + Math.floor(from / BOX), 0); place < last; place++) {
      const pixel = BOX * (place - start);
      touched.push([place, Math.min(pixel + BOX, to) - Math.max(pixel, from)]);
    }
    return touched;
  }

  /** Areas to tones from 0 to 255: the brightest cell becomes 255. */
  function rescale(area) {
    const brightest = area.reduce((most, cell) => Math.max(most, cell), 1);
    return area.map((cell) => Math.floor((510 * cell + brightest) / (2 * brightest)));
  }

  /** Paste 20 x 20 into the picture, shifted by whole pixels so that the centre of mass lands near the middle. */
  function pasteByMass(digit, picture) {
    let mass = 0;
    let momentX = 0;
    let momentY = 0;
    for (let cell = 0; cell < BOX * BOX; cell++) {
      mass += digit[cell];
      momentX += digit[cell] * (2 * (cell % BOX) + 1);
      momentY += digit[cell] * (2 * Math.floor(cell / BOX) + 1);
    }
    const shift = (moment) => clip(Math.floor((30 * mass - moment) / (2 * mass)), 0, SIDE - BOX);
    const right = shift(momentX);
    const down = shift(momentY);
    for (let row = 0; row < BOX; row++) {
      for (let column = 0; column < BOX; column++) {
        picture[(down + row) * SIDE + right + column] = digit[row * BOX + column];
      }
    }
    return picture;
  }

  // --- network.py -----------------------------------------------------------------------------------------------

  /** A multi-layer perceptron: two hidden layers with ReLU, then logits. */
  class Network {
    /** parameters: base64 of all weights and biases, layer by layer, float32; widths: of input, layers and output. */
    constructor({ parameters, widths }) {
      const bytes = Uint8Array.from(atob(parameters), (character) => character.charCodeAt(0));
      const numbers = new Float32Array(bytes.buffer);
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
      const hidden1 = linear(first, input).map(relu); // (64)
      const hidden2 = linear(second, hidden1).map(relu); // (64)
      return { input, hidden1, hidden2, logits: linear(last, hidden2) };
    }
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
  }

  return { PAPER, PEN, SIDE, BLANK, Paper, frame, Network, Classifier };
})();
