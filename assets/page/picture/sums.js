/** What the sums of a network are made of: each weight times what it is given. Ink counts by what it changes against blank
    paper, which has a tone, too, and is counted with the bias. */
/** @import { Classifier, Current, NeuronPlace } from "../../state/types.js" */
import { sum } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";

/** What each input of a layer adds to it, by ink or by the activation of a neuron; the same for all of its neurons but for
    the weights. @param {Classifier} classifier @param {Current} current @param {number} layer @returns {Float64Array} */
export function given({ std }, { image, hidden }, layer) {
  return layer && hidden ? hidden[layer - 1] : Float64Array.from(image, (tone) => tone / 255 / std);
}

/** Weight times input, for all inputs of a neuron.
    @param {Classifier} classifier @param {Current} current @param {NeuronPlace} place */
export function products(classifier, current, { layer, neuron }) {
  const { inputs, weights } = classifier.network.layers[layer];
  return given(classifier, current, layer).map((value, i) => value * weights[neuron * inputs + i]);
}

/** What the lines into a layer stand for (neurons x sources): products; of the image, those of a row of pixels together.
    @param {Classifier} classifier @param {Current} current @param {number} layer */
export function lineValues(classifier, current, layer) {
  const { inputs, outputs, weights } = classifier.network.layers[layer];
  const values = given(classifier, current, layer);
  const width = layer ? 1 : SIDE;
  const sources = inputs / width;
  const lines = new Float64Array(outputs * sources);
  for (let source = 0; source < sources; source++) {
    for (let i = source * width; i < (source + 1) * width; i++) {
      if (values[i] === 0) continue; // most of an image is empty, and most neurons are inactive
      for (let neuron = 0; neuron < outputs; neuron++) {
        lines[neuron * sources + source] += values[i] * weights[neuron * inputs + i];
      }
    }
  }
  return lines;
}

/** A neuron's sum: what raises it, what lowers it, and the rest, which is bias and paper.
    @param {Classifier} classifier @param {Current} current @param {NeuronPlace} place */
export function parts(classifier, current, place) {
  const its = products(classifier, current, place);
  const total = (current.sums?.[place.layer] ?? current.logits ?? [])[place.neuron] ?? 0;
  const raises = sum(its.filter((value) => value > 0));
  const lowers = sum(its.filter((value) => value < 0));
  return { raises, lowers, rest: total - raises - lowers, total };
}

/** The places of the largest values, by their size. @param {ArrayLike<number>} values @param {number} count @returns {number[]} */
export function strongest(values, count) {
  const sizes = Float64Array.from(values, Math.abs);
  const least = Float64Array.from(sizes).sort()[Math.max(sizes.length - count, 0)] || Number.MIN_VALUE;
  return [...sizes.keys()].filter((i) => sizes[i] >= least).sort((a, b) => sizes[b] - sizes[a]);
}
