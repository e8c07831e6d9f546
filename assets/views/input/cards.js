/** The preprocessing steps as data: what each is called, what it is for, and what it found in a drawing, in words. */
/** @import { PreprocessingStages, Rectangle, Steps } from "../../state/types.js" */
import { centerOfMass } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { BOX, SIDE } from "../../engine/preprocessing.js";
import { number } from "../../parts/numbers.js";

/** A ● in the purpose is drawn as the mark of the center of mass. The label says what the picture shows, and the side is
    that of what is outlined in it.
    @typedef {{ name: keyof Steps, title: string, purpose: string, label: string, side?: number,
    found: (stages: PreprocessingStages, steps: Steps) => string }} Card */

/** @type {Card[]} */
export const CARDS = [
  {
    name: "crop",
    title: "Crop to the ink",
    purpose: "Position and size stop mattering, except that the strokes of a larger drawing end up thinner.",
    label: "Your drawing, with the box around its ink",
    side: CANVAS_SIDE,
    found({ crop }, steps) {
      const box = `${size(crop)} pixels`;
      if (!steps.crop) return `Without cropping, the whole canvas is used: ${box}, most of them background.`;
      const rows = `from row ${crop.top + 1} to ${crop.top + crop.height}`;
      return `There is ink ${rows} and from column ${crop.left + 1} to ${crop.left + crop.width}: a box of ${box}.`;
    },
  },
  {
    name: "square",
    title: "Pad to a square",
    purpose: "Keeps the proportions: a 1 stays as narrow as it is.",
    label: "The box, padded to a square",
    side: CANVAS_SIDE,
    found({ crop, square }, steps) {
      const isSquare = crop.width === crop.height && square.width === crop.width;
      if (isSquare) return `The box is ${size(crop)}, a square already.`;
      if (!steps.square) return `The box stays ${size(crop)}, and the next step stretches it.`;
      const columns = counted(square.width - crop.width, "empty column");
      const added = [columns, counted(square.height - crop.height, "empty row")].filter(Boolean).join(" and ");
      return `Padding by ${added} makes the box of ${size(crop)} a square of ${size(square)}.`;
    },
  },
  {
    name: "resize",
    title: "Resize to 20\u00a0×\u00a020",
    purpose: "Gives every digit the same size and a margin around it, as in MNIST.",
    label: "The resized digit",
    found({ square, cells }) {
      const pixels = `${number(square.width / cells, 1)} × ${number(square.height / cells, 1)} pixels`;
      const sentence = `Each of ${cells} × ${cells} cells averages the ink of ${pixels}, scaled so that the brightest cell is 255.`;
      return cells === BOX ? sentence : `${sentence} There is no margin left.`;
    },
  },
  {
    name: "center",
    title: "Center by mass",
    purpose: "Puts the ink where the network expects it. ● marks the center of mass; the lines cross at 14.5.",
    label: "The image of 28 × 28 that the network sees, with its center of mass",
    side: SIDE,
    found({ image, cells, right, down }, steps) {
      const { x, y } = centerOfMass(image, SIDE) ?? { x: 0, y: 0 };
      const where =
        `the center of mass is ${number(x, 1)} pixels from the left and ${number(y, 1)} from the top. ` +
        "MNIST’s digits have theirs at 14.5 ± 0.3, half a pixel beyond the middle of the image.";
      if (cells === SIDE) return `The digit fills all 28 × 28 and can’t be moved: ${where}`;
      if (!steps.center) return `The 20 × 20 lie in the middle, wherever the ink is: ${where}`;
      const margin = (SIDE - cells) / 2;
      const moved = [shift(right - margin, "right", "left"), shift(down - margin, "down", "up")].filter(Boolean);
      return `${moved.length ? `Shifted ${moved.join(" and ")}` : "No shift is needed"}: ${where}`;
    },
  },
];

/** @param {Rectangle} box */
const size = ({ width, height }) => `${width} × ${height}`;

/** @type {(count: number, what: string) => string} */
const counted = (count, what) => (count ? `${count} ${what}${count === 1 ? "" : "s"}` : "");

/** @type {(by: number, forward: string, back: string) => string} */
const shift = (by, forward, back) => (by ? `${Math.abs(by)} ${by > 0 ? forward : back}` : "");
