/** What is drawn at this moment. Only the pad changes it; others ask the pad to replace the strokes. The strokes of a
    drawing at rest are `state.strokes`. */
/** @import { Drawing, Stroke } from "./types.js" */
import { InkCanvas } from "../engine/pen.js";
import { signal } from "../vendor/signals-core.js";

export const drawing = signal(/** @type {Drawing} */ ({ strokes: [], ink: new InkCanvas().ink, penIsDown: false }));

/** Whether the pad is large on a narrow screen while a view is open, and not in a strip. */
export const isPadLarge = signal(false);

/** How the pad's content is replaced; the pad puts its own functions here. */
export const pad = {
  /** Put other strokes on the pad; an empty array clears it. They can be undone there, unless another drawing begins.
      @type {(strokes: Stroke[], isAnother?: boolean) => void} */
  replace() {},
  focus() {},
};
