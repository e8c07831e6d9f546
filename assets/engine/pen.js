/** The pen: strokes to ink. The same arithmetic as model/data/pen.py, so the two agree bit by bit. */
/** @import { Point, Stroke } from "../state/types.js" */
import { clip } from "./math.js";

export const CANVAS_SIDE = 140; // pixels
export const PEN_WIDTH = 10; // pixels

export class InkCanvas {
  /** @param {number} [side] in pixels */
  constructor(side = CANVAS_SIDE) {
    this.side = side;
    /** side x side: 0 where there is no ink, 255 for the darkest. */
    this.ink = new Uint8Array(side * side);
  }

  /** Draw strokes with a round pen. @param {Stroke[]} strokes @param {number} [width] of the pen */
  draw(strokes, width = PEN_WIDTH) {
    for (const stroke of strokes) {
      if (stroke.length === 1) this.line(stroke[0], stroke[0], width);
      for (let i = 1; i < stroke.length; i++) this.line(stroke[i - 1], stroke[i], width);
    }
    return this;
  }

  /** Draw one straight line with round ends.
      @param {Point} from @param {Point} to @param {number} [width] of the pen */
  line([x0, y0], [x1, y1], width = PEN_WIDTH) {
    const { ink, side } = this;
    const radius = width / 2;
    const [left, right] = reach(x0, x1, radius, side);
    const [top, bottom] = reach(y0, y1, radius, side);
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length2 = dx * dx + dy * dy;
    for (let row = top; row < bottom; row++) {
      const y = row + 0.5 - y0;
      for (let column = left; column < right; column++) {
        const x = column + 0.5 - x0;
        const along = length2 > 0 ? clip((x * dx + y * dy) / length2, 0, 1) : 0;
        const acrossX = x - along * dx;
        const acrossY = y - along * dy;
        const distance = Math.sqrt(acrossX * acrossX + acrossY * acrossY);
        const covered = Math.floor(clip(radius + 0.5 - distance, 0, 1) * 255 + 0.5);
        const pixel = row * side + column;
        if (covered > ink[pixel]) ink[pixel] = covered;
      }
    }
  }
}

/** The pixels along one axis that a line between two places may touch: the first, and one past the last.
    @param {number} a @param {number} b @param {number} radius @param {number} side */
function reach(a, b, radius, side) {
  const first = Math.floor(Math.min(a, b) - radius - 0.5);
  const last = Math.ceil(Math.max(a, b) + radius + 0.5);
  return [clip(first, 0, side), clip(last, 0, side)];
}
