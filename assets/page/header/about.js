/** The dialog with what there is to know about the network that predicts. */
/** @import { ClassifierDescription, LoadedNetwork } from "../../state/types.js" */
import { parameterCount } from "../../engine/settings.js";
import { icon } from "../../parts/icons.js";
import { grouped, percent } from "../../parts/numbers.js";
import { predictWith } from "../../state/networks.js";
import { state } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { batch } from "../../vendor/signals-core.js";
import { dialog } from "./dialog.js";

/** @param {LoadedNetwork} network */
export const aboutDialog = ({ title, description }) =>
  dialog("About this network", icon("about"), title, content(title, description));

/** @param {string} title @param {ClassifierDescription} description */
function content(title, { name, recipe, testAccuracy, steps, batchSize, origin, network }) {
  const { parameters, weights, biases } = parameterCount(network.widths);
  const predict = (/** @type {"shared" | null} */ beside) => () =>
    batch(() => {
      predictWith("baseline");
      state.compared.value = beside;
    });
  return html`
    <p>
      ${network.widths.join(" – ")}, ${grouped(parameters)} parameters (${grouped(weights)} weights, ${grouped(biases)}
      biases).
      ${
        testAccuracy === null
          ? nothing
          : html`${percent(testAccuracy, 2)} of MNIST’s 10,000 test digits classified correctly.`
      }
    </p>
    <p>Recipe${name === title ? "" : ` ${name}`}: ${recipe}.</p>
    ${steps ? html`<p>${grouped(steps)} steps, each on ${batchSize} images.</p>` : nothing}
    <p>${origin}</p>
    <p>The baseline network, which most courses build, is included: Adam on MNIST alone.</p>
    <div class="buttons">
      <button type="submit" @click=${predict(null)}>Predict with the baseline</button>
      <button type="submit" @click=${predict("shared")}>Compare both</button>
      <button type="submit">Close</button>
    </div>
  `;
}
