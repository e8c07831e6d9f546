/** What one sees of the pad: its strokes or its photo, and the keyboard's pen. */
/** @import { Point, Stroke } from "../../state/types.js" */
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { inkContext, paintInk, paintStroke } from "../../parts/ink.js";
import { watchScreen } from "../../parts/screen.js";

/** @typedef {{ at: Point, isDown: boolean }} Cursor the keyboard's pen
 *  @typedef {{ settled: Point[], tail: Point[] }} Pieces what is new of a stroke: its curve, and the straight last piece */

/** @param {HTMLCanvasElement} canvas
    @param {() => { strokes: Stroke[], photo: Uint8Array | null, cursor: Cursor | null }} present what is to be seen */
export function createSurface(canvas, present) {
  let context = inkContext(canvas);
  const settled = document.createElement("canvas"); // the same without the last piece, which becomes a curve
  let settledContext = inkContext(settled);
  let dirty = /** @type {Point[]} */ ([]); // the last piece
  let colors = { ink: "", cursor: "" }; // asking for the style at every movement of the pen would take too long

  function repaint() {
    const { strokes, photo, cursor } = present();
    for (const each of [context, settledContext]) {
      each.clearRect(0, 0, CANVAS_SIDE, CANVAS_SIDE);
      for (const points of strokes) paintStroke(each, points, colors.ink);
    }
    if (photo) paintInk(context, photo, colors.ink, CANVAS_SIDE);
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
    for (const each of [canvas, settled]) if (each.width !== size) each.width = each.height = size;
    [context, settledContext] = [inkContext(canvas), inkContext(settled)];
    const { color, outlineColor } = getComputedStyle(canvas);
    colors = { ink: color, cursor: outlineColor };
    repaint();
  }

  watchScreen([canvas], fit);

  return {
    repaint,

    /** Paint what is new of a stroke; the last piece gives way to the next one. @param {Pieces} pieces */
    add(pieces) {
      if (present().cursor) return repaint();
      if (pieces.settled.length > 1) paintStroke(settledContext, pieces.settled, colors.ink);
      copy([...dirty, ...pieces.settled]);
      paintStroke(context, pieces.tail, colors.ink);
      dirty = pieces.tail;
    },
  };

  /** Show what has settled around some points. @param {Point[]} points */
  function copy(points) {
    if (!points.length) return;
    const scale = canvas.width / CANVAS_SIDE;
    const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])) - PEN_WIDTH);
    const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])) + PEN_WIDTH);
    const [x, y] = [left, top].map((place) => Math.max(Math.floor(place * scale), 0));
    const [width, height] = [right * scale - x, bottom * scale - y].map((size) => Math.max(Math.ceil(size), 1));
    context.save();
    context.resetTransform();
    context.clearRect(x, y, width, height);
    context.drawImage(settled, x, y, width, height, x, y, width, height);
    context.restore();
  }
}
