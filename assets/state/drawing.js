/** What is drawn. Only the pad changes it; others ask the pad to replace the strokes. */
/** @import { Drawing, Stroke } from "./types.js" */
import { InkCanvas } from "../engine/pen.js";
import { createStore } from "./store.js";

/** @type {Drawing} */
const EMPTY = { strokes: [], ink: new InkCanvas().ink, penIsDown: false };
export const { get, set, subscribe } = createStore(EMPTY);

/** Put other strokes on the pad; an empty array clears it. They can be undone there, unless another drawing begins.
    @type {(strokes: Stroke[], isAnother?: boolean) => void} */
export let replaceStrokes = () => {};

/** The pad says how its strokes are replaced. @param {typeof replaceStrokes} replace */
export function connectPad(replace) {
  replaceStrokes = replace;
}
