/**
 * The network switch: the shared network predicts, the baseline, the visitor's own, or two. It is shown once there is a
 * second network.
 */
/** @import { MountContext, Whose } from "../../state/types.js" */
import { query } from "../../parts/dom.js";
import * as classifiers from "../../state/classifiers.js";

/** @param {MountContext} context */
export function mount({ element }) {
  let second = /** @type {Whose} */ ("own"); // that the shared one is compared with: the last one that was chosen
  const fieldset = query(element, ".network-switch");
  const options = [...element.querySelectorAll("input")];
  for (const option of options) {
    option.addEventListener("change", () => {
      if (option.value === "both") classifiers.activate(second, "shared");
      else classifiers.activate(/** @type {Whose} */ (option.value));
    });
  }
  classifiers.subscribe((present) => {
    const { active, compared, own, baseline } = present;
    if (active !== "shared") second = active;
    if (!present[second]) second = own ? "own" : "baseline";
    fieldset.hidden = !own && !baseline;
    for (const option of options) {
      option.checked = option.value === (compared ? "both" : active);
      const label = /** @type {HTMLElement} */ (option.parentElement);
      label.hidden = option.value !== "both" && !present[/** @type {Whose} */ (option.value)];
    }
  });
}
