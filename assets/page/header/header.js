/** The header: which network predicts, how it was trained and how well it does. Its value carries the network to the
    page. */
/** @import { ClassifierDescription, MountContext } from "../../state/types.js" */
import { parameterCount } from "../../engine/network.js";
import { query, setText } from "../../parts/dom.js";
import { grouped, percent } from "../../parts/numbers.js";
import { readJson } from "../../site/files.js";
import * as classifiers from "../../state/classifiers.js";
import * as link from "../../state/link.js";
import { tellHeight } from "./embed.js";
import { setUpSharing } from "./share.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const details = query(element, ".header-network", HTMLDetailsElement);
  document.addEventListener("pointerdown", ({ target }) => {
    if (!details.contains(/** @type {Node} */ (target))) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    event.preventDefault(); // elsewhere, it clears the pad
  });
  const problem = query(element, ".header-problem");
  /** Have a network, and say so if it can't be loaded. @param {"shared" | "baseline"} whose @param {string} name */
  const take = async (whose, name) => {
    try {
      classifiers.take(whose, await readJson(name));
      setText(problem, "");
    } catch (error) {
      setText(problem, /** @type {Error} */ (error).message);
      details.open = true;
    }
  };
  take("shared", "network.json");
  setUpSharing(element);
  tellHeight(element);
  const buttons = [...element.querySelectorAll(".header-network button")].map(
    (button) => /** @type {HTMLButtonElement} */ (button),
  );
  for (const button of buttons) {
    button.addEventListener("click", () => {
      details.open = false;
      choose(button.value);
    });
  }

  /** Have the baseline predict, alone or beside the shared network. @param {string} value */
  async function choose(value) {
    if (!classifiers.get().baseline) await take("baseline", "baseline.json");
    if (classifiers.get().baseline) classifiers.activate("baseline", value === "both" ? "shared" : null);
  }

  link.register(
    "network",
    () => {
      const { active, compared } = classifiers.get();
      return active === "baseline" ? (compared ? "both" : "baseline") : "";
    },
    (text) => {
      const isKnown = buttons.some(({ value }) => value === text);
      if (isKnown) choose(text);
      return isKnown;
    },
  );
  classifiers.subscribe((present) => {
    const description = present[present.active]?.description;
    if (description) show(element, description);
  });
}

/** @param {HTMLElement} element @param {ClassifierDescription} description */
function show(element, { name, recipe, testAccuracy, steps, batchSize, origin, network }) {
  const { parameters, weights, biases } = parameterCount(network.widths);
  const lines = {
    ".header-score": `Recipe ${name}: ${percent(testAccuracy, 2)} of MNIST's 10,000 test digits classified correctly`,
    ".header-recipe": `${network.widths.join(" – ")}, ${grouped(parameters)} parameters (${grouped(weights)} weights, ${grouped(biases)} biases); ${recipe}`,
    ".header-steps": steps ? `It took ${grouped(steps)} steps of gradient descent, each on ${batchSize} images.` : "",
    ".header-origin": origin,
  };
  for (const [part, text] of Object.entries(lines)) setText(query(element, part), text);
}
