/* The masthead: which network is reading, how it was trained and how well it does. It carries the network itself to
   the page, once.

   Run once when the component is mounted, with Gradio's `element`, `props` and `watch`. */

"use strict";

let shown = null; // the description that is shown

function show() {
  if (Live.description === shown) return;
  shown = Live.description;
  const { name, recipe, test_accuracy: accuracy, origin, network } = shown;
  const { widths } = network;
  const count = DigitEngine.parameterCount(widths).toLocaleString("en");
  const say = (part, text) => (element.querySelector(part).textContent = text);
  say(
    ".network-score",
    `The ${name} recipe: ${(100 * accuracy).toFixed(2)} % of MNIST's 10,000 test digits read correctly`,
  );
  say(".network-recipe", `${widths.join(" – ")}, ${count} weights; ${recipe}`);
  say(".network-origin", origin);
}

const take = () => Live.setClassifier(props.value);
take();
watch("value", take);
Live.subscribe(show);
