/** A network that was trained elsewhere, opened in the page: nothing is sent. */
/** @import { Shape } from "../../engine/backpropagation.js" */
import { MEAN, STD } from "../../engine/network.js";
import { ACTIVATIONS } from "../../engine/settings.js";
import { readNetwork } from "../../engine/weights-files.js";
import { choiceField, numberField } from "../../parts/fields.js";
import { percent } from "../../parts/numbers.js";
import { COUNT, recognized } from "../../state/mini-sets.js";
import { drawWith, offer, ownNetwork, predictWith } from "../../state/networks.js";
import { keptSignal } from "../../state/storage.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { computed, signal } from "../../vendor/signals-core.js";

/** @typedef {{ file: string, parameters: Float32Array, shape: Shape }} Opened */

const NAME = "opened"; // in the state
const network = /** @type {typeof keptSignal<Opened>} */ (keptSignal)(NAME);
const problem = signal("");

const loaded = computed(() => {
  if (!network.value) return null;
  const { file, parameters, shape } = network.value;
  const about = { recipe: shape.widths.join(" – "), origin: "Opened from a file" };
  return ownNetwork(NAME, file, shape, { parameters }, about);
});
offer(loaded);

/** The share of the page's test digits that it classifies correctly; null until they are there. */
const accuracy = computed(() => {
  const classifier = loaded.value?.classifier;
  const right = classifier && recognized("test", classifier, [(input) => classifier.network.forward(input).logits]);
  return right ? right[0] / COUNT : null;
});

/** @param {any} event */
async function open({ target }) {
  const [file] = /** @type {FileList} */ (target.files);
  if (!file) return;
  problem.value = "";
  try {
    const { parameters, widths, activation, mean, std } = await readNetwork(file);
    const shape = { widths, activation: activation ?? "relu", mean: mean ?? MEAN, std: std ?? STD };
    network.value = { file: file.name, parameters, shape };
    predictWith(NAME);
  } catch (error) {
    problem.value = /** @type {Error} */ (error).message;
  }
  target.value = ""; // so that the same file can be chosen again
}

export function opened() {
  return html`<div class="train-open stack">
    <div class="buttons">
      <button type="button" @click=${(/** @type {any} */ { target }) => target.nextElementSibling.click()}>
        Open a network
      </button>
      <input type="file" class="sr-only" tabindex="-1" aria-label="Open a network" accept=".safetensors,.npz"
        @change=${open} />
      <small>A .safetensors or .npz file of an MLP for MNIST, trained anywhere. It stays in this browser.</small>
    </div>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${network.value ? details(network.value) : nothing}
  </div>`;
}

/** @param {Opened} now */
function details(now) {
  const { file, shape } = now;
  const change = (/** @type {Partial<Shape>} */ changes) => {
    network.value = { ...now, shape: { ...shape, ...changes } };
  };
  const activate = (/** @type {Shape["activation"]} */ activation) => change({ activation });
  const right = accuracy.value === null ? "" : `${percent(accuracy.value)} of the page’s ${COUNT} test digits right`;
  return html`<p>
      <b>${file}</b> ${shape.widths.join(" – ")}
      <span role="note">${right}</span>
    </p>
    <div class="buttons">
      ${choiceField("opened-activation", "After each hidden layer", shape.activation, activate, ACTIVATIONS)}
      ${numberField("opened-mean", "Mean", shape.mean, (mean) => change({ mean }), { min: 0 })}
      ${numberField("opened-std", "Deviation", shape.std, (std) => change({ std }), { min: 0.001 })}
      <button type="button" @click=${() => drawWith(NAME)}>Draw with it</button>
      <button type="button" aria-label="Close ${file}" @click=${() => (network.value = null)}>✕</button>
    </div>`;
}
