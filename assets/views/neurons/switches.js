/** Switching hidden neurons off: the chosen one, or the weaker half, and what that does to the prediction. */
/** @import { Current, NeuronPlace } from "../../state/types.js" */
import * as classifiers from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import { query, setText } from "../../parts/dom.js";
import { percent } from "../../parts/numbers.js";

/** @param {HTMLElement} element @param {() => NeuronPlace} getChosen */
export function createSwitches(element, getChosen) {
  const [one, weaker, all] = ["one", "weaker", "all"].map((name) =>
    query(element, `.neurons-switch-${name}`, HTMLButtonElement),
  );
  let latest = /** @type {Current | null} */ (null);

  /** The present ones, of each hidden layer. */
  const present = () => {
    const { off, network } = classifiers.active().classifier;
    return network.layers.slice(0, -1).map((_, layer) => off[layer] ?? []);
  };

  one.onclick = () => {
    const { layer, neuron } = getChosen();
    const off = present();
    const others = off[layer].filter((other) => other !== neuron);
    classifiers.switchOff(off.with(layer, others.length < off[layer].length ? others : [...others, neuron]));
  };
  all.onclick = () => classifiers.switchOff([]);
  weaker.onclick = () => {
    if (!latest || isEmpty(latest)) return;
    const activations = latest.hidden;
    const off = present().map((its, layer) => {
      const on = Array.from(activations[layer].keys()).filter((neuron) => !its.includes(neuron));
      on.sort((a, b) => activations[layer][a] - activations[layer][b]);
      return [...its, ...on.slice(0, Math.floor(on.length / 2))];
    });
    classifiers.switchOff(off);
  };

  return {
    /** @param {Current} current */
    show(current) {
      latest = current;
      const { layer, neuron } = getChosen();
      const { whole, network } = classifiers.active().classifier;
      const off = present();
      const count = off.flat().length;
      one.hidden = layer >= off.length;
      setText(one, off[layer]?.includes(neuron) ? "Switch it on" : "Switch it off");
      weaker.disabled = isEmpty(current);
      all.disabled = !count;
      const total = network.layers.slice(0, -1).reduce((sum, { outputs }) => sum + outputs, 0);
      let words = "";
      if (count && !isEmpty(current)) {
        const before = whole.predict(current.image);
        const was = before.digit === null ? "" : `${before.digit}, ${percent(before.probabilities[before.digit])}`;
        const now = `${current.digit}, ${percent(current.probabilities[current.digit])}`;
        words = `${count} of ${total} hidden neurons are off: the prediction is ${now}; with all of them on it is ${was}.`;
      }
      if (!current.penIsDown) setText(query(element, ".neurons-switched"), words);
    },
  };
}
