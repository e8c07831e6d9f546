/* How sure, and how wrong: logits, softmax, cross-entropy, and one step of plain gradient descent.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { create, number, percent, svg } = Pictures;
const { DIGITS, afterOneStep, softmax } = DigitEngine;
const find = (part) => element.querySelector(part);
const digits = Array.from({ length: DIGITS }, (_, digit) => digit);
let meant = null; // the digit that the visitor says it is
let rate = 0.01; // the learning rate of the one step

// --- what the visitor chooses -------------------------------------------------------------------------------------

find(".sure-meant").append(
  ...digits.map((digit) => {
    const choose = () => {
      meant = digit;
      Views.refresh();
    };
    return create(
      "label",
      {},
      create("input", { type: "radio", name: "meant", value: digit, onchange: choose }),
      String(digit),
    );
  }),
);

const rates = [...element.querySelectorAll(".sure-rate button")];
for (const button of rates) {
  button.addEventListener("click", () => {
    rate = Number(button.value);
    Views.refresh();
  });
}

// --- the table ----------------------------------------------------------------------------------------------------

const rows = digits.map((digit) => {
  const cells = Array.from({ length: 4 }, () => create("td"));
  const row = create("tr", {}, create("th", { scope: "row" }, String(digit)), ...cells);
  find(".sure-table tbody").append(row);
  return { row, cells };
});

function showTable({ logits, probabilities }, after) {
  const highest = logits && Math.max(...logits);
  rows.forEach(({ row, cells }, digit) => {
    row.classList.toggle("is-meant", digit === meant);
    cells[0].textContent = logits ? number(logits[digit]) : "–";
    cells[1].textContent = logits ? small(Math.exp(logits[digit] - highest)) : "–";
    cells[2].textContent = logits ? percent(probabilities[digit], 2) : "–";
    cells[2].style.setProperty("--share", logits ? probabilities[digit] : 0);
    cells[3].textContent = after ? `${percent(after[digit], 2)} ${arrow(after[digit] - probabilities[digit])}` : "–";
    cells[3].style.setProperty("--share", after ? after[digit] : 0);
  });
}

function arrow(change) {
  if (Math.abs(change) < 5e-5) return "＝";
  return change > 0 ? "▲" : "▼";
}

/** A number between 0 and 1 that may be tiny. */
function small(value) {
  return value === 0 || value >= 1e-3 ? value.toFixed(4) : value.toExponential(1).replace("-", "−");
}

// --- softmax and cross-entropy in words ---------------------------------------------------------------------------

function showSoftmax({ logits, probabilities, digit }) {
  const one = meant ?? digit;
  const highest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  find(".sure-softmax").textContent =
    `The highest logit, ${number(highest)}, is taken from each, so that no power overflows; the ten powers add up to ${sum.toFixed(4)}. ` +
    `p(${one}) = ${small(Math.exp(logits[one] - highest))} / ${sum.toFixed(4)} = ${small(probabilities[one])}.`;
}

/** The loss, from the logits: exact where p is too small to take its logarithm. */
function crossEntropy(logits, label) {
  const highest = Math.max(...logits);
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)) + highest - logits[label];
}

function showLoss(loss, { probabilities }) {
  const judged =
    loss < 0.1
      ? "hardly wrong at all"
      : loss < 0.7
        ? "somewhat wrong"
        : loss < 2.31
          ? "quite wrong"
          : "worse than guessing, which costs log 10 = 2.303";
  find(".sure-loss").textContent =
    `You meant ${meant}: −log p(${meant}) = −log ${small(probabilities[meant])} = ${loss.toFixed(4)}, ${judged}.`;
}

// --- the curve of -log p ------------------------------------------------------------------------------------------

const WIDTH = 220;
const HEIGHT = 120;
const MOST = 6; // of the loss, on the curve
const curve = find(".sure-curve");
const place = (share, loss) => [share * WIDTH, HEIGHT - (Math.min(loss, MOST) / MOST) * HEIGHT];
const points = Array.from({ length: 100 }, (_, i) => ((i + 1) / 100) ** 2).map((share) =>
  place(share, -Math.log(share)),
);
const dot = svg("circle", { r: 6, class: "sure-dot" });
curve.append(
  svg("path", { d: `M0 0V${HEIGHT}H${WIDTH}`, class: "sure-axis" }),
  svg("polyline", { points: points.join(" "), class: "sure-line" }),
  ...[0, 2, 4, 6].map((loss) => svg("text", { x: -8, y: place(0, loss)[1] + 4, "text-anchor": "end" }, loss)),
  ...[0, 0.5, 1].map((share) => svg("text", { x: share * WIDTH, y: HEIGHT + 16, "text-anchor": "middle" }, share)),
  svg("text", { x: 12, y: 4 }, "−log p"),
  svg("text", { x: WIDTH, y: HEIGHT - 8, "text-anchor": "end" }, "p"),
  dot,
);

function showCurve(share, loss) {
  dot.style.display = share === null ? "none" : "";
  if (share === null) {
    curve.ariaLabel = "The curve of −log p: 0 where p is 1, and without bound where p comes near 0";
    return;
  }
  const [x, y] = place(share, loss);
  dot.setAttribute("cx", x);
  dot.setAttribute("cy", y);
  curve.ariaLabel = `The curve of −log p: your drawing stands at p = ${small(share)}, loss ${loss.toFixed(4)}`;
}

// --- one step -----------------------------------------------------------------------------------------------------

function showStep(before, after, { probabilities }, stepped) {
  const outcome =
    after <= before
      ? "The step makes the loss fall"
      : "The step is too long: it jumps over the valley, and the loss rises";
  find(".sure-step").textContent =
    `Each of the weights moves by −${rate} × its gradient, the slope of the loss. ${outcome}, from ${before.toFixed(4)} to ${after.toFixed(4)}; ` +
    `p(${meant}) goes from ${percent(probabilities[meant], 2)} to ${percent(stepped[meant], 2)}.`;
}

// ------------------------------------------------------------------------------------------------------------------

Views.add("sure", find(".sure"), (reading) => {
  rates.forEach((button) => (button.ariaPressed = Number(button.value) === rate));
  if (!reading.logits || meant === null) {
    showTable(reading, null);
    showCurve(null);
    if (reading.logits) showSoftmax(reading);
    else find(".sure-softmax").textContent = "Draw a digit first.";
    find(".sure-loss").textContent =
      "Say above which digit you meant: the loss is −log of the probability that it got.";
    find(".sure-step").textContent =
      "Once you said what you meant, the network could learn from it: here is what a step would do.";
    return;
  }
  const logits = afterOneStep(Live.classifier.network, reading, meant, rate);
  const after = softmax(logits);
  const loss = crossEntropy(reading.logits, meant);
  showTable(reading, after);
  showSoftmax(reading);
  showLoss(loss, reading);
  showCurve(reading.probabilities[meant], loss);
  showStep(loss, crossEntropy(logits, meant), reading, after);
});
