/** The neurons of each layer as tiles, and the chosen one as the weighted sum that it is. */
/** @import { Current, Layer, MountContext } from "../../state/types.js" */
import { argmax, sum } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import * as chosenNeuron from "../../state/chosen-neuron.js";
import * as classifiers from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";
import { create, query, tableRow } from "../../parts/dom.js";
import { color, paintGray, paintSigned } from "../../parts/images.js";
import { bracketed, number, percent, withSign } from "../../parts/numbers.js";
import { createErrors } from "./errors.js";
import { createSwitches } from "./switches.js";
import { capitalized, createTiles, described } from "./tiles.js";

/** A term of a neuron's sum. @typedef {{ from: number, weight: number, input?: number, product?: number }} Term */

const MOST_LAYERS = 4;
const MOST_NEURONS = 1024; // in a layer
const LISTED = 8; // inputs in the table
const WRITTEN = 3; // products in the sum

/** @param {MountContext} context */
export function mount({ element }) {
  const chosen = { layer: 0, neuron: 0 };
  let hasChosen = false; // until then, the neuron with the strongest activation is shown
  let widths = ""; // of the layers that the tiles stand for
  const tiles = createTiles(query(element, ".neurons-layers"), pick);
  const switching = createSwitches(element, () => chosen);
  const errors = createErrors(element);

  link.register(
    "neuron",
    () => (hasChosen ? `${chosen.layer}.${chosen.neuron}` : ""),
    (text) => {
      const [layer, neuron] = link.wholeNumbers(text, [MOST_LAYERS - 1, MOST_NEURONS - 1]) ?? [];
      if (layer !== undefined) pick({ layer, neuron });
      return layer !== undefined;
    },
  );
  chosenNeuron.subscribe((place) => place && pick(place));

  /** @param {typeof chosen} place */
  function pick(place) {
    hasChosen = true;
    Object.assign(chosen, place);
    tiles.mark(chosen);
    views.refresh();
  }

  /** @param {Current} current */
  function explain(current) {
    const { layer, neuron } = chosen;
    const { whole, off } = classifiers.active().classifier;
    const its = whole.network.layers[layer];
    const inputs = isEmpty(current) ? undefined : [current.input, ...current.hidden][layer];
    const terms = rankedTerms(its, neuron, inputs);
    query(element, ".neurons-neuron h3").textContent = capitalized(described(chosen, whole.network.layers.length));
    showInputs(terms.slice(0, LISTED), its.inputs);
    showSum(terms, its.biases[neuron], current, off[layer]?.includes(neuron) ?? false);
    query(element, ".neurons-weights").hidden = layer > 0;
    if (layer > 0) return;
    const canvas = query(element, ".neurons-weights canvas", HTMLCanvasElement);
    paintSigned(canvas, its.weights.subarray(neuron * its.inputs, (neuron + 1) * its.inputs));
    canvas.ariaLabel = `The ${its.inputs} weights of ${described(chosen, whole.network.layers.length)}: orange where ink raises its sum, blue where ink lowers it`;
  }

  /** @type {(terms: Term[], count: number) => void} */
  function showInputs(terms, count) {
    const most = Math.abs(terms[0].product ?? 1);
    const { layer } = chosen;
    const rows = terms.map(({ from, input, weight, product }) => {
      const choose = () => {
        pick({ layer: layer - 1, neuron: from });
        query(element, ".neurons-neuron h3").focus({ preventScroll: true }); // this button goes
      };
      const source = layer
        ? create("button", { type: "button", class: "neurons-from", onclick: choose }, `neuron ${from + 1}`)
        : `row ${Math.floor(from / SIDE) + 1}, column ${(from % SIDE) + 1}`;
      const share = `--share: ${Math.abs(product ?? 0) / most}; --sign: ${color(Math.sign(product ?? 0))}`;
      const words = product === undefined ? "–" : withSign(product);
      const result = create("td", { class: "neurons-product", style: share }, words);
      return tableRow(source, [input === undefined ? "–" : number(input), withSign(weight), result]);
    });
    query(element, ".neurons-inputs caption").textContent =
      `The ${terms.length} inputs that contribute most, out of ${count}`;
    query(element, ".neurons-inputs tbody").replaceChildren(...rows);
  }

  /** The neuron's sum with its numbers: weights × inputs, plus the bias, then ReLU or softmax.
      @type {(terms: Term[], bias: number, current: Current, isOff: boolean) => void} */
  function showSum(terms, bias, current, isOff) {
    const { layer, neuron } = chosen;
    const paragraph = query(element, ".neurons-sum");
    if (isEmpty(current)) {
      paragraph.textContent = "Draw a digit to see the sum written out here.";
      return;
    }
    const total = bias + sum(terms.map(({ product = 0 }) => product));
    const written = terms.slice(0, WRITTEN);
    const products = written.map(({ input = 0, weight }) => `${number(input)} × ${bracketed(weight)}`).join(" + ");
    const rest = terms.slice(WRITTEN);
    const isInk = (/** @type {Term} */ { from }) => current.image[from] > 0;
    const parts = layer
      ? [summed(rest, "more")]
      : [
          summed(rest.filter(isInk), "more of ink"),
          summed(
            rest.filter((term) => !isInk(term)),
            "of paper",
          ),
        ];
    const words = `${products} + ${parts.join(" + ")} + bias (${withSign(bias)}) = `;
    paragraph.replaceChildren(words, create("strong", {}, number(total)));
    const { network } = classifiers.active().classifier;
    if (layer === network.layers.length - 1) {
      paragraph.append(`, the logit of ${neuron}; softmax turns it into ${percent(current.probabilities[neuron])}.`);
      return;
    }
    if (isOff) {
      paragraph.append("; switched off: it passes on 0.");
      return;
    }
    if (!network.relu) {
      paragraph.append(", passed on as it is: this network has no ReLU.");
      return;
    }
    const activation = create("strong", {}, number(Math.max(0, total)));
    paragraph.append(`; ReLU: max(0, ${number(total)}) = `, activation, ".");
  }

  views.register("neurons", query(element, ".neurons"), (current) => {
    const { classifier } = classifiers.active();
    const { layers } = classifier.network;
    const newWidths = layers.map(({ outputs }) => outputs).join();
    if (newWidths !== widths) {
      widths = newWidths;
      tiles.build(layers);
      chosen.layer = Math.min(chosen.layer, layers.length - 1);
      chosen.neuron = Math.min(chosen.neuron, layers[chosen.layer].outputs - 1);
    }
    if (!hasChosen && !isEmpty(current)) chosen.neuron = argmax(current.hidden[0] ?? current.logits);
    tiles.mark(chosen);
    switching.show(current);
    const { off } = classifier;
    const isEmptyNow = isEmpty(current);
    const back = isEmptyNow ? null : errors.of(classifier, current);
    const values = isEmptyNow ? [] : (back?.layers ?? [...current.hidden, current.logits]);
    const { digit: winner, penIsDown } = current;
    tiles.light({ layers: values, off, winner, areActivations: !back, penIsDown });
    const canvas = query(element, ".neurons-input canvas", HTMLCanvasElement);
    if (back?.input) paintSigned(canvas, back.input);
    else paintGray(canvas, current.image);
    const what = isEmptyNow ? "nothing yet" : "your drawing, 28 by 28 pixels";
    canvas.ariaLabel = back?.input ? "How the loss changes with each pixel" : `The network’s input: ${what}`;
    query(element, ".neurons-dead").textContent = deadInWords(classifiers.active().description.deadNeurons);
    explain(current);
    errors.explain(classifier, current, chosen);
  });
}

/** @type {(terms: Term[], what: string) => string} */
const summed = (terms, what) => `${terms.length} ${what} (${withSign(sum(terms.map(({ product = 0 }) => product)))})`;

/** Which neurons never do anything. @param {number[][]} dead of each hidden layer */
function deadInWords(dead) {
  const names = dead.flatMap((neurons, layer) => neurons.map((neuron) => `${neuron + 1} of layer ${layer + 1}`));
  if (!names.length) return "";
  const [plural, are, its] =
    names.length === 1 ? ["", "is dead: it was", "its"] : ["s", "are dead: they were", "their"];
  return `Neuron${plural} ${names.join(", ")} ${are} inactive for every one of the 60,000 training digits, so ${its} gradient is zero on all of them.`;
}

/** All terms of a neuron's sum, the largest first. @type {(layer: Layer, neuron: number, values?: Float64Array) => Term[]} */
function rankedTerms({ inputs, weights }, neuron, values) {
  const terms = Array.from({ length: inputs }, (_, from) => {
    const weight = weights[neuron * inputs + from];
    return values ? { from, weight, input: values[from], product: weight * values[from] } : { from, weight };
  });
  return terms.sort((a, b) => Math.abs(b.product ?? b.weight) - Math.abs(a.product ?? a.weight));
}
