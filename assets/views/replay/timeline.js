/** The course of a drawing: what the network predicts after its first points. No DOM in here. */
/** @import { DigitPrediction, ForwardPass, Point, Steps, Stroke } from "../../state/types.js" */
/** @import { Classifier } from "../../engine/classifier.js" */
import { CANVAS_SIDE, InkCanvas } from "../../engine/pen.js";
import { ALL_STEPS, preprocess } from "../../engine/preprocessing.js";

/** After `count` points, the last of them in this stroke.
    @typedef {{ count: number, stroke: number, image: Uint8Array } & DigitPrediction & ForwardPass} Moment */
/** @typedef {{ at: Point, stroke: number }} DrawnPoint */

const MOST_MOMENTS = 120; // beside the ends of strokes
const BUDGET = 6; // milliseconds of a frame: the predictions of a long drawing take several frames

export class Timeline {
  points = /** @type {DrawnPoint[]} */ ([]); // in the order in which they were drawn
  ends = /** @type {Set<number>} */ (new Set()); // how many points there are at the end of each stroke
  #classifier = /** @type {Classifier | null} */ (null);
  #steps = /** @type {Steps} */ (ALL_STEPS);
  #stride = 1; // points from one moment to the next
  #canvas = new InkCanvas();
  #drawn = 0; // points on the canvas
  /** @type {Map<number, DigitPrediction & ForwardPass & { image: Uint8Array }>} by the number of points */
  #predictions = new Map();

  /** Take a drawing; predictions for the same first points are kept.
      @param {Classifier} classifier @param {Steps} steps @param {Stroke[]} strokes */
  follow(classifier, steps, strokes) {
    if (classifier !== this.#classifier || steps !== this.#steps) {
      [this.#classifier, this.#steps] = [classifier, steps];
      this.#rewind(0);
    }
    const before = this.points;
    this.points = strokes.flatMap((stroke, i) => stroke.map((at) => ({ at, stroke: i })));
    const changed = before.findIndex((point, i) => !isSame(this.points[i], point));
    if (changed >= 0 && changed < this.#drawn) this.#rewind(changed);
    this.ends = new Set(this.points.flatMap(({ stroke }, i) => (this.points[i + 1]?.stroke === stroke ? [] : [i + 1])));
    this.#stride = 1; // doubled, not stretched, so that a growing drawing keeps the moments it has
    while (this.points.length / this.#stride > MOST_MOMENTS) this.#stride *= 2;
  }

  /** Predict at moments still to come, as many as a frame has time for. Returns whether those were all. */
  predictMore() {
    const { points } = this;
    const until = performance.now() + BUDGET;
    while (this.#drawn < points.length && performance.now() < until) {
      const [last, point] = [points[this.#drawn - 1], points[this.#drawn]];
      this.#canvas.line(last?.stroke === point.stroke ? last.at : point.at, point.at);
      this.#drawn += 1;
      if (!this.#isMoment(this.#drawn) || this.#predictions.has(this.#drawn)) continue;
      const image = preprocess(this.#canvas.ink, CANVAS_SIDE, CANVAS_SIDE, this.#steps);
      const prediction = this.#classifier?.predict(image);
      if (prediction && prediction.digit !== null) this.#predictions.set(this.#drawn, { image, ...prediction });
    }
    return this.#drawn === points.length;
  }

  /** The moments for which there are predictions, in order. @returns {Moment[]} */
  moments() {
    return this.points.slice(0, this.#drawn).flatMap(({ stroke }, i) => {
      const prediction = this.#isMoment(i + 1) && this.#predictions.get(i + 1);
      return prediction ? [{ count: i + 1, stroke, ...prediction }] : [];
    });
  }

  /** @param {number} count */
  #isMoment(count) {
    return count === 1 || count % this.#stride === 0 || this.ends.has(count);
  }

  /** Start with an empty canvas, and keep only what was predicted for so many points. @param {number} count */
  #rewind(count) {
    this.#canvas = new InkCanvas();
    this.#drawn = 0;
    for (const points of this.#predictions.keys()) if (points > count) this.#predictions.delete(points);
  }
}

/** @param {DrawnPoint | undefined} a @param {DrawnPoint} b */
const isSame = (a, b) => a?.stroke === b.stroke && a.at[0] === b.at[0] && a.at[1] === b.at[1];
