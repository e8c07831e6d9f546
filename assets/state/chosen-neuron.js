/** The neuron that the visitor chose, wherever that was; null until then. */
/** @import { NeuronPlace } from "./types.js" */
import { createStore } from "./store.js";

export const { get, set, subscribe } = createStore(/** @type {NeuronPlace | null} */ (null));
