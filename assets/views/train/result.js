/** What a trained network does with the test digits: its confusion matrix, and the digits that surprise it most. */
/** @import { ClassifierDescription } from "../../state/types.js" */
import { bytesFromBase64 } from "../../engine/quantization.js";
import { SIDE } from "../../engine/preprocessing.js";
import { confusionMatrix } from "../../parts/charts.js";
import { create, query } from "../../parts/dom.js";
import { paintGray } from "../../parts/images.js";
import { percent } from "../../parts/numbers.js";

/** A test digit: its image as base64 of 784 tones, and the probabilities of the prediction and of the label.
    @typedef {{ image: string, label: number, predicted: number, probability: number, labelProbability: number }} Mistake */
/** What Python sends. @typedef {{ network: ClassifierDescription, confusion: number[][], mistakes: Mistake[] }} TrainResult */

/** @type {(element: HTMLElement, number: number, result: TrainResult) => void} */
export function showResult(element, number, { network, confusion, mistakes }) {
  query(element, "h3").textContent =
    `Run ${number}: ${percent(network.testAccuracy, 2)} of the 10,000 test digits classified correctly`;
  confusionMatrix(query(element, ".train-confusion"), confusion);
  query(element, ".train-mistakes ul").replaceChildren(...mistakes.map(mistakeItem));
  element.hidden = false;
}

/** @param {Mistake} mistake */
function mistakeItem({ image, label, predicted, probability, labelProbability }) {
  const words = `${label} classified as ${predicted}, ${percent(probability)}; probability of ${label}: ${percent(labelProbability)}`;
  const canvas = create("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": words, title: words });
  paintGray(canvas, new Uint8Array(bytesFromBase64(image)));
  const digits = create("b", {}, `${label} → ${predicted}`);
  return create("li", {}, canvas, create("span", { "aria-hidden": "true" }, digits, ` ${percent(probability, 0)}`));
}
