/** The networks that can predict: the shared one, the baseline, runs of the training, a fine-tuned one, an opened one; and
    which of them does. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { ClassifierDescription, LoadedNetwork } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import { readJson } from "../site/files.js";
import { batch, computed, effect, signal } from "../vendor/signals-core.js";
import { pad } from "./drawing.js";
import { problem, reset, state } from "./state.js";

/** By name: "shared", "baseline", "run-4", "fine-tuned", "opened". */
export const networks = signal(/** @type {ReadonlyMap<string, LoadedNetwork>} */ (new Map()));

const chosen = computed(() => networks.value.get(state.network.value) ?? networks.value.get("shared") ?? null);

/** The network that predicts, with what is switched off in it and the noise on its weights; null until it has arrived. */
export const active = computed(() => {
  const loaded = chosen.value;
  if (!loaded) return null;
  const hidden = loaded.classifier.network.layers.slice(0, -1);
  const off = hidden.map((_, layer) => state.off.value.filter(([of]) => of === layer).map(([, neuron]) => neuron));
  return { ...loaded, classifier: loaded.classifier.noisy(state.noise.value).without(off) };
});

/** The classifier that predicts; only read where it has arrived. */
export const classifier = () => /** @type {NonNullable<typeof active.value>} */ (active.value).classifier;

/** Kept once a network has arrived: what explains it is loaded after that. @type {Promise<void>} */
export const arrived = new Promise((resolve) => effect(() => void (active.value && resolve())));

/** The network that predicts beside it; null for none. */
export const compared = computed(() => {
  const other = networks.value.get(state.compared.value ?? "") ?? null;
  return other?.name === active.value?.name ? null : other;
});

/** Add a network, or put another in its place. @param {string} name @param {string} title for the page: "Run 4"
    @param {ClassifierDescription} description */
export function add(name, title, description) {
  const loaded = { name, title, description, classifier: new Classifier(description) };
  networks.value = new Map([...networks.value, [name, loaded]]);
}

/** Add a network that was trained in this page, or opened in it, with the shared network's detector.
    @param {string} name @param {string} title @param {{ parameters: Float32Array, shape: Shape }} network
    @param {{ recipe: string, origin: string, testAccuracy: number | null }} about */
export function addOwn(name, title, { parameters, shape }, about) {
  const shared = networks.value.get("shared")?.description;
  if (!shared) return;
  const { widths, activation, mean, std } = shape;
  const network = { parameters, widths, relu: activation === "relu", activation };
  const unknown = { fingerprint: undefined, steps: null, deadNeurons: [], shaping: undefined };
  add(name, title, { ...shared, ...unknown, network, mean, std, name: title, ...about });
}

/** @param {string} name */
export function remove(name) {
  networks.value = new Map([...networks.value].filter(([each]) => each !== name));
  if (state.network.value === name) predictWith("shared");
}

/** Choose which network predicts; what was changed in the one before is changed back. @param {string} name */
export function predictWith(name) {
  batch(() => {
    if (name !== state.network.value) reset("off", "noise", "neuron");
    state.network.value = name;
  });
}

/** The same, and go on drawing. @param {string} name */
export function drawWith(name) {
  predictWith(name);
  pad.focus();
}

/** @param {"shared" | "baseline"} name @param {string} title */
async function load(name, title) {
  try {
    add(name, title, await readJson(name === "shared" ? "network.json" : "baseline.json"));
  } catch {
    problem.value = `The ${name} network could not be loaded. Reload the page when there is a connection.`;
  }
}

load("shared", "Pretrained");
let isBaselineAsked = false;
effect(() => {
  const isNeeded = [state.network.value, state.compared.value].includes("baseline");
  if (!isNeeded || isBaselineAsked) return;
  isBaselineAsked = true;
  load("baseline", "Baseline");
});
