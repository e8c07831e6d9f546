/**
 * The arithmetic of training, in AssemblyScript: `npm run kernels` builds kernels.wasm from it. backpropagation.js puts
 * these functions in order and says what each means for a network.
 *
 * All arguments that name data are addresses in memory. A matrix of float32 has rows of `rowBytes`, a multiple of 64: 16
 * numbers, the last of which may be padding, which is 0. A list has one row of entries for each row of a sparse matrix:
 * `starts` (uint32, one more than there are rows) says between which entries; an entry is a column (uint32) and a value
 * (float32) other than 0.
 *
 * exp, log, sin and cos are AssemblyScript's own, in WebAssembly: a browser's differ in the last bit from another's.
 */

const ENTRY: u32 = 8; // bytes
const PIXELS: u32 = 784;
const SIDE: u32 = 28;

/** The first address that is free. */
export function heapBase(): u32 {
  return <u32>__heap_base;
}

// --- lists: the columns of a sparse matrix that are not 0 -------------------------------------------------------------

/** Lists of the inked pixels of images (count, 784), uint8, each times `scale`. */
export function listPixels(images: u32, count: u32, scale: f32, starts: u32, entries: u32): void {
  let entry = entries;
  for (let n: u32 = 0; n < count; n++, images += PIXELS) {
    store<u32>(starts + 4 * n, (entry - entries) / ENTRY);
    for (let pixel: u32 = 0; pixel < PIXELS; pixel += 16) {
      let inked = i8x16.bitmask(i8x16.ne(v128.load(images + pixel), i8x16.splat(0)));
      for (; inked; inked &= inked - 1, entry += ENTRY) {
        const at = pixel + ctz(inked);
        store<u32>(entry, at);
        store<f32>(entry, <f32>load<u8>(images + at) * scale, 4);
      }
    }
  }
  store<u32>(starts + 4 * count, (entry - entries) / ENTRY);
}

/** Lists of the values of a matrix (count, columns) that are not 0. */
export function listValues(values: u32, count: u32, columns: u32, rowBytes: u32, starts: u32, entries: u32): void {
  let entry = entries;
  for (let n: u32 = 0; n < count; n++, values += rowBytes) {
    store<u32>(starts + 4 * n, (entry - entries) / ENTRY);
    for (let column: u32 = 0; column < columns; column++) {
      const value = load<f32>(values + 4 * column);
      store<u32>(entry, column);
      store<f32>(entry, value, 4);
      if (value != 0) entry += ENTRY;
    }
  }
  store<u32>(starts + 4 * count, (entry - entries) / ENTRY);
}

/** The lists of the transposed matrix: (count, columns) to (columns, count). */
export function transpose(starts: u32, entries: u32, count: u32, columns: u32, toStarts: u32, toEntries: u32): void {
  memory.fill(toStarts, 0, 4 * (columns + 2));
  const end = entries + ENTRY * load<u32>(starts + 4 * count);
  // While entries are placed, each column's start is kept one place further on: it ends up where the next one begins.
  for (let entry = entries; entry < end; entry += ENTRY) {
    const next = toStarts + 4 * load<u32>(entry);
    store<u32>(next, load<u32>(next, 8) + 1, 8);
  }
  for (let column: u32 = 2; column <= columns; column++) {
    const start = toStarts + 4 * column;
    store<u32>(start, load<u32>(start) + load<u32>(start - 4));
  }
  let entry = entries;
  for (let n: u32 = 0; n < count; n++) {
    const last = entries + ENTRY * load<u32>(starts + 4 * (n + 1));
    for (; entry < last; entry += ENTRY) {
      const start = toStarts + 4 * load<u32>(entry);
      const place = load<u32>(start, 4);
      store<u32>(start, place + 1, 4);
      store<u32>(toEntries + ENTRY * place, n);
      store<f32>(toEntries + ENTRY * place, load<f32>(entry, 4), 4);
    }
  }
}

// --- products ---------------------------------------------------------------------------------------------------------

/** The product of a sparse matrix, as lists of `count` rows, and a matrix; `initial`, a row, is added to each row of it. */
export function multiply(
  starts: u32,
  entries: u32,
  count: u32,
  matrix: u32,
  initial: u32,
  rowBytes: u32,
  product: u32,
): void {
  for (let n: u32 = 0; n < count; n++, product += rowBytes) {
    const first = entries + ENTRY * load<u32>(starts + 4 * n);
    const end = entries + ENTRY * load<u32>(starts + 4 * n, 4);
    for (let at: u32 = 0; at < rowBytes; at += 64) {
      // 16 sums stay in registers while the row's entries pass by.
      let a = v128.load(initial + at);
      let b = v128.load(initial + at, 16);
      let c = v128.load(initial + at, 32);
      let d = v128.load(initial + at, 48);
      for (let entry = first; entry < end; entry += ENTRY) {
        const row = matrix + load<u32>(entry) * rowBytes + at;
        const value = v128.load32_splat(entry, 4);
        a = f32x4.add(a, f32x4.mul(value, v128.load(row)));
        b = f32x4.add(b, f32x4.mul(value, v128.load(row, 16)));
        c = f32x4.add(c, f32x4.mul(value, v128.load(row, 32)));
        d = f32x4.add(d, f32x4.mul(value, v128.load(row, 48)));
      }
      v128.store(product + at, a);
      v128.store(product + at, b, 16);
      v128.store(product + at, c, 32);
      v128.store(product + at, d, 48);
    }
  }
}

/** `initial` (a row) plus `factor` times the sum of a matrix's rows. */
export function addRows(matrix: u32, count: u32, rowBytes: u32, factor: f32, initial: u32, sum: u32): void {
  for (let at: u32 = 0; at < rowBytes; at += 16) {
    let total = f32x4.splat(0);
    for (let n: u32 = 0, row = matrix + at; n < count; n++, row += rowBytes) total = f32x4.add(total, v128.load(row));
    v128.store(sum + at, f32x4.add(v128.load(initial + at), f32x4.mul(f32x4.splat(factor), total)));
  }
}

/** A dot product of two rows. */
@inline
function dot(one: u32, other: u32, rowBytes: u32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let at: u32 = 0; at < rowBytes; at += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(one + at), v128.load(other + at)));
    b = f32x4.add(b, f32x4.mul(v128.load(one + at, 16), v128.load(other + at, 16)));
  }
  a = f32x4.add(a, b);
  a = f32x4.add(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1);
}

// --- activation functions ---------------------------------------------------------------------------------------------

const RELU: u32 = 0;
const LEAKY_RELU: u32 = 1;
const TANH: u32 = 2;
const SIGMOID: u32 = 3; // and 4 for none
const LEAK: f32 = 0.01;

@inline
function activation(kind: u32, x: f32): f32 {
  if (kind == RELU) return max<f32>(x, 0);
  if (kind == LEAKY_RELU) return x > 0 ? x : LEAK * x;
  if (kind == TANH) return 1 - 2 / (Mathf.exp(2 * x) + 1);
  if (kind == SIGMOID) return 1 / (1 + Mathf.exp(-x));
  return x;
}

/** The derivative of the activation function, from its value. */
@inline
function slope(kind: u32, y: f32): f32 {
  if (kind == RELU) return y > 0 ? 1 : 0;
  if (kind == LEAKY_RELU) return y > 0 ? 1 : LEAK;
  if (kind == TANH) return 1 - y * y;
  if (kind == SIGMOID) return y * (1 - y);
  return 1;
}

/** Apply the activation function to a matrix (count, columns) in place; padding stays 0. */
export function activate(kind: u32, values: u32, count: u32, columns: u32, rowBytes: u32): void {
  for (let n: u32 = 0; n < count; n++, values += rowBytes) {
    for (let at: u32 = 0; at < 4 * columns; at += 4) store<f32>(values + at, activation(kind, load<f32>(values + at)));
  }
}

/**
 * The deltas (count, columns) of the layer below: those of a layer, times its weights (columns, a row each), times the
 * slope of the activation function between, whose values (count, columns) are given.
 */
export function backward(
  kind: u32,
  deltas: u32,
  count: u32,
  weights: u32,
  rowBytes: u32,
  values: u32,
  columns: u32,
  belowRowBytes: u32,
  below: u32,
): void {
  for (let n: u32 = 0; n < count; n++, deltas += rowBytes, values += belowRowBytes, below += belowRowBytes) {
    for (let column: u32 = 0; column < columns; column++) {
      const steepness = slope(kind, load<f32>(values + 4 * column));
      const sum: f32 = steepness == 0 ? 0 : dot(deltas, weights + column * rowBytes, rowBytes);
      store<f32>(below + 4 * column, steepness * sum);
    }
  }
}

// --- softmax and cross-entropy ----------------------------------------------------------------------------------------

/**
 * For each row of logits (count, outputs): the loss, -log p(label), float32; the label with the highest logit, uint8; the
 * softmax probabilities, in place of the logits; and the gradient of the mean loss.
 */
export function crossEntropy(
  logits: u32,
  labels: u32,
  count: u32,
  outputs: u32,
  rowBytes: u32,
  losses: u32,
  predicted: u32,
  deltas: u32,
): void {
  const share: f32 = 1 / <f32>count;
  for (let n: u32 = 0; n < count; n++, logits += rowBytes, deltas += rowBytes) {
    let best: u32 = 0;
    for (let i: u32 = 1; i < outputs; i++) if (load<f32>(logits + 4 * i) > load<f32>(logits + 4 * best)) best = i;
    const highest = load<f32>(logits + 4 * best);
    const label: u32 = load<u8>(labels + n);
    const ofLabel = load<f32>(logits + 4 * label) - highest;
    let sum: f32 = 0;
    for (let i: u32 = 0; i < outputs; i++) {
      const power = Mathf.exp(load<f32>(logits + 4 * i) - highest); // at most 1: it can't overflow
      store<f32>(logits + 4 * i, power);
      sum += power;
    }
    for (let i: u32 = 0; i < outputs; i++) {
      const probability = load<f32>(logits + 4 * i) / sum;
      store<f32>(logits + 4 * i, probability);
      store<f32>(deltas + 4 * i, (i == label ? probability - 1 : probability) * share);
    }
    store<f32>(losses + 4 * n, Mathf.log(sum) - ofLabel);
    store<u8>(predicted + n, <u8>best);
  }
}

// --- optimizers: all parameters of a network as one vector, in one pass -----------------------------------------------

const EPSILON: f32 = 1e-8;

/** parameters -= rate g */
export function sgd(parameters: u32, gradient: u32, bytes: u32, rate: f32): void {
  for (let at: u32 = 0; at < bytes; at += 16) move(parameters + at, f32x4.mul(f32x4.splat(rate), v128.load(gradient + at)));
}

/** v = 0.9 v + g; parameters -= rate v */
export function momentum(parameters: u32, gradient: u32, bytes: u32, rate: f32, velocities: u32): void {
  for (let at: u32 = 0; at < bytes; at += 16) {
    const v = f32x4.add(f32x4.mul(f32x4.splat(0.9), v128.load(velocities + at)), v128.load(gradient + at));
    v128.store(velocities + at, v);
    move(parameters + at, f32x4.mul(f32x4.splat(rate), v));
  }
}

/** v = 0.99 v + 0.01 g^2; parameters -= rate g / (sqrt(v) + epsilon) */
export function rmsprop(parameters: u32, gradient: u32, bytes: u32, rate: f32, squares: u32): void {
  for (let at: u32 = 0; at < bytes; at += 16) {
    const g = v128.load(gradient + at);
    const v = average(squares + at, f32x4.mul(g, g), 0.99, 0.01);
    move(parameters + at, f32x4.div(f32x4.mul(f32x4.splat(rate), g), root(v, 1)));
  }
}

/**
 * m = 0.9 m + 0.1 g; v = 0.999 v + 0.001 g^2; parameters -= rate m / (sqrt(v) / rootOfBias2 + epsilon)
 *
 * `rate` is the learning rate / (1 - 0.9^t), `rootOfBias2` is sqrt(1 - 0.999^t): m and v start at 0, and both correct that.
 */
export function adam(
  parameters: u32,
  gradient: u32,
  bytes: u32,
  rate: f32,
  means: u32,
  squares: u32,
  rootOfBias2: f32,
): void {
  for (let at: u32 = 0; at < bytes; at += 16) {
    const g = v128.load(gradient + at);
    const m = average(means + at, g, 0.9, 0.1);
    const v = average(squares + at, f32x4.mul(g, g), 0.999, 0.001);
    move(parameters + at, f32x4.div(f32x4.mul(f32x4.splat(rate), m), root(v, 1 / rootOfBias2)));
  }
}

@inline
function move(parameters: u32, change: v128): void {
  v128.store(parameters, f32x4.sub(v128.load(parameters), change));
}

/** A running average, updated. */
@inline
function average(address: u32, value: v128, kept: f32, added: f32): v128 {
  const updated = f32x4.add(f32x4.mul(f32x4.splat(kept), v128.load(address)), f32x4.mul(f32x4.splat(added), value));
  v128.store(address, updated);
  return updated;
}

/** sqrt(v) times a factor, plus epsilon: the division stays finite where a gradient is 0. */
@inline
function root(v: v128, factor: f32): v128 {
  return f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(factor)), f32x4.splat(EPSILON));
}

// --- augmentation -----------------------------------------------------------------------------------------------------

const PADDED: u32 = 32; // side of an image with a margin of 0: 1 to the left and above, 3 to the right and below

/**
 * Rotate, shear, scale and shift an image (784), uint8, in place, as in model/data/augmentation.py. `padded` has room for
 * PADDED x PADDED, and 0 in it.
 */
export function augment(
  image: u32,
  rotation: f32,
  shear: f32,
  logOfScale: f32,
  right: f32,
  down: f32,
  padded: u32,
): void {
  for (let i: u32 = 0; i < SIDE; i++) memory.copy(padded + PADDED * (i + 1) + 1, image + SIDE * i, SIDE);
  const scale = Mathf.exp(logOfScale);
  const cos = Mathf.cos(rotation) * scale;
  const sin = Mathf.sin(rotation) * scale;
  const center: f32 = <f32>(SIDE - 1) / 2;
  for (let i: u32 = 0; i < SIDE; i++) {
    for (let j: u32 = 0; j < SIDE; j++, image++) {
      // Where this pixel comes from: between four pixels of the padded image.
      const u = <f32>j - center;
      const v = <f32>i - center;
      const x = inside(cos * u + (shear * cos - sin) * v + right + center + 1);
      const y = inside(sin * u + (shear * sin + cos) * v + down + center + 1);
      const left = <i32>x;
      const top = <i32>y;
      const corner = padded + PADDED * top + left;
      if (!(load<u16>(corner) | load<u16>(corner, PADDED))) {
        store<u8>(image, 0);
        continue;
      }
      const fx = x - <f32>left;
      const fy = y - <f32>top;
      const upper = tone(corner) * (1 - fx) + tone(corner + 1) * fx;
      const lower = tone(corner + PADDED) * (1 - fx) + tone(corner + PADDED + 1) * fx;
      store<u8>(image, <i32>(upper * (1 - fy) + lower * fy));
    }
  }
}

@inline
function tone(pixel: u32): f32 {
  return <f32>(<i32>load<u8>(pixel));
}

/** A coordinate of the padded image; beyond its edges all is 0, as it is there. */
@inline
function inside(place: f32): f32 {
  return min<f32>(max<f32>(place, 0), <f32>(SIDE + 1));
}
