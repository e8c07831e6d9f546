/** Numbers as images. There is one color scale for everything that has a sign: blue below zero, orange above it, white
    at zero. Color-blind people can tell them apart, and it is the same in light and dark. */
import { largest } from "../engine/math.js";
import { context2d } from "./dom.js";

const NEGATIVE = [33, 102, 172];
const ZERO = [247, 247, 247];
const POSITIVE = [200, 80, 10];

/** @param {number} share -1 to 1 */
function mix(share) {
  const end = share < 0 ? NEGATIVE : POSITIVE;
  const strength = Math.min(Math.abs(share), 1) ** 0.75; // keeps small values visible
  return ZERO.map((part, i) => Math.round(part + (end[i] - part) * strength));
}

/** 513 colors from -1 to 1: painting thousands of pixels becomes looking them up. */
const TABLE = Uint8Array.from(Array.from({ length: 513 }, (_, i) => mix(i / 256 - 1)).flat());

/** The color of a share, -1 to 1, for CSS. @param {number} share */
export function color(share) {
  return `rgb(${mix(share).join(" ")})`;
}

/** Paint values, one for each pixel of a canvas; those of the size `most` get the full color.
    @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values */
export function paintSigned(canvas, values, most = largest(values)) {
  const scale = most > 0 ? 256 / most : 0;
  paint(canvas, values.length, (data, at, i) => {
    const place = 3 * Math.min(Math.max(Math.round(256 + values[i] * scale), 0), 512);
    data[at] = TABLE[place];
    data[at + 1] = TABLE[place + 1];
    data[at + 2] = TABLE[place + 2];
  });
}

/** Paint tones, 0 (black) to 255 (white), one for each pixel of a canvas.
    @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} tones */
export function paintGray(canvas, tones) {
  paint(canvas, tones.length, (data, at, i) => {
    data[at] = data[at + 1] = data[at + 2] = tones[i];
  });
}

/** @type {(canvas: HTMLCanvasElement, length: number,
    setPixel: (data: Uint8ClampedArray, at: number, i: number) => void) => void} */
function paint(canvas, length, setPixel) {
  const pixels = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < length; i++) {
    setPixel(pixels.data, 4 * i, i);
    pixels.data[4 * i + 3] = 255;
  }
  context2d(canvas).putImageData(pixels, 0, 0);
}
