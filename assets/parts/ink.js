/** Drawings on the screen, from their strokes. */
/** @import { Point, Stroke } from "../state/types.js" */
import { CANVAS_SIDE, PEN_WIDTH } from "../engine/pen.js";
import { html } from "../vendor/lit-html.js";
import { context2d, newCanvas } from "./dom.js";

/** Prepare a canvas for strokes: from now on its unit is a pixel of the drawing, whatever its size.
    @param {HTMLCanvasElement} canvas */
export function inkContext(canvas) {
  const context = context2d(canvas);
  const scale = canvas.width / CANVAS_SIDE;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.lineWidth = PEN_WIDTH;
  context.lineCap = context.lineJoin = "round";
  return context;
}

/** Paint some points of one stroke, in one color; a single point makes a dot.
    @param {CanvasRenderingContext2D} context @param {Point[]} points @param {string} color */
export function paintStroke(context, points, color) {
  context.strokeStyle = context.fillStyle = color;
  context.beginPath();
  if (points.length > 1) {
    for (const point of points) context.lineTo(...point);
    context.stroke();
  } else {
    context.arc(...points[0], PEN_WIDTH / 2, 0, 2 * Math.PI); // a line without length would not be painted
    context.fill();
  }
}

/** Paint ink, of a square, in one color over a square of this side.
    @param {CanvasRenderingContext2D} context @param {Uint8Array} ink @param {string} color @param {number} side */
export function paintInk(context, ink, color, side) {
  const pixels = Math.sqrt(ink.length);
  const stencil = newCanvas(pixels, pixels);
  const image = stencil.createImageData(pixels, pixels);
  for (let i = 0; i < ink.length; i++) image.data[4 * i + 3] = ink[i];
  stencil.putImageData(image, 0, 0);
  stencil.globalCompositeOperation = "source-in";
  stencil.fillStyle = color;
  stencil.fillRect(0, 0, pixels, pixels);
  context.drawImage(stencil.canvas, 0, 0, side, side);
}

/** The first points of a drawing. @param {Stroke[]} strokes @param {number} count */
export function firstPoints(strokes, count) {
  const first = [];
  for (const points of strokes) {
    if (count > 0) first.push(points.slice(0, count));
    count -= points.length;
  }
  return first;
}

/** A drawing as the path of an SVG; a line of no length shows a dot. @param {Stroke[]} strokes */
export const pathOf = (strokes) => strokes.map((points) => `M${points.join("L")}h0`).join("");

/** A drawing as a small picture. @param {Stroke[]} strokes */
export const inkDrawing = (strokes) =>
  html`<svg class="drawing" viewBox="0 0 ${CANVAS_SIDE} ${CANVAS_SIDE}" stroke-width=${PEN_WIDTH} aria-hidden="true">
    <path d=${pathOf(strokes)} />
  </svg>`;

/** The longer side of what was drawn, in pixels of the canvas; a photo, which has no strokes, counts as large. @param {Stroke[]} strokes */
export function extent(strokes) {
  const sides = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
  return strokes.length ? Math.max(...sides.map((places) => Math.max(...places) - Math.min(...places))) : Infinity;
}
