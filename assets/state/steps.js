/** Which preprocessing steps are taken. */
import { ALL_STEPS } from "../engine/preprocessing.js";
import { createStore } from "./store.js";

export const { get, set, subscribe } = createStore(ALL_STEPS);
