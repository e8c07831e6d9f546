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
/** What Python sends. @typedef {{ network: ClassifierDescription, script: string, confusion: number[][], mistakes: Mistake[] }} TrainResult */

/** @import { Run } from "./train.js" */

/** The test digits stay out of sight until they are asked for.
    @param {HTMLElement} element @param {Run} run @param {TrainResult} result
    @param {(label: number, predicted: number) => Promise<string | undefined>} classifiedAs the images in a cell */
export function showResult(element, { number, validation }, { network, confusion, mistakes }, classifiedAs) {
  const heading = query(element, "h3");
  const [test, details] = [query(element, ".train-test"), query(element, ".train-details")];
  heading.textContent = `Run ${number}: ${percent(validation.at(-1)?.[2] ?? 0, 2)} of the 5,000 validation digits classified correctly`;
  if (!validation.length) heading.textContent = `Run ${number}: stopped before the first epoch was over`;
  [test.hidden, details.hidden] = [false, true];
  query(test, "button").onclick = () => {
    [test.hidden, details.hidden] = [true, false];
    heading.textContent = `Run ${number}: ${percent(network.testAccuracy, 2)} of the 10,000 test digits classified correctly`;
    heading.tabIndex = -1;
    heading.focus();
  };
  const cell = query(element, ".train-cell");
  cell.replaceChildren();
  confusionMatrix(query(element, ".train-confusion"), confusion, async (label, predicted) => {
    const sent = await classifiedAs(label, predicted);
    const images = sent === undefined ? [] : /** @type {string[]} */ (JSON.parse(sent));
    const count = confusion[label][predicted];
    const words = `${count} ${label === predicted ? `of the ${label}s are classified correctly` : `of the ${label}s are classified as ${predicted}`}`;
    const shown = images.length < count ? `, ${images.length} of them here:` : ":";
    cell.replaceChildren(create("p", {}, `${words}${images.length ? shown : "."}`), ...images.map(digitImage));
  });
  query(element, ".train-mistakes ul").replaceChildren(...mistakes.map(mistakeItem));
  element.hidden = false;
}

/** @param {string} image */
function digitImage(image) {
  const canvas = create("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  paintGray(canvas, new Uint8Array(bytesFromBase64(image)));
  return canvas;
}

/** @param {Mistake} mistake */
function mistakeItem({ image, label, predicted, probability, labelProbability }) {
  const words = `${label} classified as ${predicted}, ${percent(probability)}; probability of ${label}: ${percent(labelProbability)}`;
  const canvas = create("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": words, title: words });
  paintGray(canvas, new Uint8Array(bytesFromBase64(image)));
  const digits = create("b", {}, `${label} → ${predicted}`);
  return create("li", {}, canvas, create("span", { "aria-hidden": "true" }, digits, ` ${percent(probability, 0)}`));
}
