/** The digit that the visitor meant; null until they said so. */
import { createStore } from "./store.js";

export const { get, set, subscribe } = createStore(/** @type {number | null} */ (null));
