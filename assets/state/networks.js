/** The networks that can predict: the shared one, the baseline, a run of the training, a fine-tuned one, an opened one; and
    which of them does. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { ReadonlySignal } from "../vendor/signals-core.js" */
/** @import { ClassifierDescription, LoadedNetwork, NetworkDescription } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import { readJson } from "../site/files.js";
import { batch, computed, effect, signal } from "../vendor/signals-core.js";
import { pad } from "./drawing.js";
import { problem, reset, state } from "./state.js";

const loaded = signal(/** @type {readonly LoadedNetwork[]} */ ([]));
const offered = signal(/** @type {readonly ReadonlySignal<LoadedNetwork | null>[]} */ ([]));

/** By name: "shared", "baseline", "run-4", "fine-tuned", "opened". */
export const networks = computed(() => {
  const all = [...loaded.value, ...offered.value.map(({ value }) => value)];
  return new Map(all.flatMap((network) => (network ? [[network.name, network]] : [])));
});

/** The shared network: the one that the page brings. */
export const shared = computed(() => loaded.value.find(({ name }) => name === "shared") ?? null);

/** The one that is chosen, as it was trained; null until it has arrived. */
export const chosenNetwork = computed(() => networks.value.get(state.network.value) ?? shared.value);

/** A classifier with so much noise on its weights, and without what is switched off. @param {Classifier} classifier @param {number} noise */
export function changed(classifier, noise) {
  const hidden = classifier.network.layers.slice(0, -1);
  const off = hidden.map((_, layer) => state.off.value.filter(([of]) => of === layer).map(([, neuron]) => neuron));
  return classifier.noisy(noise).without(off);
}

/** The network that predicts, with what is switched off in it and the noise on its weights; null until it has arrived. */
export const active = computed(
  () =>
    chosenNetwork.value && {
      ...chosenNetwork.value,
      classifier: changed(chosenNetwork.value.classifier, state.noise.value),
    },
);

/** The classifier that predicts; only read where it has arrived. */
export const classifier = () => /** @type {NonNullable<typeof active.value>} */ (active.value).classifier;

/** Kept once a network has arrived: what explains it is loaded after that. @type {Promise<void>} */
export const arrived = new Promise((resolve) => effect(() => void (active.value && resolve())));

/** The network that predicts beside it; null for none. */
export const compared = computed(() => {
  const other = networks.value.get(state.compared.value ?? "") ?? null;
  return other?.name === active.value?.name ? null : other;
});

/** Add a network. @param {string} name @param {string} title for the page: "Run 4" @param {ClassifierDescription} description */
export function add(name, title, description) {
  loaded.value = [...loaded.value, { name, title, description, classifier: new Classifier(description) }];
}

/** Let a network predict whenever there is one. @param {ReadonlySignal<LoadedNetwork | null>} network */
export function offer(network) {
  offered.value = [...offered.value, network];
}

/** A network that was trained in this page, or opened in it, with the shared network's detector; null until that is there.
    @param {string} name @param {string} title @param {Shape} shape @param {object} numbers of its NetworkDescription
    @param {Partial<ClassifierDescription>} about its provenance @returns {LoadedNetwork | null} */
export function ownNetwork(name, title, { widths, activation, mean, std }, numbers, about) {
  if (!shared.value) return null;
  const network = /** @type {NetworkDescription} */ ({ ...numbers, widths, activation });
  const unknown = { fingerprint: undefined, testAccuracy: null, steps: null, deadNeurons: [], shaping: undefined };
  const description = { ...shared.value.description, ...unknown, network, mean, std, name: title, ...about };
  return { name, title, description, classifier: new Classifier(description) };
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
