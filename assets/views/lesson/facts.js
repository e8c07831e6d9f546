/** What the lesson's steps know of a drawing, and what their sentences, pictures and lines of code share. */
/** @import { Drawn, LoadedNetwork } from "../../state/types.js" */
import { argmax, sum } from "../../engine/math.js";
import { contributions } from "../../engine/reference.js";
import { state } from "../../state/state.js";

/** What a step knows: the prediction of a drawing, the network that makes it, and the digit that was meant (the predicted
    one until a label is chosen). `drawing` counts the drawings: a tick belongs to one of them.
    @typedef {LoadedNetwork & { now: Drawn, label: number, drawing: number }} Facts */

/** @param {ArrayLike<number>} values */
export const countPositive = (values) => Array.from(values).filter((value) => value > 0).length;

/** @param {ArrayLike<number>} values */
export const mean = (values) => sum(values) / values.length;

/** The neuron of hidden layer 1 that texts, code and pictures are about: the chosen one, or else the strongest.
    @param {Facts} facts */
export function neuronOf({ now }) {
  const [layer, neuron] = state.neuron.value ?? [];
  return layer === 0 && neuron !== undefined && neuron < now.hidden[0].length ? neuron : argmax(now.hidden[0]);
}

/** The image mirrored from top to bottom, and what the network says to it. @param {Facts} facts */
export function mirrored({ now, classifier }) {
  return classifier.predict(now.image.map((_, i) => now.image[(27 - Math.floor(i / 28)) * 28 + (i % 28)]));
}

/** What the ink contributes to the difference of two logits. @type {(facts: Facts, pair: number[]) => number} */
export function attributed({ now, classifier }, [one, other]) {
  const ofLogits = now.logits.map((_, digit) => Number(digit === one) - Number(digit === other));
  return sum(contributions(classifier, now, now.image, ofLogits).shares);
}
