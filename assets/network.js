/* The masthead: which network is reading, how it was trained and how well it does. It carries the network itself to
   the page, once.

   Run once when the component is mounted, with Gradio's `element`, `props` and `watch`. */

"use strict";

function show() {
  const { name, recipe, test_accuracy: accuracy, origin, network } = props.value;
  const count = (atob(network.parameters).length / 4).toLocaleString("en");
  const say = (part, text) => (element.querySelector(part).textContent = text);
  say(".network-score", `The ${name} recipe: ${(100 * accuracy).toFixed(2)} % of MNIST's 10,000 test digits read correctly`);
  say(".network-recipe", `${network.widths.join(" – ")}, ${count} weights; ${recipe}`);
  say(".network-origin", origin);
  Live.setClassifier(props.value);
}

show();
watch("value", show);
