/* What happens inside: the neurons of each layer as tiles, and one of them as the sum that it is.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { bracketed, number, withSign } = Pictures;
const find = (part) => element.querySelector(part);
const view = find(".inside");
const LAYERS = ["hidden layer 1", "hidden layer 2", "output"];
const RANKED = 8; // inputs that are written out, of all
const chosen = { layer: 0, neuron: 0 };
let choseOne = false; // until then, it is the one that answers most strongly
let tiles = []; // of each layer
let widths = ""; // of the layers that the tiles stand for

// --- the layers ---------------------------------------------------------------------------------------------------

/** A tile for each neuron of the network that reads. */
function build({ layers }) {
  element.querySelectorAll(".inside-layer").forEach((figure) => figure.remove());
  tiles = layers.map(({ outputs }, layer) => {
    const isOutput = layer === layers.length - 1;
    const ofLayer = Array.from({ length: outputs }, (_, neuron) =>
      Pictures.create(
        "button",
        { type: "button", class: "tile", role: "radio", onclick: () => pick(layer, neuron) },
        ...(isOutput ? [Pictures.create("span", {}, String(neuron))] : []),
      ),
    );
    const columns = isOutput ? 1 : Math.ceil(Math.sqrt(outputs));
    const grid = Pictures.create(
      "div",
      { class: "tiles", role: "radiogroup", "aria-label": name(layer), style: `--columns: ${columns}` },
      ...ofLayer,
    );
    grid.addEventListener("keydown", (event) => move(event, layer, columns));
    const caption = Pictures.create(
      "figcaption",
      {},
      name(layer, true),
      Pictures.create("small", {}, isOutput ? `${outputs} logits` : `${outputs} neurons`),
    );
    find(".inside-layers").append(Pictures.create("figure", { class: "inside-layer" }, caption, grid));
    return ofLayer;
  });
  mark(chosen.layer, Math.min(chosen.neuron, tiles[chosen.layer].length - 1));
}

function name(layer, large = false) {
  return large ? LAYERS[layer][0].toUpperCase() + LAYERS[layer].slice(1) : LAYERS[layer];
}

/** The visitor's choice. */
function pick(layer, neuron) {
  choseOne = true;
  mark(layer, neuron);
  Views.refresh();
}

function mark(layer, neuron) {
  Object.assign(chosen, { layer, neuron });
  tiles.forEach((ofLayer, i) =>
    ofLayer.forEach((tile, j) => {
      const isChosen = i === layer && j === neuron;
      tile.ariaChecked = isChosen;
      tile.tabIndex = isChosen || (i !== layer && j === 0) ? 0 : -1; // one stop of the Tab key for each layer
    }),
  );
}

/** Arrow keys go from neuron to neuron. */
function move(event, layer, columns) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const neuron = tiles[layer].indexOf(document.activeElement) + step;
  if (!step) return;
  event.preventDefault();
  if (!tiles[layer][neuron]) return;
  pick(layer, neuron);
  tiles[layer][neuron].focus();
}

function light(reading) {
  const activations = [reading.hidden1, reading.hidden2, reading.logits];
  tiles.forEach((ofLayer, layer) => {
    const values = activations[layer];
    const most = values ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
    ofLayer.forEach((tile, neuron) => {
      const value = values?.[neuron] ?? 0;
      tile.style.backgroundColor = values ? Pictures.colour(most ? value / most : 0) : "";
      tile.classList.toggle("is-off", Boolean(values) && value === 0);
      if (!reading.penIsDown) tile.ariaLabel = tile.title = described(layer, neuron, values && value);
    });
  });
}

function described(layer, neuron, value) {
  const who = layer === 2 ? `digit ${neuron}` : `neuron ${neuron + 1} of ${name(layer)}`;
  return value === undefined ? who : `${who}: ${value === 0 ? "off" : number(value)}`;
}

// --- the chosen neuron --------------------------------------------------------------------------------------------

/** All terms of a neuron's sum, the weightiest first: [{ place, input, weight, product }]. */
function terms({ inputs, weights }, neuron, activations) {
  return Array.from({ length: inputs }, (_, place) => {
    const weight = weights[neuron * inputs + place];
    return { place, weight, input: activations?.[place], product: activations && weight * activations[place] };
  }).sort((a, b) => Math.abs(b.product ?? b.weight) - Math.abs(a.product ?? a.weight));
}

function explain(reading) {
  const { layer, neuron } = chosen;
  const its = Live.classifier.network.layers[layer];
  const ranked = terms(its, neuron, [reading.input, reading.hidden1, reading.hidden2][layer]);
  const who = described(layer, neuron);
  find(".inside-neuron h3").textContent = who[0].toUpperCase() + who.slice(1);
  if (layer === 0) showWeights(its, neuron, who);
  find(".inside-weights").hidden = layer > 0;
  showInputs(ranked.slice(0, RANKED), layer, its.inputs);
  showSum(ranked, its.biases[neuron], reading);
}

function showWeights({ inputs, weights }, neuron, who) {
  const picture = find(".inside-weights canvas");
  Pictures.signed(picture, weights.subarray(neuron * inputs, (neuron + 1) * inputs));
  picture.ariaLabel = `The ${inputs} weights of ${who}: orange where ink drives it up, blue where ink holds it down`;
}

function showInputs(ranked, layer, count) {
  const from = ({ place }) => {
    if (layer === 0) return `row ${Math.floor(place / 28) + 1}, column ${(place % 28) + 1}`;
    return Pictures.create(
      "button",
      { type: "button", class: "inside-from", onclick: () => pick(layer - 1, place) },
      `neuron ${place + 1}`,
    );
  };
  find(".inside-inputs caption").textContent = `The ${ranked.length} inputs that count most, of ${count}`;
  const most = Math.abs(ranked[0].product ?? 1);
  find(".inside-inputs tbody").replaceChildren(
    ...ranked.map((term) => {
      const product = Pictures.create(
        "td",
        { class: "inside-product" },
        term.product === undefined ? "–" : withSign(term.product),
      );
      product.style.setProperty("--share", Math.abs(term.product ?? 0) / most);
      product.style.setProperty("--sign", Pictures.colour(Math.sign(term.product ?? 0)));
      return Pictures.create(
        "tr",
        {},
        Pictures.create("th", { scope: "row" }, from(term)),
        Pictures.create("td", {}, term.input === undefined ? "–" : number(term.input)),
        Pictures.create("td", {}, withSign(term.weight)),
        product,
      );
    }),
  );
}

/** Weights times inputs, plus bias, ReLU: with its true numbers. */
function showSum(ranked, bias, reading) {
  const sum = find(".inside-sum");
  if (!reading.logits) {
    sum.textContent = "Draw a digit, and its sum is written out here.";
    return;
  }
  const { layer, neuron } = chosen;
  const total = [reading.pre1, reading.pre2, reading.logits][layer][neuron];
  const shown = ranked.slice(0, 3);
  const rest = ranked.slice(3).reduce((sum, { product }) => sum + product, 0);
  const products = shown.map(({ input, weight }) => `${number(input)} × ${bracketed(weight)}`).join(" + ");
  const parts = [
    `${products} + ${ranked.length - 3} more (${withSign(rest)}) + bias (${withSign(bias)}) = `,
    Pictures.create("strong", {}, number(total)),
  ];
  if (layer < 2)
    parts.push("; ReLU: max(0, ", number(total), ") = ", Pictures.create("strong", {}, number(Math.max(0, total))));
  else parts.push(`, the logit of ${neuron}; softmax makes it ${Pictures.percent(reading.probabilities[neuron])}`);
  sum.replaceChildren(...parts, ".");
}

// ------------------------------------------------------------------------------------------------------------------

Views.add("inside", view, (reading) => {
  const { network } = Live.classifier;
  const theirs = network.layers.map(({ outputs }) => outputs).join();
  if (theirs !== widths) {
    widths = theirs;
    build(network);
  }
  const picture = find(".inside-input canvas");
  Pictures.grey(picture, reading.picture);
  picture.ariaLabel = `The network's input: ${reading.logits ? "your drawing, 28 by 28 pixels" : "nothing yet"}`;
  if (!choseOne && reading.logits) mark(0, reading.hidden1.indexOf(Math.max(...reading.hidden1)));
  light(reading);
  explain(reading);
});
