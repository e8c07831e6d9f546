/** Strokes as curves. A browser tells where the pen was 60 to 240 times a second: joined by straight lines, fast strokes
    would be polygons. */
/** @import { Point } from "../state/types.js" */

const SPACING = 2.5; // pixels between two points of a curve; shorter pieces stay straight
const MOST = 16; // points of one piece
const CORNER = Math.cos((65 * Math.PI) / 180); // the pen turned more sharply than this on purpose: the corner stays

/**
 * The points of the curve between two samples of the pen, without the first and with the last: a centripetal Catmull-Rom
 * spline (Yuksel, Schaefer and Keyser: "Parameterization and applications of Catmull-Rom curves", 2011), which goes
 * through every sample and makes neither loops nor cusps. Undefined where a neighbor is missing: the curve ends there.
 * @param {Point | undefined} before @param {Point} from @param {Point} to @param {Point | undefined} after
 * @returns {Point[]}
 */
export function curve(before, from, to, after) {
  const length = distance(from, to);
  const count = Math.min(Math.ceil(length / SPACING), MOST);
  if (count <= 1) return [to];
  const known = {
    first: before && isBend(before, from, to) ? handle(before, from, to) : undefined,
    second: after && isBend(from, to, after) ? handle(after, to, from) : undefined,
  };
  const first = known.first ?? atEnd(from, to, known.second);
  const second = known.second ?? atEnd(to, from, known.first);
  const points = Array.from({ length: count - 1 }, (_, i) => bezier(from, first, second, to, (i + 1) / count));
  return [...points, to];
}

/** The control point next to `at` on the way to `next`, for the Bézier form of the spline.
    @param {Point} other the neighbor on the other side @param {Point} at @param {Point} next @returns {Point} */
function handle(other, at, next) {
  const [a, b] = [Math.sqrt(distance(other, at)), Math.sqrt(distance(at, next))];
  const place = (/** @type {0 | 1} */ axis) =>
    (a * a * next[axis] - b * b * other[axis] + (2 * a * a + 3 * a * b + b * b) * at[axis]) / (3 * a * (a + b));
  return [place(0), place(1)];
}

/** The control point next to an end, which makes the piece a parabola, or straight between two ends.
    @param {Point} end @param {Point} other @param {Point | undefined} control the one next to the other end */
function atEnd(end, other, control) {
  return control ? along(end, along(other, control, 1.5), 2 / 3) : along(end, other, 1 / 3);
}

/** @type {(before: Point, at: Point, after: Point) => boolean} */
function isBend(before, at, after) {
  const lengths = distance(before, at) * distance(at, after);
  const product = (at[0] - before[0]) * (after[0] - at[0]) + (at[1] - before[1]) * (after[1] - at[1]);
  return lengths > 0 && product >= CORNER * lengths;
}

/** @type {(from: Point, to: Point, share: number) => Point} */
function along(from, to, share) {
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}

/** @type {(a: Point, b: Point, c: Point, d: Point, t: number) => Point} */
function bezier(a, b, c, d, t) {
  const s = 1 - t;
  const place = (/** @type {0 | 1} */ axis) =>
    s * s * s * a[axis] + 3 * s * s * t * b[axis] + 3 * s * t * t * c[axis] + t * t * t * d[axis];
  return [place(0), place(1)];
}

/** @param {Point} a @param {Point} b */
function distance(a, b) {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}
