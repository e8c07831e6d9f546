/** What the network makes of the drawing: worked out from drawing, classifiers and preprocessing steps whenever one of
    them changes. Subscribers are told in the same task, so the bars move with the pen. */
/** @import { Current, Stroke } from "./types.js" */
import { BLANK } from "../engine/classifier.js";
import { CANVAS_SIDE, InkCanvas } from "../engine/pen.js";
import { preprocess } from "../engine/preprocessing.js";
import * as classifiers from "./classifiers.js";
import * as drawing from "./drawing.js";
import * as steps from "./steps.js";
import { createStore } from "./store.js";

const CLOSE = 0.01; // how much a probability may change when a drawing is simplified
let version = 0;
const store = createStore(predict());
export const { get: current, subscribe } = store;

for (const source of [drawing, classifiers, steps]) source.subscribe(() => store.set(predict()));

/** Whether there is nothing to predict from: the pad is empty, or the network has not arrived yet.
    @param {Current} prediction @returns {prediction is import("./types.js").EmptyCurrent} */
export function isEmpty(prediction) {
  return prediction.verdict === "blank";
}

/** Whether other strokes than those on the pad give the same digit, and each probability within 0.01; without a network,
    nobody can tell. @param {Stroke[]} strokes */
export function predictsTheSame(strokes) {
  const { digit, probabilities, active } = store.get();
  const there = classifiers.get()[active]?.classifier.predictInk(new InkCanvas().draw(strokes).ink, steps.get());
  return there?.digit === digit && there.probabilities.every((share, i) => Math.abs(share - probabilities[i]) <= CLOSE);
}

/** @returns {Current} */
function predict() {
  version += 1;
  const { active, compared, ...loaded } = classifiers.get();
  const classifier = loaded[active]?.classifier;
  const image = preprocess(drawing.get().ink, CANVAS_SIDE, CANVAS_SIDE, steps.get());
  const prediction = classifier?.predict(image) ?? BLANK;
  const other = (compared && loaded[compared]?.classifier.predict(image)) || null;
  const { fingerprint } = classifier ?? {};
  return { ...prediction, ...drawing.get(), other, compared, image, steps: steps.get(), active, fingerprint, version };
}
