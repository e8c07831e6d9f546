/** What is on the pad, and how it changes: strokes or a photo, their ink, undo and redo. No DOM in here. */
/** @import { Point, Stroke } from "../../state/types.js" */
import { InkCanvas, PEN_WIDTH } from "../../engine/pen.js";
import { curve } from "../../engine/smoothing.js";
import { distanceFrom } from "../../state/drawing-code.js";

/** @typedef {{ strokes: Stroke[], photo: Uint8Array | null }} Content a photo is the ink of one; then there are no strokes */

export class Editor {
  #ended = /** @type {Content} */ ({ strokes: [], photo: null });
  #history = /** @type {Content[]} */ ([]); // what was on the pad before, newest last
  #undone = /** @type {Content[]} */ ([]); // what was on it before `undo`, newest last
  #current = /** @type {Stroke | null} */ (null); // as a curve through the samples, and straight to the last one
  #samples = /** @type {Point[]} */ ([]); // of the current stroke: where the pen was
  #settled = new InkCanvas(); // the ink without the last straight piece, whose curve depends on the next sample
  canvas = new InkCanvas();

  /** All strokes, including the one being drawn. */
  get strokes() {
    return this.#current ? [...this.#ended.strokes, this.#current] : this.#ended.strokes;
  }

  /** The ink of a photo, 140 x 140; null while there are strokes, or nothing. */
  get photo() {
    return this.#current ? null : this.#ended.photo;
  }

  get isEmpty() {
    return !this.photo && !this.strokes.length;
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

  /** Forget what could be undone and redone: another drawing begins. */
  forget() {
    this.#history = [];
    this.#undone = [];
  }

  /** Keep what is on the pad for `undo`. */
  remember() {
    this.#history.push(this.#ended);
    this.#undone = [];
  }

  /** Put the pen down; a photo makes room. @param {Point} point */
  begin(point) {
    if (this.photo) this.canvas = new InkCanvas();
    this.#current = [point];
    this.#samples = [point];
    this.#settled.ink.set(this.canvas.ink);
    for (const canvas of [this.#settled, this.canvas]) canvas.draw([this.#current]);
  }

  /** Move the pen. @param {Point[]} points */
  extend(points) {
    const stroke = this.#current ?? [];
    const samples = this.#samples;
    for (const point of points) {
      const [before, from, to] = [samples.at(-3), samples.at(-2), samples[samples.length - 1]];
      if (point[0] === to[0] && point[1] === to[1]) continue;
      samples.push(point);
      if (from) {
        stroke.pop();
        for (const next of curve(before, from, to, point)) {
          this.#settled.line(stroke[stroke.length - 1], next);
          stroke.push(next);
        }
      }
      stroke.push(point);
    }
    this.canvas.ink.set(this.#settled.ink);
    this.canvas.draw([stroke.slice(-2)]);
  }

  /** Lift the pen: the last piece becomes a curve, too. */
  end() {
    const stroke = this.#current ?? [];
    const [before, from, to] = this.#samples.slice(-3);
    if (to) {
      const last = stroke.length - 1;
      stroke.splice(last, 1, ...curve(before, from, to, undefined));
      this.canvas.ink.set(this.#settled.ink);
      this.canvas.draw([stroke.slice(last - 1)]);
    }
    this.remember();
    this.#ended = { strokes: this.strokes, photo: null };
    this.#current = null;
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
    this.#show(this.#ended);
  }

  /** Have other strokes than these, or a photo. @param {Stroke[]} strokes @param {Uint8Array | null} [photo] its ink */
  replace(strokes, photo = null) {
    this.#show({ strokes, photo });
  }

  /** Go back to what there was before the last change, or forward again. @param {"undo" | "redo"} way */
  step(way) {
    const [from, to] = way === "undo" ? [this.#history, this.#undone] : [this.#undone, this.#history];
    const content = from.pop();
    if (!content) return;
    to.push(this.#ended);
    this.#show(content);
  }

  /** @param {Content} content */
  #show(content) {
    this.#ended = content;
    this.#current = null;
    this.canvas = new InkCanvas().draw(content.strokes);
    if (content.photo) this.canvas.ink.set(content.photo);
  }
}

/** Whether a point is on a stroke, or as near as the pen is wide. @param {Stroke} stroke @param {Point} point */
const isNear = (stroke, point) =>
  stroke.some((end, i) => distanceFrom(point, stroke[Math.max(i - 1, 0)], end) <= PEN_WIDTH);
