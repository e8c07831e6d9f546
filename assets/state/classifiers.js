/** The classifiers: the shared one, the visitor's own, and which of them predicts. */
/** @import { ClassifierDescription, Classifiers, Whose } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import { createStore } from "./store.js";

/** @type {Classifiers} */
const NONE = { shared: null, own: null, active: "shared", isComparing: false };
const store = createStore(NONE);
export const { get, subscribe } = store;

/** @param {ClassifierDescription} description */
const load = (description) => ({ classifier: new Classifier(description), description });

/** @param {ClassifierDescription} description */
export function setShared(description) {
  store.set({ ...get(), shared: load(description) });
}

/** The visitor has another network of their own from now on, or none. @param {ClassifierDescription | null} description */
export function setOwn(description) {
  store.set(description ? { ...get(), own: load(description) } : { ...NONE, shared: get().shared });
}

/** Choose whose network predicts, and whether the other one predicts, too. @param {Whose} whose */
export function activate(whose, isComparing = false) {
  store.set({ ...get(), active: whose, isComparing });
}

/** The classifier that predicts. @throws {Error} before the shared one has arrived; no view is painted until then */
export function active() {
  const loaded = get()[get().active];
  if (!loaded) throw new Error("There is no classifier yet.");
  return loaded;
}

/** Switch neurons of the network that predicts off, and all others on. @param {number[][]} off of each hidden layer */
export function switchOff(off) {
  const loaded = active();
  store.set({ ...get(), [get().active]: { ...loaded, classifier: loaded.classifier.without(off) } });
}
