/** How well a classifier recognizes the visitor's drawings, beside its accuracy on MNIST's test digits. */
/** @import { Prediction, Stroke } from "../../state/types.js" */
/** @import { LabeledDrawing } from "./handwriting.js" */
import { DIGITS } from "../../engine/classifier.js";
import { InkCanvas } from "../../engine/pen.js";
import { sum } from "../../engine/math.js";
import * as drawing from "../../state/drawing.js";
import { confusionMatrix } from "../../parts/charts.js";
import { create, query } from "../../parts/dom.js";
import { inkDrawing } from "../../parts/ink.js";
import { grouped, percent } from "../../parts/numbers.js";

/** @typedef {LabeledDrawing & Pick<Prediction, "digit" | "probabilities" | "verdict">} Answer */

export const inkOf = (/** @type {{ strokes: Stroke[] }} */ { strokes }) => new InkCanvas().draw(strokes).ink;

/** @param {Answer} answer */
const isCorrect = ({ label, digit }) => label === digit;

/** @type {(element: HTMLElement, answers: Answer[], testAccuracy: number) => void} */
export function showScores(element, answers, testAccuracy) {
  const count = answers.length;
  const correct = answers.filter(isCorrect).length;
  const onMnist = grouped(Math.round(10_000 * testAccuracy));
  query(element, ".handwriting-scores").replaceChildren(
    score("Your handwriting", correct / count, `${correct} of ${count}`),
    score("MNIST’s test digits", testAccuracy, `${onMnist} of 10,000`),
  );
  const [low, high] = wilsonInterval(correct, count);
  const isOutside = testAccuracy < low || testAccuracy > high;
  query(element, ".handwriting-interval").textContent =
    `${count} drawings are few: if you wrote many more, any score from ${percent(low, 0)} to ${percent(high, 0)} would be ` +
    `plausible (a 95 % confidence interval). MNIST’s ${isOutside ? "lies outside it" : "lies inside it, so the two may be equal"}.`;
  query(element, ".handwriting-hardest").replaceChildren(...hardest(answers));
  query(element, ".handwriting-gallery").replaceChildren(...answers.map(card));
  const matrix = Array.from({ length: DIGITS }, () => new Array(DIGITS).fill(0));
  for (const { label, digit } of answers) if (digit !== null) matrix[label][digit] += 1;
  confusionMatrix(query(element, ".handwriting-confusion"), matrix);
}

/** @type {(whose: string, share: number, counts: string) => HTMLElement} */
function score(whose, share, counts) {
  const track = { class: "track", "aria-hidden": "true" };
  const bar = create("span", track, create("span", { style: `--share: ${share}` }));
  const [name, figure] = [create("span", {}, whose), create("strong", {}, percent(share))];
  const words = create("small", {}, `${counts} classified correctly`);
  return create("div", { class: "handwriting-score" }, name, figure, bar, words);
}

/** The 95 % confidence interval of a share (E. B. Wilson, 1927). @type {(correct: number, count: number) => [number, number]} */
function wilsonInterval(correct, count) {
  const z = 1.96;
  const share = correct / count;
  const middle = share + z ** 2 / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const scale = 1 + z ** 2 / count;
  return [Math.max((middle - reach) / scale, 0), Math.min((middle + reach) / scale, 1)];
}

/** In words, the digit with the most errors; of several, the one whose label is least probable. @param {Answer[]} answers */
function hardest(answers) {
  const digits = [...new Set(answers.map(({ label }) => label))].map((label) => {
    const its = answers.filter((answer) => answer.label === label);
    const probability = sum(its.map(({ probabilities }) => probabilities[label])) / its.length;
    return { label, probability, count: its.length, correct: its.filter(isCorrect).length };
  });
  digits.sort((a, b) => a.correct / a.count - b.correct / b.count || a.probability - b.probability);
  const [{ label, probability, count, correct }] = digits;
  const times = correct === count ? "always classified correctly" : `classified correctly ${correct} of ${count} times`;
  const mean = `; on average, the right answer got ${percent(probability)}.`;
  return ["Your hardest digit is the ", create("strong", {}, String(label)), `: ${times}${mean}`];
}

/** @type {(answer: Answer, place: number) => HTMLElement} */
function card(answer, place) {
  const { label, digit, probabilities, verdict, strokes } = answer;
  const prediction = digit === null ? "–" : `${digit}, ${percent(probabilities[digit], 0)}`;
  const doubt = { blank: "", digit: "", unsure: ", unsure", "not a digit": ", perhaps not a digit" }[verdict];
  const [word, sign] = isCorrect(answer) ? ["classified", "✓"] : ["misclassified", "✗"];
  const name = `Drawing ${place + 1}: your ${label}, ${word} as ${prediction}${doubt}`;
  const labels = { "aria-label": name, class: !isCorrect(answer) && "is-wrong" };
  const texts = [create("b", {}, String(label)), create("span", {}, `${sign} ${prediction}`)];
  const onclick = () => drawing.replaceStrokes(strokes);
  return create("li", {}, create("button", { type: "button", ...labels, onclick }, inkDrawing(strokes), ...texts));
}
