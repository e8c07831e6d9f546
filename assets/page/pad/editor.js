/** What is on the pad, and how it changes: strokes, the ink they leave, undo and redo. No DOM in here. */
/** @import { Point, Stroke } from "../../state/types.js" */
import { InkCanvas } from "../../engine/pen.js";

export class Editor {
  #ended = /** @type {Stroke[]} */ ([]);
  #history = /** @type {Stroke[][]} */ ([]); // what the strokes were before, newest last
  #undone = /** @type {Stroke[][]} */ ([]); // what they were before `undo`, newest last
  #current = /** @type {Stroke | null} */ (null);
  canvas = new InkCanvas();

  /** All strokes, including the one being drawn. */
  get strokes() {
    return this.#current ? [...this.#ended, this.#current] : this.#ended;
  }

  get isPenDown() {
    return this.#current !== null;
  }

  get canUndo() {
    return this.#history.length > 0 || this.isPenDown;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Keep the present strokes for `undo`. */
  remember() {
    this.#history.push(this.#ended);
    this.#undone = [];
  }

  /** Put the pen down. @param {Point} point */
  begin(point) {
    this.#current = [point];
    this.canvas.draw([this.#current]);
  }

  /** Move the pen. Returns the points of the new piece, the previous one first. @param {Point[]} points */
  extend(points) {
    const stroke = this.#current ?? [];
    const before = stroke.length - 1;
    for (const point of points) {
      const last = stroke[stroke.length - 1];
      if (point[0] === last[0] && point[1] === last[1]) continue;
      stroke.push(point);
      this.canvas.line(last, point);
    }
    return stroke.slice(before);
  }

  end() {
    this.remember();
    this.#ended = this.strokes;
    this.#current = null;
  }

  /** Drop the stroke being drawn. */
  cancel() {
    this.replace(this.#ended);
  }

  /** Have other strokes than these. @param {Stroke[]} strokes */
  replace(strokes) {
    this.#ended = strokes;
    this.#current = null;
    this.canvas = new InkCanvas().draw(strokes);
  }

  /** Go back to the strokes before the last change. */
  undo() {
    this.#step(this.#history, this.#undone);
  }

  /** Go forward again. */
  redo() {
    this.#step(this.#undone, this.#history);
  }

  /** @param {Stroke[][]} from @param {Stroke[][]} to */
  #step(from, to) {
    const strokes = from.pop();
    if (!strokes) return;
    to.push(this.#ended);
    this.replace(strokes);
  }
}
