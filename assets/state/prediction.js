/** What the network makes of the drawing: worked out from drawing, classifiers and preprocessing steps whenever one of
    them changes. Subscribers are told in the same task, so the bars move with the pen. */
/** @import { Current } from "./types.js" */
import { BLANK } from "../engine/classifier.js";
import { CANVAS_SIDE } from "../engine/pen.js";
import { preprocess } from "../engine/preprocessing.js";
import * as classifiers from "./classifiers.js";
import * as drawing from "./drawing.js";
import * as steps from "./steps.js";
import { createStore } from "./store.js";

let version = 0;
const store = createStore(predict());
export const { get: current, subscribe } = store;

for (const source of [drawing, classifiers, steps]) source.subscribe(() => store.set(predict()));

/** Whether there is nothing to predict from: the pad is empty, or the network has not arrived yet.
    @param {Current} prediction @returns {prediction is import("./types.js").EmptyCurrent} */
export function isEmpty(prediction) {
  return prediction.verdict === "blank";
}

/** @returns {Current} */
function predict() {
  version += 1;
  const { active, isComparing, ...loaded } = classifiers.get();
  const classifier = loaded[active]?.classifier;
  const image = preprocess(drawing.get().ink, CANVAS_SIDE, CANVAS_SIDE, steps.get());
  const prediction = classifier?.predict(image) ?? BLANK;
  const other = (isComparing && loaded[active === "own" ? "shared" : "own"]?.classifier.predict(image)) || null;
  const { fingerprint } = classifier ?? {};
  return { ...prediction, ...drawing.get(), other, image, steps: steps.get(), active, fingerprint, version };
}
