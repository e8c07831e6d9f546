/** Backpropagation: once the visitor said which digit was meant, the errors flow back from the outputs to the pixels. */
/** @import { Classifier, Current, ForwardPass, NeuronPlace } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { inputGradient, lossGradients } from "../../engine/reference.js";
import * as label from "../../state/label.js";
import { isEmpty } from "../../state/prediction.js";
import * as views from "../../state/views.js";
import { create, query } from "../../parts/dom.js";
import { bracketed, number, withSign } from "../../parts/numbers.js";
import { isMotionReduced } from "../../parts/player.js";

const PACE = 450; // milliseconds from layer to layer
const WRITTEN = 3; // products in the sum

/** @param {HTMLElement} element */
export function createErrors(element) {
  const select = query(element, ".neurons-meant", HTMLSelectElement);
  select.append(create("option", { value: "" }, "–"));
  for (let digit = 0; digit < DIGITS; digit++) select.append(create("option", { value: digit }, String(digit)));
  let isShown = false;
  let reached = 0; // how many layers the errors have come back, from the outputs on
  let timer = 0;

  select.onchange = () => {
    label.set(select.value === "" ? null : Number(select.value));
    isShown = select.value !== "";
    reached = isMotionReduced.matches ? Infinity : 1;
    clearInterval(timer);
    timer = window.setInterval(() => {
      reached += 1;
      views.refresh();
      if (reached > 3) clearInterval(timer);
    }, PACE);
    views.refresh();
  };

  return {
    /** The errors of the layers that they have reached, and of the input; null while activations are shown.
        @type {(classifier: Classifier, pass: ForwardPass) => { layers: Float64Array[], input: Float64Array | null } | null} */
    of({ network }, pass) {
      const meant = label.get();
      if (meant === null) isShown = false;
      select.value = isShown ? String(meant) : "";
      query(element, ".neurons-legend").classList.toggle("is-errors", isShown);
      if (meant === null || !isShown) return null;
      const all = lossGradients(network, pass, meant);
      const layers = /** @type {Float64Array[]} */ (new Array(all.length));
      for (let i = all.length - 1; i >= all.length - reached && i >= 0; i--) layers[i] = all[i];
      return { layers, input: reached > all.length ? inputGradient(network, pass, all[all.length - 1]) : null };
    },

    /** The chosen neuron's error, written out. @type {(classifier: Classifier, current: Current, chosen: NeuronPlace) => void} */
    explain({ network }, current, { layer, neuron }) {
      const paragraph = query(element, ".neurons-error");
      const meant = label.get();
      paragraph.hidden = !isShown || meant === null || isEmpty(current);
      if (paragraph.hidden || meant === null || isEmpty(current)) return;
      const errors = lossGradients(network, current, meant);
      const error = number(errors[layer][neuron], 4);
      if (layer === errors.length - 1) {
        const target = neuron === meant ? "1, as you meant it" : "0, as you meant another digit";
        paragraph.textContent = `Its error is p − ${target}: ${error}. By so much the loss changes with its logit.`;
        return;
      }
      const { inputs, outputs, weights } = network.layers[layer + 1];
      const terms = Array.from({ length: outputs }, (_, to) => [weights[to * inputs + neuron], errors[layer + 1][to]]);
      terms.sort((a, b) => Math.abs(b[0] * b[1]) - Math.abs(a[0] * a[1]));
      const products = terms.map(([weight, its]) => weight * its);
      const written = terms.slice(0, WRITTEN).map(([weight, its]) => `${number(weight)} × ${bracketed(its)}`);
      const rest = products.slice(WRITTEN).reduce((sum, product) => sum + product, 0);
      const total = products.reduce((sum, product) => sum + product, 0);
      const isActive = current.hidden[layer][neuron] > 0;
      paragraph.textContent =
        `Its error: weight × error of each neuron that it feeds, ${written.join(" + ")} + ${terms.length - WRITTEN} more ` +
        `(${withSign(rest)}) = ${number(total, 4)}; ` +
        (isActive ? "ReLU passes it back, as the neuron is active." : "the neuron is inactive, so ReLU passes back 0.");
    },
  };
}
