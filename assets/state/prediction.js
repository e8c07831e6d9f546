/** What the network makes of the drawing, whenever drawing, network or preprocessing changes. What reads `current` in an
    `effect` is told in the task of the change, so the bars move with the pen. */
/** @import { Current, Steps } from "./types.js" */
import { BLANK } from "../engine/classifier.js";
import { CANVAS_SIDE } from "../engine/pen.js";
import { ALL_STEPS, preprocess } from "../engine/preprocessing.js";
import { computed } from "../vendor/signals-core.js";
import { drawing } from "./drawing.js";
import { active, compared } from "./networks.js";
import { state } from "./state.js";

/** Which preprocessing steps are taken. */
export const steps = computed(() => {
  const left = state.without.value.map((step) => [step, false]);
  return /** @type {Steps} */ ({ ...ALL_STEPS, ...Object.fromEntries(left) });
});

/** The 28 x 28 pixels that the network sees. */
export const image = computed(() => preprocess(drawing.value.ink, CANVAS_SIDE, CANVAS_SIDE, steps.value));

/** The prediction, with the drawing and the image that it belongs to. */
export const current = computed(
  () =>
    /** @type {Current} */ ({
      ...(active.value?.classifier.predict(image.value) ?? BLANK),
      ...drawing.value,
      image: image.value,
    }),
);

/** The prediction of the network beside it; null while none is compared. */
export const other = computed(() => compared.value?.classifier.predict(image.value) ?? null);

/** Whether there is nothing to predict from: the pad is empty, or the network has not arrived yet.
    @param {Current} prediction @returns {prediction is import("./types.js").EmptyCurrent} */
export function isEmpty(prediction) {
  return prediction.verdict === "blank";
}
