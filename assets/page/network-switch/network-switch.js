/**
 * The network switch: the shared network predicts, the visitor's own, or both. It is shown once there is a network of
 * the visitor's own.
 */
/** @import { MountContext } from "../../state/types.js" */
import { query } from "../../parts/dom.js";
import * as classifiers from "../../state/classifiers.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const fieldset = query(element, ".network-switch");
  const options = [...element.querySelectorAll("input")];
  for (const option of options) {
    option.addEventListener("change", () =>
      classifiers.activate(option.value === "shared" ? "shared" : "own", option.value === "both"),
    );
  }
  classifiers.subscribe(({ own, active, isComparing }) => {
    fieldset.hidden = !own;
    for (const option of options) option.checked = option.value === (isComparing ? "both" : active);
  });
}
