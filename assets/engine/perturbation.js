/** The smallest change of an image that makes another digit win. */
/** @import { Classifier } from "./classifier.js" */
import { argmax, clip, dot } from "./math.js";
import { inputGradient } from "./reference.js";

const RIVALS = 3; // the digits with the next highest logits are tried
const STEPS = 30; // at most, until one of them wins
const ROUNDS = 10; // at most, that make the change smaller
const SETTLED = 0.999; // of a change's size: a round that leaves more of it is the last
const BEYOND = 0.01; // how far beyond the tie of two logits a step aims
const LENGTHS = [1, 1.05, 1.1, 1.2]; // that are tried of a change, until another digit wins
const HALVINGS = 12; // when a number is sought between two others

/** The size of a change: its L2 norm. @param {Float64Array} change */
export const size = (change) => Math.sqrt(dot(change, change));

/**
 * Change an image as little as possible so that its digit no longer has the highest logit. The network is linear around
 * an image, so the nearest tie of two logits is known there. Steps lead from tie to tie until another digit wins (S.-M.
 * Moosavi-Dezfooli et al., "DeepFool", 2016). Then, round by round, the change moves halfway to the smallest one that
 * reaches the tie as it is seen from the changed image, and is cut where the digits change places. All tones stay within
 * 0 to 255. No smaller change is known, though there may be one.
 * @param {Classifier} classifier @param {Uint8Array} image 28 x 28 @returns {Uint8Array | null} the changed image; null if
 *   none was found
 */
export function smallestChange(classifier, image) {
  const { network, std } = classifier;
  const { logits } = classifier.forward(image);
  const winner = argmax(logits);
  const rivals = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);
  const none = new Float64Array(image.length);
  const changed = (/** @type {Float64Array} */ change, length = 1) => change.map((by, i) => image[i] + length * by);
  /** @type {(change: Float64Array, length?: number) => boolean} */
  const wins = (change, length) => argmax(classifier.forward(changed(change, length)).logits) === winner;

  /** What the winner's lead over a digit loses by each tone, and by how much it has to be lowered from nothing.
      @type {(change: Float64Array, digit: number) => { gradient: Float64Array, by: number }} */
  function tie(change, digit) {
    const pass = classifier.forward(changed(change));
    const ofLogits = logits.map((_, i) => Number(i === winner) - Number(i === digit));
    const gradient = inputGradient(network, pass, ofLogits).map((slope) => slope / 255 / std);
    return { gradient, by: dot(pass.logits, ofLogits) - dot(gradient, change) + BEYOND };
  }

  /** A change cut, or lengthened, to where another digit just wins. @param {Float64Array} change */
  function shortened(change) {
    const length = LENGTHS.find((length) => !wins(change, length));
    if (!length) return null;
    const share = lowest((share) => !wins(change, share * length));
    return change.map((by) => share * length * by);
  }

  let best = /** @type {Float64Array | null} */ (null);
  for (const digit of rivals.slice(1, 1 + RIVALS)) {
    let change = none;
    for (let step = 0; step < STEPS && (step === 0 || wins(change)); step++) {
      const { gradient, by } = tie(change, digit);
      const onward = nearestTie(changed(change), gradient, by + dot(gradient, change));
      change = change.map((value, i) => value + onward[i]);
    }
    let cut = shortened(change);
    for (let round = 0; cut && round <= ROUNDS; round++) {
      const found = cut;
      if (!best || size(found) < size(best)) best = found;
      const { gradient, by } = tie(found, digit);
      const nearest = nearestTie(image, gradient, by);
      cut = shortened(found.map((value, i) => (value + nearest[i]) / 2));
      if (cut && size(cut) > SETTLED * size(found)) break;
    }
  }
  for (let percent = 100; best && percent < 120; percent++) {
    const whole = Uint8Array.from(changed(best, percent / 100), (tone) => Math.round(clip(tone, 0, 255)));
    if (argmax(classifier.forward(whole).logits) !== winner) return whole;
  }
  return null;
}

/** The smallest change along a gradient, within the bounds of each tone, that lowers a linear function by so much.
    @param {ArrayLike<number>} tones @param {Float64Array} gradient @param {number} by */
function nearestTie(tones, gradient, by) {
  const along = (/** @type {number} */ i, /** @type {number} */ length) =>
    clip(-length * gradient[i], -tones[i], 255 - tones[i]);
  const isLowered = (/** @type {number} */ length) => {
    let sum = 0; // without an array for each length, this takes a quarter of the time
    for (let i = 0; i < gradient.length; i++) sum -= gradient[i] * along(i, length);
    return sum >= by;
  };
  let high = by / dot(gradient, gradient);
  for (let i = 0; i < HALVINGS && !isLowered(high); i++) high *= 2;
  const length = high * lowest((share) => isLowered(share * high));
  return gradient.map((_, i) => along(i, length));
}

/** The lowest share, 0 to 1, from which point on a condition holds that holds for 1. @param {(share: number) => boolean} holds */
function lowest(holds) {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
