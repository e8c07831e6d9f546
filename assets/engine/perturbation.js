/** The smallest change of an image that makes another digit win. */
/** @import { Classifier } from "./classifier.js" */
import { argmax, clip, dot } from "./math.js";
import { inputGradient } from "./reference.js";

const RIVALS = 3; // the digits with the next highest logits are tried
const ROUNDS = 10; // for each of them
const BEYOND = 0.01; // how far beyond the tie of two logits a step aims
const HALVINGS = 12; // when a number is sought between two others

/** The size of a change: its L2 norm. @param {Float64Array} change */
export const size = (change) => Math.sqrt(dot(change, change));

/**
 * Change an image as little as possible so that its digit no longer has the highest logit. The network is linear around
 * an image, so the nearest tie of two logits is known there. Steps lead from tie to tie until another digit wins (S.-M.
 * Moosavi-Dezfooli et al., "DeepFool", 2016). Then the change is cut where the digits change places, and moves halfway to
 * the smallest one that reaches the tie as it is seen from there. All tones stay within 0 to 255. No smaller change is
 * known, though there may be one.
 * @param {Classifier} classifier @param {Uint8Array} image 28 x 28 @returns {Uint8Array | null} the changed image; null if
 *   none was found
 */
export function smallestChange(classifier, image) {
  const { network, std } = classifier;
  const { logits } = classifier.forward(image);
  const winner = argmax(logits);
  const rivals = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);
  const changed = (/** @type {Float64Array} */ change, share = 1) => change.map((by, i) => image[i] + share * by);
  const wins = (/** @type {ArrayLike<number>} */ tones) => argmax(classifier.forward(tones).logits) === winner;

  let best = /** @type {Float64Array | null} */ (null);
  for (const digit of rivals.slice(1, 1 + RIVALS)) {
    const lead = logits.map((_, i) => Number(i === winner) - Number(i === digit));
    let change = new Float64Array(image.length);
    for (let round = 0; round < ROUNDS; round++) {
      const isEnough = !wins(changed(change));
      if (isEnough) {
        const share = lowest((share) => !wins(changed(change, share)));
        change = change.map((by) => share * by);
        if (!best || size(change) < size(best)) best = change;
      }
      const from = isEnough ? image : changed(change);
      const pass = classifier.forward(changed(change));
      const gradient = inputGradient(network, pass, lead).map((slope) => slope / 255 / std);
      const by = dot(pass.logits, lead) + BEYOND - (isEnough ? dot(gradient, change) : 0);
      const tie = nearestTie(from, gradient, by);
      change = change.map((value, i) => (isEnough ? (value + tie[i]) / 2 : value + tie[i]));
    }
  }
  for (let percent = 100; best && percent < 120; percent++) {
    const whole = Uint8Array.from(changed(best, percent / 100), (tone) => Math.round(clip(tone, 0, 255)));
    if (!wins(whole)) return whole;
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
