/* The lesson: its steps open the views, and each has a line with the numbers of the drawing on the pad.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { number, percent } = Pictures;
const { PAPER, frame } = DigitEngine;
const lines = [...element.querySelectorAll("[data-live]")];

for (const button of element.querySelectorAll("button[data-view]")) {
  button.addEventListener("click", () => Views.open(button.dataset.view));
}
Views.subscribe(() => {
  for (const button of element.querySelectorAll("button[data-view]")) button.hidden = !Views.has(button.dataset.view);
});

const count = (values, is) => values.reduce((total, value) => total + (is(value) ? 1 : 0), 0);
const isOn = (value) => value > 0;

/** The two highest logits' digits. */
function firstTwo(logits) {
  return [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
}

/** For each step a sentence about a drawing. */
const SENTENCES = {
  ink: ({ ink }) =>
    `Yours: ${count(ink, isOn).toLocaleString("en")} of ${(PAPER * PAPER).toLocaleString("en")} pixels have ink.`,

  frame({ picture, probabilities, digit, ink }) {
    const unframed = Live.classifier.read(
      frame(ink, PAPER, PAPER, { box: false, square: false, fit: false, centre: false }),
    );
    return (
      `Yours fills ${count(picture, isOn)} of the 784 pixels, and is read as ${digit} (${percent(probabilities[digit])}). ` +
      `The whole pad, just shrunk: ${unframed.digit} (${percent(unframed.probabilities[unframed.digit])}).`
    );
  },

  normal({ input }) {
    const mean = input.reduce((sum, value) => sum + value, 0) / input.length;
    return `Your 784 inputs go from ${number(Math.min(...input))} to ${number(Math.max(...input))}; their mean is ${number(mean)}.`;
  },

  row({ input }) {
    const brightest = input.indexOf(Math.max(...input));
    return `Yours is a batch of one: (1, 1, 28, 28), then (1, 784). Your brightest pixel, row ${Math.floor(brightest / 28) + 1}, column ${(brightest % 28) + 1}, becomes number ${brightest + 1} of the row.`;
  },

  neuron({ hidden1 }) {
    const strongest = hidden1.indexOf(Math.max(...hidden1));
    return `Strongest for yours: neuron ${strongest + 1} of hidden layer 1, with ${number(hidden1[strongest])}.`;
  },

  relu: ({ hidden1, hidden2 }) =>
    `For yours, ${count(hidden1, isOn)} of ${hidden1.length} neurons are on in layer 1, and ${count(hidden2, isOn)} of ${hidden2.length} in layer 2.`,

  logits({ logits }) {
    const [one, other] = firstTwo(logits);
    return `Yours: the highest logits are ${number(logits[one])} for ${one} and ${number(logits[other])} for ${other}.`;
  },

  why({ logits }) {
    const [one, other] = firstTwo(logits);
    return `Yours: ${one} and not ${other}, by ${number(logits[one] - logits[other])}.`;
  },

  softmax({ probabilities, digit, verdict }) {
    const sum = probabilities.reduce((total, share) => total + share, 0);
    return `Yours: ${percent(probabilities[digit], 2)} for ${digit}; all ten add up to ${sum.toFixed(4)}. The verdict: ${verdict}.`;
  },

  loss({ probabilities, digit }) {
    return `If you meant ${digit}, your loss is ${(-Math.log(probabilities[digit])).toFixed(4)}.`;
  },

  learn() {
    const count = DigitEngine.parameterCount(Live.description.network.widths).toLocaleString("en");
    return `The network that reads yours has ${count} weights and biases, and each takes part in every step.`;
  },

  test: ({ digit, probabilities }) =>
    `Yours was not among its examples, either: it says ${digit}, ${percent(probabilities[digit])}.`,
};

Views.add("lesson", element.querySelector(".lesson"), (reading) => {
  for (const line of lines) line.textContent = reading.logits ? SENTENCES[line.dataset.live](reading) : "";
});
