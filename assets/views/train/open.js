/** A network that was trained elsewhere, opened in the page: nothing is sent. */
/** @import { Shape } from "../../engine/backpropagation.js" */
import { ACTIVATIONS } from "../../engine/settings.js";
import { MEAN, STD } from "../../engine/trainer.js";
import { readNetwork } from "../../engine/weights-files.js";
import { percent } from "../../parts/numbers.js";
import { addOwn, drawWith, networks, predictWith, remove } from "../../state/networks.js";
import { state } from "../../state/state.js";
import { forget, keep, kept } from "../../state/storage.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { COUNT, recognized } from "../../state/mini-sets.js";
import { computed, effect, signal, untracked } from "../../vendor/signals-core.js";

/** @typedef {{ file: string, parameters: Float32Array, shape: Shape }} Opened */

const NAME = "opened"; // in the state
const network = signal(/** @type {Opened | null} */ (null));
const problem = signal("");

/** The share of the page's test digits that it classifies correctly; null until they are there. */
const accuracy = computed(() => {
  const classifier = networks.value.get(NAME)?.classifier;
  const right = classifier && recognized("test", classifier, [(input) => classifier.network.forward(input).logits]);
  return right ? right[0] / COUNT : null;
});

const isSharedThere = computed(() => networks.value.has("shared"));
effect(() => {
  const opened = network.value;
  if (!opened || !isSharedThere.value) return;
  const about = { recipe: opened.shape.widths.join(" – "), origin: "Opened from a file", testAccuracy: null };
  untracked(() => addOwn(NAME, opened.file, opened, about));
});

/** @param {Opened} opened */
function take(opened) {
  network.value = opened;
  keep(NAME, opened);
}

/** @param {any} event */
async function open({ target }) {
  const [file] = /** @type {FileList} */ (target.files);
  if (!file) return;
  problem.value = "";
  try {
    const { parameters, widths, activation, mean, std } = await readNetwork(file);
    const shape = { widths, activation: activation ?? "relu", mean: mean ?? MEAN, std: std ?? STD };
    take({ file: file.name, parameters, shape });
    predictWith(NAME);
  } catch (error) {
    problem.value = /** @type {Error} */ (error).message;
  }
  target.value = ""; // so that the same file can be chosen again
}

function close() {
  network.value = null;
  remove(NAME);
  forget(NAME);
}

export function opened() {
  return html`<div class="train-open">
    <label class="train-file">
      Open a network
      <input type="file" accept=".safetensors,.npz" @change=${open} />
    </label>
    <small>A .safetensors or .npz file of an MLP for MNIST, trained anywhere. It stays in this browser.</small>
    ${problem.value ? html`<p role="alert">${problem.value}</p>` : nothing}
    ${network.value ? details(network.value) : nothing}
  </div>`;
}

/** @param {Opened} now */
function details(now) {
  const { file, shape } = now;
  const change = (/** @type {Partial<Shape>} */ changes) => {
    if (network.value) take({ ...network.value, shape: { ...network.value.shape, ...changes } });
  };
  /** @param {any} event */
  const changeNumber = ({ target }) => {
    const value = Number(target.value.replace(",", "."));
    if (target.value.trim() && (target.name === "mean" ? Math.abs(value) : value - 0.001) >= 0)
      change({ [target.name]: value });
    else target.value = String(shape[/** @type {"mean" | "std"} */ (target.name)]);
  };
  /** @type {(name: "mean" | "std", label: string) => unknown} */
  const number = (name, label) =>
    html`<div class="field">
      <label for="opened-${name}">${label}</label>
      <input type="text" id="opened-${name}" name=${name} .value=${String(shape[name])} @change=${changeNumber} />
    </div>`;
  const right = accuracy.value === null ? "" : `${percent(accuracy.value)} of the page’s 300 test digits right`;
  return html`<div class="train-open">
    <p><b>${file}</b> ${shape.widths.join(" – ")} <span role="note">${right}</span></p>
    <div class="field">
      <label for="opened-activation">After each hidden layer</label>
      <select id="opened-activation" @change=${(/** @type {any} */ { target }) => change({ activation: target.value })}>
        ${Object.entries(ACTIVATIONS).map(
          ([key, words]) => html`<option value=${key} ?selected=${key === shape.activation}>${words}</option>`,
        )}
      </select>
    </div>
    ${number("mean", "Mean")} ${number("std", "Deviation")}
    <button type="button" aria-pressed=${state.network.value === NAME} @click=${() => drawWith(NAME)}>
      Draw with it
    </button>
    <button type="button" aria-label="Close ${file}" @click=${close}>✕</button>
  </div>`;
}

kept().then((all) => {
  const found = all.find(([key]) => key === NAME);
  if (found && !network.value) network.value = found[1];
});
