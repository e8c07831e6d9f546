/** The networks that can predict: the shared one, the baseline, a run of the training, a fine-tuned one, an opened one; and
    which of them does. */
/** @import { Shape } from "../engine/backpropagation.js" */
/** @import { ReadonlySignal, Signal } from "../vendor/signals-core.js" */
/** @import { ClassifierDescription, LoadedNetwork, NetworkDescription } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import { Network } from "../engine/network.js";
import { readJson } from "../site/files.js";
import { batch, computed, effect, signal } from "../vendor/signals-core.js";
import { pad } from "./drawing.js";
import { PART_MISSING, problem, reset, state } from "./state.js";

/** The shared network: the one that the page brings; null until it has arrived. */
export const shared = signal(/** @type {LoadedNetwork | null} */ (null));
const baseline = signal(/** @type {LoadedNetwork | null} */ (null));
const offered = signal(/** @type {readonly ReadonlySignal<LoadedNetwork | null>[]} */ ([shared, baseline]));

/** By name: "shared", "baseline", "run-4", "fine-tuned", "opened". */
export const networks = computed(() => {
  return new Map(offered.value.flatMap(({ value }) => (value ? [[value.name, value]] : [])));
});

/** The one that is chosen, as it was trained; null until it has arrived. */
export const chosenNetwork = computed(() => networks.value.get(state.network.value) ?? shared.value);

/** A classifier with so much noise on its weights, and without what is switched off. @param {Classifier} classifier @param {number} noise */
export function changed(classifier, noise) {
  const whole = noise ? classifier.with({ network: classifier.network.noisy(noise) }) : classifier;
  const hidden = whole.network.layers.slice(0, -1);
  const off = hidden.map((_, layer) => state.off.value.filter(([of]) => of === layer).map(([, neuron]) => neuron));
  return off.some(({ length }) => length) ? whole.with({ network: whole.network.without(off), whole, off }) : whole;
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

/** Load what the first prediction needs nothing of, and mount it. @template T
    @param {() => Promise<{ mount: (context: T) => unknown }>} load @param {T} context */
export const mountLater = (load, context) =>
  arrived
    .then(load)
    .then(({ mount }) => mount(context))
    .catch(() => (problem.value ||= PART_MISSING));

/** The network that predicts beside it; null for none. */
export const compared = computed(() => {
  const other = networks.value.get(state.compared.value ?? "") ?? null;
  return other?.name === active.value?.name ? null : other;
});

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
  const unknown = { fingerprint: undefined, testAccuracy: null, steps: null };
  const description = { ...shared.value.description, ...unknown, network, mean, std, name: title, ...about };
  const classifier = shared.value.classifier.with({ network: new Network(network), mean, std });
  return { name, title, description, classifier };
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

/** @param {Signal<LoadedNetwork | null>} network @param {string} name @param {string} title @param {string} file */
async function load(network, name, title, file) {
  try {
    const description = await readJson(file);
    network.value = { name, title, description, classifier: new Classifier(description) };
  } catch {
    problem.value = `The ${name} network could not be loaded. Reload the page when there is a connection.`;
  }
}

load(shared, "shared", "Pretrained", "network.json");
let isBaselineAsked = false;
effect(() => {
  const isNeeded = [state.network.value, state.compared.value].includes("baseline");
  if (!isNeeded || isBaselineAsked) return;
  isBaselineAsked = true;
  load(baseline, "baseline", "Baseline", "baseline.json");
});
