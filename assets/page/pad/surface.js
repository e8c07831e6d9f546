/** What one sees of the pad: its strokes, and the keyboard's pen. */
/** @import { Point, Stroke } from "../../state/types.js" */
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { inkContext, paintStroke } from "../../parts/ink.js";
import { watchScreen } from "../../parts/screen.js";

/** @typedef {{ at: Point, isDown: boolean }} Cursor the keyboard's pen */

/** @param {HTMLCanvasElement} canvas
    @param {() => { strokes: Stroke[], cursor: Cursor | null }} present what is to be seen */
export function createSurface(canvas, present) {
  let context = inkContext(canvas);
  let colors = { ink: "", cursor: "" }; // asking for the style at every movement of the pen would take too long

  function repaint() {
    const { strokes, cursor } = present();
    context.clearRect(0, 0, CANVAS_SIDE, CANVAS_SIDE);
    for (const points of strokes) paintStroke(context, points, colors.ink);
    if (cursor) paintCursor(cursor);
  }

  /** @param {Cursor} cursor */
  function paintCursor({ at: [x, y], isDown }) {
    context.save();
    context.globalAlpha = isDown ? 1 : 0.6;
    context.strokeStyle = colors.cursor;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, PEN_WIDTH / 2 + 1.5, 0, 2 * Math.PI);
    for (const sign of [-1, 1]) {
      const [near, far] = [0.8, 1.3].map((share) => sign * share * PEN_WIDTH);
      context.moveTo(x + near, y);
      context.lineTo(x + far, y);
      context.moveTo(x, y + near);
      context.lineTo(x, y + far);
    }
    context.stroke();
    context.restore();
  }

  /** As many pixels as the screen has, whatever the size of the pad and the density of the screen; and its colors. */
  function fit() {
    const size = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!size) return;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    context = inkContext(canvas);
    const { color, outlineColor } = getComputedStyle(canvas);
    colors = { ink: color, cursor: outlineColor };
    repaint();
  }

  watchScreen([canvas], fit);

  return {
    repaint,

    /** Paint what is new: the next points of a stroke. @param {Point[]} points */
    add(points) {
      if (present().cursor) repaint();
      else paintStroke(context, points, colors.ink);
    },
  };
}
