/** A drawing as text, at most 600 characters of base64url: strokes simplified, and points as differences.

    Bits, most significant first: the resolution (2 bits: 1, 1/2, 1/4 or 1/8 pixel), how many strokes, then for each
    stroke how many points and the steps from point to point, in x and y; the first step of all starts at [0, 0]. Numbers
    are Exp-Golomb codes of an order that fits their usual size, signed ones as 0, -1, 1, -2, ... */
/** @import { Point, Stroke } from "./types.js" */
import { CANVAS_SIDE } from "../engine/pen.js";
import { clip } from "../engine/math.js";

const LONGEST = 600; // characters
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MARGIN = 20; // pixels that a stroke may reach beyond the canvas
const [STROKES_ORDER, POINTS_ORDER, JUMP_ORDER, STEP_ORDER] = [1, 3, 6, 4]; // the last two at a resolution of 1
const VISIBLE = 0.5; // pixels: a larger error can be seen
// From the shortest text to the most exact: resolution, and by how many pixels the simplified line may be off.
const EXACTNESS = [
  ...[16, 8, 4, 2, 1].map((error) => ({ resolution: 0, error })), // only for what would otherwise be too long
  ...[0, 1].flatMap((resolution) => [VISIBLE, 0.25].map((error) => ({ resolution, error }))),
  ...[2, 3].flatMap((resolution) => [0.2, 0.1, 0].map((error) => ({ resolution, error }))),
];

/** The shortest text whose drawing is close enough, or else the most exact one that is short enough; "" if none is.
    @param {Stroke[]} strokes @param {(decoded: Stroke[]) => boolean} isClose */
export function encode(strokes, isClose) {
  let best = "";
  for (const { resolution, error } of strokes.length ? EXACTNESS : []) {
    const text = written(strokes, resolution, error);
    if (text.length > LONGEST) continue;
    best = text;
    if (error <= VISIBLE && isClose(decode(text) ?? [])) break;
  }
  return best;
}

/** The strokes in a text; null if it is no drawing. @param {string} text @returns {Stroke[] | null} */
export function decode(text) {
  if (text.length > LONGEST || !/^[\w-]+$/.test(text)) return null;
  const bits = new Bits(
    Array.from(text, (character) => ALPHABET.indexOf(character).toString(2).padStart(6, "0")).join(""),
  );
  try {
    const strokes = readStrokes(bits);
    return bits.isAtEnd() && strokes.length ? strokes : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param {Bits} bits @returns {Stroke[]} @throws {RangeError} if a number is missing or too large */
function readStrokes(bits) {
  const resolution = bits.plain(2);
  const scale = 2 ** resolution;
  const [low, high] = [-MARGIN * scale, (CANVAS_SIDE + MARGIN) * scale];
  let at = [0, 0];
  return Array.from({ length: bits.whole(STROKES_ORDER) }, () =>
    Array.from({ length: bits.whole(POINTS_ORDER) + 1 }, (_, i) => {
      at = at.map((place) => place + bits.signed((i ? STEP_ORDER : JUMP_ORDER) + resolution));
      if (at.some((place) => place < low || place > high)) throw new RangeError("A point is out of range.");
      return /** @type {Point} */ (at.map((place) => place / scale));
    }),
  );
}

/** @param {Stroke[]} strokes @param {number} resolution @param {number} error */
function written(strokes, resolution, error) {
  const scale = 2 ** resolution;
  const place = (/** @type {number} */ value) => Math.round(clip(value, -MARGIN, CANVAS_SIDE + MARGIN) * scale);
  let bits = resolution.toString(2).padStart(2, "0") + golomb(strokes.length, STROKES_ORDER);
  let last = [0, 0];
  for (const stroke of strokes) {
    const points = simplified(stroke, error).map((point) => point.map(place));
    const different = points.filter(([x, y], i) => !i || x !== points[i - 1][0] || y !== points[i - 1][1]);
    bits += golomb(different.length - 1, POINTS_ORDER);
    different.forEach((point, i) => {
      const order = (i ? STEP_ORDER : JUMP_ORDER) + resolution;
      bits += point.map((value, axis) => golomb(zigzag(value - last[axis]), order)).join("");
      last = point;
    });
  }
  const sixes = bits.match(/.{1,6}/g) ?? [];
  return sixes.map((six) => ALPHABET[Number.parseInt(six.padEnd(6, "0"), 2)]).join("");
}

/** The points without which a line would be off by more than `error` pixels: U. Ramer, "An iterative procedure for the
    polygonal approximation of plane curves", 1972. @param {Point[]} points @param {number} error @returns {Point[]} */
function simplified(points, error) {
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, most] = [0, error];
  for (let i = 1; i < points.length - 1; i++) {
    const distance = distanceFrom(points[i], first, last);
    if (distance > most) [farthest, most] = [i, distance];
  }
  if (!farthest) return points.length > 1 ? [first, last] : [first];
  return [
    ...simplified(points.slice(0, farthest + 1), error).slice(0, -1),
    ...simplified(points.slice(farthest), error),
  ];
}

/** From a point to the line between two others. @type {(point: Point, from: Point, to: Point) => number} */
function distanceFrom([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const along = length2 ? clip(((x - x0) * dx + (y - y0) * dy) / length2, 0, 1) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** @param {number} value */
const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);

/** A number from 0 as an Exp-Golomb code. @param {number} value @param {number} order */
function golomb(value, order) {
  const digits = (value + 2 ** order).toString(2);
  return "0".repeat(digits.length - 1 - order) + digits;
}

/** Bits, read from first to last. */
class Bits {
  #at = 0;

  /** @param {string} digits */
  constructor(digits) {
    this.digits = digits;
  }

  /** @param {number} length */
  plain(length) {
    const end = this.#at + length;
    if (end > this.digits.length) throw new RangeError("The text ends too early.");
    const value = Number.parseInt(this.digits.slice(this.#at, end), 2);
    this.#at = end;
    return value;
  }

  /** @param {number} order */
  whole(order) {
    const zeros = this.digits.slice(this.#at).search("1");
    if (zeros < 0 || zeros > 12) throw new RangeError("A number is missing or too large.");
    return this.plain(zeros * 2 + order + 1) - 2 ** order;
  }

  /** @param {number} order */
  signed(order) {
    const value = this.whole(order);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  /** Whether only what fills the last character is left. */
  isAtEnd() {
    return /^0{0,5}$/.test(this.digits.slice(this.#at));
  }
}
