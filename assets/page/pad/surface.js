/** What one sees of the pad: its strokes or its photo, and the keyboard's pen. */
/** @import { Point } from "../../state/types.js" */
/** @import { Content } from "./editor.js" */
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { inkContext, paintInk, paintStroke } from "../../parts/ink.js";
import { watchScreen } from "../../parts/screen.js";

/** @param {HTMLCanvasElement} canvas @param {() => Content} content
    @param {() => { at: Point, isDown: boolean } | null} keyboardPen @returns {() => void} paints what is there now */
export function createSurface(canvas, content, keyboardPen) {
  let context = inkContext(canvas);
  let color = ""; // asking for the style at every movement of the pen would take too long

  function paint() {
    const { strokes, photo } = content();
    const cursor = keyboardPen();
    context.clearRect(0, 0, CANVAS_SIDE, CANVAS_SIDE);
    for (const points of strokes) paintStroke(context, points, color);
    if (photo) paintInk(context, photo, color, CANVAS_SIDE);
    if (!cursor) return;
    context.globalAlpha = cursor.isDown ? 1 : 0.6;
    context.lineWidth = 1.5;
    context.strokeStyle = color;
    context.beginPath();
    context.arc(...cursor.at, PEN_WIDTH / 2 + 1.5, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = PEN_WIDTH;
  }

  /** As many pixels as the screen has, whatever the size of the pad and the density of the screen; and its colors. */
  function fit() {
    const size = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!size) return;
    if (canvas.width !== size || canvas.height !== size) canvas.width = canvas.height = size;
    context = inkContext(canvas);
    color = getComputedStyle(canvas).color;
    paint();
  }

  watchScreen([canvas], fit);
  return paint;
}
