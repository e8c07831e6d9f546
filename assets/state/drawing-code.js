/** A drawing as text: base64url of bytes. Each stroke is the number of its points, then the differences from point to
    point, x and y in turn, in quarters of a pixel; numbers are varints of 7 bits a byte, signed ones as 0, -1, 1, -2, ... */
/** @import { Point, Stroke } from "./types.js" */
/** @import { Kind } from "./values.js" */
import { CANVAS_SIDE } from "../engine/pen.js";
import { clip } from "../engine/math.js";

const PER_PIXEL = 4;
const MARGIN = 20; // pixels that a stroke may reach beyond the canvas
const MOST_POINTS = 2000;
const ERROR = 0.2; // pixels by which a simplified line may be off: not to be seen

/** @type {Kind<Stroke[]>} */
export const drawing = {
  parse(text) {
    const numbers = /^[\w-]*$/.test(text) ? unpacked(text) : undefined;
    const strokes = /** @type {Stroke[]} */ ([]);
    let [x, y] = [0, 0];
    while (numbers?.length) {
      const count = numbers.shift() ?? 0;
      if (!count || numbers.length < 2 * count) return undefined;
      const steps = numbers.splice(0, 2 * count).map((value) => (value % 2 ? -(value + 1) : value) / 2 / PER_PIXEL);
      strokes.push(Array.from({ length: count }, (_, i) => [(x += steps[2 * i]), (y += steps[2 * i + 1])]));
    }
    const isNear = (/** @type {number} */ place) => place >= -MARGIN && place <= CANVAS_SIDE + MARGIN;
    return numbers && strokes.flat(2).every(isNear) ? strokes : undefined;
  },

  write(strokes) {
    let last = [0, 0];
    const numbers = strokes.flatMap((stroke) => {
      const points = simplified(stroke).map((point) =>
        point.map((place) => Math.round(clip(place, -MARGIN, CANVAS_SIDE + MARGIN) * PER_PIXEL)),
      );
      const steps = points.flatMap((point) => {
        const step = point.map((place, axis) => place - last[axis]);
        last = point;
        return step.map((value) => (value < 0 ? -2 * value - 1 : 2 * value));
      });
      return [points.length, ...steps];
    });
    return packed(numbers);
  },
};

/** A drawing with the digit that it is meant to be: 7 and its strokes. @type {Kind<{ label: number, strokes: Stroke[] }>} */
export const labeledDrawing = {
  parse(text) {
    const [label, strokes] = [Number(text[0]), drawing.parse(text.slice(1))];
    return label >= 0 && strokes?.length ? { label, strokes } : undefined;
  },
  write: ({ label, strokes }) => label + drawing.write(strokes),
};

/** @param {number[]} numbers */
function packed(numbers) {
  let bytes = "";
  for (let value of numbers) {
    for (; value > 127; value >>= 7) bytes += String.fromCharCode(128 | (value & 127));
    bytes += String.fromCharCode(value);
  }
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text @returns {number[] | undefined} */
function unpacked(text) {
  if (text.length > 6 * MOST_POINTS || text.length % 4 === 1) return undefined;
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const character of atob(text.replaceAll("-", "+").replaceAll("_", "/"))) {
    const byte = character.charCodeAt(0);
    value |= (byte & 127) << shift;
    shift += 7;
    if (shift > 28) return undefined;
    if (byte > 127) continue;
    numbers.push(value);
    [value, shift] = [0, 0];
  }
  return shift ? undefined : numbers;
}

/** The points without which a line would be off by more than can be seen: U. Ramer, "An iterative procedure for the
    polygonal approximation of plane curves", 1972. @param {Point[]} points @returns {Point[]} */
function simplified(points) {
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, most] = [0, ERROR];
  for (let i = 1; i < points.length - 1; i++) {
    const distance = distanceFrom(points[i], first, last);
    if (distance > most) [farthest, most] = [i, distance];
  }
  if (!farthest) return points.length > 1 ? [first, last] : [first];
  return [...simplified(points.slice(0, farthest + 1)).slice(0, -1), ...simplified(points.slice(farthest))];
}

/** From a point to the line between two others, in pixels. @type {(point: Point, from: Point, to: Point) => number} */
export function distanceFrom([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
