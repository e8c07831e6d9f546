/** What is on the pad, and how it changes: strokes or a photo, their ink, undo and redo. No DOM in here. */
/** @import { Point, Stroke } from "../../state/types.js" */
import { InkCanvas, PEN_WIDTH } from "../../engine/pen.js";
import { curve } from "../../engine/smoothing.js";
import { distanceFrom } from "../../state/drawing-code.js";

/** @typedef {{ strokes: Stroke[], photo: Uint8Array | null }} Content a photo is the ink of one; then there are no strokes */

export class Editor {
  #contents = /** @type {Content[]} */ ([{ strokes: [], photo: null }]); // one after the other
  #at = 0; // of what is on the pad: before it is what `undo` brings back, after it what `redo` does
  #current = /** @type {Stroke | null} */ (null); // as a curve through the samples, and straight to the last one
  #samples = /** @type {Point[]} */ ([]); // of the current stroke: where the pen was
  #settled = new InkCanvas(); // the ink without the last straight piece, whose curve depends on the next sample
  #canvas = new InkCanvas();

  /** All strokes, including the one being drawn. */
  get strokes() {
    const { strokes } = this.#contents[this.#at];
    return this.#current ? [...strokes, this.#current] : strokes;
  }

  /** The ink of a photo, 140 x 140; null while there are strokes, or nothing. */
  get photo() {
    return this.#current ? null : this.#contents[this.#at].photo;
  }

  /** All ink, 140 x 140. */
  get ink() {
    return this.#canvas.ink;
  }

  get isEmpty() {
    return !this.photo && !this.strokes.length;
  }

  get isPenDown() {
    return this.#current !== null;
  }

  get canUndo() {
    return this.#at > 0 || this.isPenDown;
  }

  get canRedo() {
    return this.#at < this.#contents.length - 1;
  }

  /** Forget what could be undone and redone: another drawing begins. */
  forget() {
    this.#contents = [this.#contents[this.#at]];
    this.#at = 0;
  }

  /** Keep what is on the pad for `undo`. */
  remember() {
    this.#contents.splice(++this.#at, Infinity, this.#contents[this.#at - 1]);
  }

  /** Put the pen down; a photo makes room. @param {Point} point */
  begin(point) {
    if (this.photo) this.#canvas = new InkCanvas();
    this.#current = [point];
    this.#samples = [point];
    this.#canvas.draw([this.#current]);
    this.#settled.ink.set(this.#canvas.ink);
  }

  /** Move the pen. @param {Point[]} points */
  extend(points) {
    for (const point of points) {
      const last = this.#samples[this.#samples.length - 1];
      if (point[0] === last[0] && point[1] === last[1]) continue;
      this.#settle(point);
      this.#samples.push(point);
      this.#current?.push(point);
    }
    this.#canvas.draw([this.#current?.slice(-2) ?? []]);
  }

  /** Lift the pen. */
  end() {
    this.#settle();
    const { strokes } = this;
    this.remember();
    this.#contents[this.#at] = { strokes, photo: null };
    this.#current = null;
  }

  /** Make a curve of the stroke's last piece, as the sample after it is known, or there is none. @param {Point} [after] */
  #settle(after) {
    const [stroke, samples] = [this.#current ?? [], this.#samples];
    const [before, from, to] = [samples.at(-3), samples.at(-2), samples[samples.length - 1]];
    if (from) {
      stroke.pop();
      for (const next of curve(before, from, to, after)) {
        this.#settled.line(stroke[stroke.length - 1], next);
        stroke.push(next);
      }
    }
    this.#canvas.ink.set(this.#settled.ink);
  }

  /** Rub out the strokes that an eraser touches. @param {Point[]} points */
  erase(points) {
    const left = this.strokes.filter((stroke) => !points.some((point) => isNear(stroke, point)));
    if (left.length === this.strokes.length) return;
    this.remember();
    this.replace(left);
  }

  /** Drop the stroke being drawn. */
  cancel() {
    this.#show();
  }

  /** Have other strokes than these, or a photo. @param {Stroke[]} strokes @param {Uint8Array | null} [photo] its ink */
  replace(strokes, photo = null) {
    this.#contents[this.#at] = { strokes, photo };
    this.#show();
  }

  /** Go back to what there was before the last change, by -1, or forward again, by 1. @param {-1 | 1} by */
  step(by) {
    if (by < 0 ? this.#at > 0 : this.canRedo) this.#at += by;
    this.#show();
  }

  #show() {
    const { strokes, photo } = this.#contents[this.#at];
    this.#current = null;
    this.#canvas = new InkCanvas().draw(strokes);
    if (photo) this.#canvas.ink.set(photo);
  }
}

/** Whether a point is on a stroke, or as near as the pen is wide. @param {Stroke} stroke @param {Point} point */
const isNear = (stroke, point) =>
  stroke.some((end, i) => distanceFrom(point, stroke[Math.max(i - 1, 0)], end) <= PEN_WIDTH);
