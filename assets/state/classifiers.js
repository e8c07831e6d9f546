/** The classifiers: the shared one, the baseline, the visitor's own, and which of them predicts. */
/** @import { ClassifierDescription, Classifiers, Layer, Whose } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import * as link from "./link.js";
import { createStore } from "./store.js";

/** @type {Classifiers} */
const NONE = { shared: null, baseline: null, own: null, active: "shared", compared: null };
const store = createStore(NONE);
export const { get, subscribe } = store;

/** Kept once the shared classifier is there. @type {Promise<void>} */
export const arrived = new Promise((resolve) => subscribe(({ shared }) => shared && resolve()));

/** Take a network, or another one, in its place; null for none.
    @param {Whose} whose @param {ClassifierDescription | null} description */
export function take(whose, description) {
  const loaded = description && { classifier: new Classifier(description), description };
  const present = { ...get(), [whose]: loaded };
  const isGone = (/** @type {Whose | null} */ one) => one !== null && !present[one];
  if (isGone(present.active)) present.active = "shared";
  if (isGone(present.compared)) present.compared = null;
  store.set(present);
  if (loaded && whose !== "own") linkSwitchedOff(whose, loaded.classifier.network.layers.slice(0, -1));
}

/** Choose whose network predicts, and whose predicts beside it. @param {Whose} whose @param {Whose | null} [compared] */
export function activate(whose, compared = null) {
  store.set({ ...get(), active: whose, compared: compared === whose ? null : compared });
}

/** The classifier that predicts. @throws {Error} before the shared one has arrived; no view is painted until then */
export function active() {
  const loaded = get()[get().active];
  if (!loaded) throw new Error("There is no classifier yet.");
  return loaded;
}

/** Switch neurons of a network off, and all others on.
    @param {number[][]} off of each hidden layer @param {Whose} [whose] the one that predicts if not given */
export function switchOff(off, whose = get().active) {
  const loaded = get()[whose];
  if (loaded) store.set({ ...get(), [whose]: { ...loaded, classifier: loaded.classifier.without(off) } });
}

const BITS = [0, 1, 2, 3]; // of a hexadecimal digit

/** A link carries which neurons are off: layers between dots, each digit for four neurons, without the last zeros.
    @param {Whose} whose @param {Layer[]} layers the hidden ones */
function linkSwitchedOff(whose, layers) {
  link.register(
    `off-${whose}`,
    () => {
      const off = get()[whose]?.classifier.off ?? [];
      const digits = layers.map(({ outputs }, layer) =>
        Array.from({ length: Math.ceil(outputs / 4) }, (_, i) =>
          BITS.reduce((sum, bit) => sum + (off[layer]?.includes(4 * i + bit) ? 2 ** bit : 0), 0).toString(16),
        ),
      );
      return off.flat().length ? digits.map((ofLayer) => ofLayer.join("").replace(/0+$/, "")).join(".") : "";
    },
    (text) => {
      const parts = text.split(".");
      if (parts.length !== layers.length || !/^[\da-f.]+$/.test(text)) return false;
      const off = parts.map((digits) =>
        [...digits].flatMap((digit, i) =>
          BITS.filter((bit) => parseInt(digit, 16) & (2 ** bit)).map((bit) => 4 * i + bit),
        ),
      );
      const areThere = off.every((neurons, layer) => neurons.every((neuron) => neuron < layers[layer].outputs));
      if (areThere) switchOff(off, whose);
      return areThere;
    },
  );
}
