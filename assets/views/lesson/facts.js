/** What the lesson's steps know of a drawing, and what their sentences, pictures and lines of code share. */
/** @import { Drawn, LoadedNetwork, Stroke } from "../../state/types.js" */
import { argmax, crossEntropy, softmax, sum } from "../../engine/math.js";
import { contributions } from "../../engine/reference.js";
import { drawing } from "../../state/drawing-code.js";
import { state } from "../../state/state.js";

/** What a step knows: the prediction of a drawing, the network that makes it, and the digit that was meant (the predicted
    one until a label is chosen).
    @typedef {LoadedNetwork & { now: Drawn, label: number }} Facts */

/** A drawing for the steps about the loss: somebody meant a 4, and the baseline sees a 9. */
const STORED = "B8QE-AFjKE9QD4ABQFCQARCgAS8EEK8CB_ABF_ABH-AB";
export const STORED_LABEL = 4;
const TELLING = [0.3, 0.9]; // of the winner's probability: in between, the loss can be seen

export const storedStrokes = () => drawing.parse(STORED) ?? [];

/** @param {Stroke[]} strokes */
export const isStored = (strokes) => strokes.length === 2 && drawing.write(strokes) === STORED;

/** Whether a visitor's own drawing has a loss that can be seen, or is being drawn.
    @param {import("../../state/types.js").Current} current */
export function mayStay({ verdict, digit, probabilities, penIsDown }) {
  if (digit === null || verdict === "not a digit") return penIsDown;
  return penIsDown || (probabilities[digit] >= TELLING[0] && probabilities[digit] <= TELLING[1]);
}

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
  return sum(contributions(classifier, now, now.image, ofLogits));
}

/** How each output is asked to change: minus the gradient of the loss. @param {Facts} facts */
export const requests = ({ now, label }) => now.probabilities.map((share, digit) => Number(digit === label) - share);

/** The weight that is nudged: from the most active neuron of layer 2 to the label's output. The loss, and its slope, are
    functions of the nudge. @param {Facts} facts */
export function nudged({ now, label }) {
  const neuron = argmax(now.hidden[1]);
  const activation = now.hidden[1][neuron];
  const logits = (/** @type {number} */ nudge) => now.logits.with(label, now.logits[label] + nudge * activation);
  return {
    ...{ neuron, activation },
    loss: (/** @type {number} */ nudge) => crossEntropy(logits(nudge), label),
    slope: (/** @type {number} */ nudge) => (softmax(logits(nudge))[label] - 1) * activation,
  };
}
