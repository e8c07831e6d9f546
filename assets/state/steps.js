/** Which preprocessing steps are taken. */
/** @import { Steps } from "./types.js" */
import { ALL_STEPS } from "../engine/preprocessing.js";
import * as link from "./link.js";
import { createStore } from "./store.js";

export const { get, set, subscribe } = createStore(ALL_STEPS);

const NAMES = /** @type {(keyof Steps)[]} */ (Object.keys(ALL_STEPS));

// A link names the steps that are left out.
link.register(
  "without",
  () => NAMES.filter((name) => !get()[name]).join("."),
  (text) => {
    const left = text.split(".");
    const areNames = left.every((name) => Object.hasOwn(ALL_STEPS, name));
    if (areNames) set(/** @type {Steps} */ (Object.fromEntries(NAMES.map((name) => [name, !left.includes(name)]))));
    return areNames;
  },
);
