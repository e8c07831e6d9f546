/** The classifiers: the shared one, the baseline, the visitor's own, and which of them predicts. */
/** @import { ClassifierDescription, Classifiers, Whose } from "./types.js" */
import { Classifier } from "../engine/classifier.js";
import { createStore } from "./store.js";

/** @type {Classifiers} */
const NONE = { shared: null, baseline: null, own: null, active: "shared", compared: null };
const store = createStore(NONE);
export const { get, subscribe } = store;

/** Take a network, or another one, in its place; null for none.
    @param {Whose} whose @param {ClassifierDescription | null} description */
export function take(whose, description) {
  const loaded = description && { classifier: new Classifier(description), description };
  const present = { ...get(), [whose]: loaded };
  const isGone = (/** @type {Whose | null} */ one) => one !== null && !present[one];
  if (isGone(present.active)) present.active = "shared";
  if (isGone(present.compared)) present.compared = null;
  store.set(present);
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

/** Switch neurons of the network that predicts off, and all others on. @param {number[][]} off of each hidden layer */
export function switchOff(off) {
  const loaded = active();
  store.set({ ...get(), [get().active]: { ...loaded, classifier: loaded.classifier.without(off) } });
}
