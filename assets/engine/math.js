/** Small functions of arrays of numbers. */
/** @typedef {ArrayLike<number>} Values */

/** @param {Values} values */
export function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** The scalar product of two arrays of one length. @param {Values} a @param {Values} b */
export function dot(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** The largest absolute value. @param {Values} values */
export function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** Where the highest value is; the first of equal ones. @param {Values} values */
export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Where the highest and the second highest of at least two values are. @param {Values} values */
export function topTwo(values) {
  const first = argmax(values);
  return [first, argmax(Array.from(values, (value, i) => (i === first ? -Infinity : value)))];
}

/** The value that a share of the values lies below, interpolated. @param {Float32Array | Float64Array} values @param {number} share */
export function quantile(values, share) {
  const place = share * (values.length - 1);
  const below = Math.floor(place);
  const ordered = partitioned(values, below);
  if (place === below) return ordered[below];
  let next = Infinity;
  for (let i = below + 1; i < ordered.length; i++) if (ordered[i] < next) next = ordered[i];
  return ordered[below] + (place - below) * (next - ordered[below]);
}

/** The values in an order in which the one at a place is where sorting would put it, after no larger and before no smaller
    ones (C. A. R. Hoare, "Algorithm 65: Find", 1961). @param {Float32Array | Float64Array} values @param {number} place */
function partitioned(values, place) {
  values = values.slice();
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = values[(first + last) >> 1];
    let [low, high] = [first, last];
    while (low <= high) {
      while (values[low] < pivot) low++;
      while (values[high] > pivot) high--;
      if (low > high) break;
      const value = values[low];
      values[low++] = values[high];
      values[high--] = value;
    }
    if (place <= high) last = high;
    else if (place >= low) first = low;
    else break;
  }
  return values;
}

/** e to the power of each logit; the highest logit is subtracted first, so that none overflows. @param {Float64Array} logits */
export function powers(logits) {
  const highest = Math.max(...logits);
  return logits.map((logit) => Math.exp(logit - highest));
}

/** Logits to probabilities. @param {Float64Array} logits */
export function softmax(logits) {
  const exponentials = powers(logits);
  const total = sum(exponentials);
  return exponentials.map((value) => value / total);
}

/** The cross-entropy loss, from the logits: exact even where the probability is too small to take its logarithm.
    @param {Float64Array} logits @param {number} label */
export function crossEntropy(logits, label) {
  return Math.log(sum(powers(logits))) + Math.max(...logits) - logits[label];
}

/** The center of mass of a square image in pixels from its left and upper edge; null if it has no mass.
    @param {Values} values side x side @param {number} side */
export function centerOfMass(values, side) {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    mass += values[i];
    x += values[i] * ((i % side) + 0.5);
    y += values[i] * (Math.floor(i / side) + 0.5);
  }
  return mass > 0 ? { x: x / mass, y: y / mass } : null;
}

/** @param {number} value @param {number} low @param {number} high */
export function clip(value, low, high) {
  return value < low ? low : value > high ? high : value;
}
