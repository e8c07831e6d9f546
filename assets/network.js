/* The masthead: which network is reading, how it was trained and how well it does. It carries the network itself to
   the page, once.

   Run once when the component is mounted, with Gradio's `element`, `props` and `watch`. */

"use strict";

function show() {
  const { name, recipe, test_accuracy: accuracy, origin, parameters, hidden } = props.value;
  const count = (atob(parameters).length / 4).toLocaleString("en");
  const lines = [
    `784 – ${hidden} – ${hidden} – 10, ${count} weights; the ${name} recipe: ${recipe}`,
    `${(100 * accuracy).toFixed(2)} % of MNIST's 10,000 test digits read correctly; ${origin}`,
  ];
  element.querySelector(".network").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("span"), { textContent: line }))
  );
  Live.setNetwork(props.value);
}

show();
watch("value", show);
