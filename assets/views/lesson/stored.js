/** A drawing between a 4 and a 9, for the steps about the loss: somebody meant a 4, and the baseline sees a 9. */
/** @import { Current, Stroke } from "../../state/types.js" */

const [LEAST, MOST] = [0.3, 0.9]; // of the winner's probability: in between, the loss can be seen

/** @type {{ label: number, strokes: Stroke[] }} */
export const BETWEEN_FOUR_AND_NINE = {
  label: 4,
  strokes: [
    [
      [72.5, 31],
      [60, 36],
      [50, 46],
      [48, 62],
      [56, 72],
      [74, 74],
      [94, 68],
    ],
    [
      [96, 30],
      [95, 60],
      [92, 90],
      [88, 118],
    ],
  ],
};

/** Whether a visitor's own drawing has a loss that can be seen, and may stay. @param {Current} current */
export function isTelling({ verdict, digit, probabilities }) {
  if (digit === null || verdict === "not a digit") return false;
  return probabilities[digit] >= LEAST && probabilities[digit] <= MOST;
}
