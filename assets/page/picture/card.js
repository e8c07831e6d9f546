/** The card of a neuron or of a connection, which takes the image's place: the neuron as the view Neurons explains it. */
/** @import { ReadonlySignal } from "../../vendor/signals-core.js" */
/** @import { Classifier, Current } from "../../state/types.js" */
/** @import { Pointed } from "./picture.js" */
import { query } from "../../parts/dom.js";
import { brief, briefWithSign } from "../../parts/numbers.js";
import { drawing } from "../../state/drawing.js";
import { paint } from "../../state/painting.js";
import { state } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { effect } from "../../vendor/signals-core.js";
import { nameOf, neuronSum } from "../../views/neurons/neuron.js";
import { lineValues, parts } from "./sums.js";

/** @typedef {{ classifier: Classifier, current: Current, at: Pointed }} Shown */

/** @param {{ picture: HTMLElement, shown: ReadonlySignal<Shown | null> }} context */
export function mount({ picture, shown }) {
  const element = query(picture, ".picture-card");
  paint(element, () => (shown.value ? card(shown.value) : nothing));
  effect(() => void (element.hidden = shown.value === null || state.view.value !== null));
  effect(() => {
    const words = shown.value && !drawing.value.penIsDown ? inWords(shown.value) : "";
    picture.querySelector(".picture-layer:focus")?.setAttribute("aria-valuetext", words);
  });
}

/** @param {Shown} shown */
function card(shown) {
  const { classifier, current, at } = shown;
  if (at.from !== undefined) return html`<h3>${connectionName(shown)}</h3><p>${connection(shown)}</p>`;
  return html`
    <h3>${nameOf(at, classifier.network)}</h3>
    <p><b class="is-up">Orange</b> raises, <b class="is-down">blue</b> lowers it.</p>
    ${neuronSum(classifier, current, at)}
  `;
}

/** The same in words, for assistive technology. @param {Shown} shown */
function inWords(shown) {
  const { classifier, current, at } = shown;
  if (at.from !== undefined) return `${connectionName(shown)}: ${connection(shown)}`;
  const { raises, lowers, rest, total } = parts(classifier, current, at);
  const terms = `${briefWithSign(raises)} raises, ${briefWithSign(lowers)} lowers, ${briefWithSign(rest)} bias`;
  return `${nameOf(at, classifier.network)}: sum ${brief(total)}. ${terms}.`;
}

/** @param {Shown} shown */
function connectionName({ classifier, at: { layer, neuron, from = 0 } }) {
  const source = layer
    ? nameOf({ layer: layer - 1, neuron: from }, classifier.network)
    : `Row ${from + 1} of the image`;
  return `${source} → ${nameOf({ layer, neuron }, classifier.network)}`;
}

/** @param {Shown} shown */
function connection({ classifier, current, at: { layer, neuron, from = 0 } }) {
  const { inputs, outputs, weights } = classifier.network.layers[layer];
  const values = lineValues(classifier, current, layer);
  const value = briefWithSign(values[(neuron * values.length) / outputs + from]);
  if (!layer) return `The ink of 28 pixels, each times its weight: ${value}`;
  const activation = brief(current.hidden?.[layer - 1][from] ?? 0);
  return `Weight times activation: ${brief(weights[neuron * inputs + from])} × ${activation} = ${value}`;
}
