/** The weights of a layer as one image: a tile of 28 x 28 for each neuron. */
/** @import { Layer } from "../../state/types.js" */
import { SIDE } from "../../engine/preprocessing.js";

const COLORED = 0.95; // the share of a layer's weights that are below the full color

/** @param {Layer} layer */
export function tileImage({ inputs, outputs, weights }) {
  const columns = Math.ceil(Math.sqrt(outputs));
  const rows = Math.ceil(outputs / columns);
  const values = new Float32Array(columns * rows * inputs);
  for (let neuron = 0; neuron < outputs; neuron++) {
    const corner = Math.floor(neuron / columns) * columns * inputs + (neuron % columns) * SIDE;
    for (let y = 0; y < SIDE; y++) {
      const row = neuron * inputs + y * SIDE;
      values.set(weights.subarray(row, row + SIDE), corner + y * columns * SIDE);
    }
  }
  return { columns, rows, values };
}

/** The weight that gets the full color. @param {Layer} layer */
export function fullColor({ weights }) {
  return weights.map(Math.abs).sort()[Math.floor(COLORED * weights.length)];
}
