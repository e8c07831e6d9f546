/* What does it see: the four steps of the framing in pictures, each with a switch and with the answer it makes.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { create, number, percent } = Pictures;
const { PAPER, SIDE, BOX, ALL_STEPS, frame, framing } = DigitEngine;
const find = (part) => element.querySelector(part);
const cards = Object.keys(ALL_STEPS).map((name) => {
  const card = find(`[data-step="${name}"]`);
  const part = (selector) => card.querySelector(selector);
  const parts = { canvas: part("canvas"), overlay: part("svg"), box: part(".sees-box"), found: part(".sees-found") };
  return { name, ...parts, toggle: part("input"), answers: part(".sees-answers") };
});
const [boxCard, squareCard, fitCard, centreCard] = cards;

// --- pictures: white ink on black, as MNIST has it ------------------------------------------------------------------

function showPictures({ ink }, found) {
  Pictures.grey(boxCard.canvas, ink);
  for (const { overlay } of cards) overlay?.classList.toggle("is-empty", !found.box);
  const { box, square, cells = BOX } = found;
  fitCard.canvas.width = fitCard.canvas.height = cells;
  fitCard.canvas.style.width = `${(100 * cells) / SIDE}%`; // on the scale of the last picture
  Pictures.grey(fitCard.canvas, found.digit ?? new Uint8Array(cells * cells));
  Pictures.grey(centreCard.canvas, found.picture);
  if (!box) return crop(squareCard.canvas, { left: 0, top: 0, width: PAPER, height: PAPER });

  outline(boxCard.box, box);
  crop(squareCard.canvas, square);
  squareCard.overlay.setAttribute("viewBox", [square.left, square.top, square.width, square.height].join(" "));
  outline(squareCard.box, box);
  squareCard.overlay.querySelector("path").setAttribute("d", rectangle(square) + rectangle(box));
  outline(centreCard.box, { left: found.right, top: found.down, width: cells, height: cells });
  const mass = centreOfMass(found.picture);
  const dot = centreCard.overlay.querySelector("circle");
  dot.setAttribute("cx", mass.x);
  dot.setAttribute("cy", mass.y);
}

/** A part of the drawing; it may reach beyond the paper, where there is no ink. */
function crop(canvas, { left, top, width, height }) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, width, height);
  context.drawImage(boxCard.canvas, -left, -top);
}

function outline(rect, { left, top, width, height }) {
  for (const [name, value] of Object.entries({ x: left, y: top, width, height })) rect.setAttribute(name, value);
}

function rectangle({ left, top, width, height }) {
  return `M${left} ${top}h${width}v${height}h${-width}z`;
}

/** Where the ink of a picture of 28 x 28 has its centre, in pixels from its left and upper edge. */
function centreOfMass(picture) {
  let [mass, x, y] = [0, 0, 0];
  picture.forEach((tone, i) => {
    mass += tone;
    x += tone * ((i % SIDE) + 0.5);
    y += tone * (Math.floor(i / SIDE) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}

// --- what each step found, in numbers -------------------------------------------------------------------------------

const size = ({ width, height }) => `${width} × ${height}`;
const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

const SENTENCES = {
  box({ box }, steps) {
    if (!steps.box)
      return `Nobody looks for the ink: the whole pad is taken, ${size(box)} pixels, and most of it is paper.`;
    const [columns, rows] = [`${box.left + 1} to ${box.left + box.width}`, `${box.top + 1} to ${box.top + box.height}`];
    return `There is ink from row ${rows} and from column ${columns}: a box of ${size(box)} pixels.`;
  },
  square({ box, square }, steps) {
    if (!steps.square && box.width === box.height) return `The box is ${size(box)}: there is nothing to pad.`;
    if (!steps.square) return `The box stays ${size(box)}, and the next step stretches it.`;
    const [columns, rows] = [square.width - box.width, square.height - box.height];
    const added = [columns && counted(columns, "empty column"), rows && counted(rows, "empty row")].filter(Boolean);
    if (!added.length) return `The box is ${size(box)}, a square already.`;
    return `${added.join(" and ")} around it make ${size(box)} a square of ${size(square)}.`;
  },
  fit({ square, cells }) {
    const each = `${number(square.width / cells, 1)} × ${number(square.height / cells, 1)}`;
    const start = `Each of ${cells} × ${cells} cells takes the ink of ${each} pixels, and the brightest becomes 255.`;
    return cells === BOX ? start : `${start} No margin is left.`;
  },
  centre({ picture, cells, right, down }, steps) {
    const { x, y } = centreOfMass(picture);
    const where = `its centre of mass is ${number(x, 1)} pixels from the left and ${number(y, 1)} from the top. The middle is 14.5.`;
    if (cells === SIDE) return `It fills all 28 × 28 and cannot be moved: ${where}`;
    if (!steps.centre) return `The 20 × 20 lie in the middle, wherever the ink is: ${where}`;
    const margin = (SIDE - cells) / 2;
    const moved = [shifted(right - margin, "right", "left"), shifted(down - margin, "down", "up")].filter(Boolean);
    return `${moved.length ? `Shifted ${moved.join(", ")}` : "No shift is needed"}: ${where}`;
  },
};

function shifted(by, forward, back) {
  return by && `${Math.abs(by)} ${by > 0 ? forward : back}`;
}

const PICTURED = {
  box: "Your drawing, with the box around its ink",
  square: "The box, padded to a square",
  fit: "The digit, shrunken",
  centre: "The picture of 28 × 28 that the network reads, with its centre of mass and the middle marked",
};

function showFound({ steps, penIsDown }, found) {
  for (const { name, canvas, found: words } of cards) {
    words.textContent = found.box ? SENTENCES[name](found, steps) : "Draw a digit, and its numbers stand here.";
    if (!penIsDown) canvas.ariaLabel = `${PICTURED[name]}: ${found.box ? words.textContent : "nothing drawn yet"}`;
  }
}

// --- what each step is good for on this drawing ---------------------------------------------------------------------

function inWords({ verdict, digit, probabilities }) {
  if (verdict === "blank") return ["–"];
  const answer = `${digit}, ${percent(probabilities[digit])}`;
  return verdict === "digit" ? [answer] : [answer, create("small", {}, verdict)];
}

/** The answer with this step and without it, while the others stay as they are; one of the two is the present one. */
function showAnswers(reading) {
  for (const { name, answers } of cards) {
    const taken = reading.steps[name];
    const steps = { ...reading.steps, [name]: !taken };
    const otherwise = Live.classifier.read(frame(reading.ink, PAPER, PAPER, steps));
    const differs = otherwise.digit !== reading.digit || otherwise.verdict !== reading.verdict;
    const row = (is) => {
      const read = is === taken ? reading : otherwise;
      return create(
        "tr",
        { class: [is === taken ? "is-present" : "", !is && differs ? "is-changed" : ""].join(" ").trim() },
        create("th", { scope: "row" }, is ? "with it" : "without it"),
        create("td", {}, ...inWords(read)),
      );
    };
    answers.replaceChildren(create("tbody", {}, row(true), row(false)));
  }
}

// --- controls -------------------------------------------------------------------------------------------------------

for (const { name, toggle } of cards) {
  toggle.addEventListener("change", () => Live.setSteps({ ...Live.reading().steps, [name]: toggle.checked }));
}
find(".sees-reset").addEventListener("click", () => Live.setSteps(ALL_STEPS));
find(".sees-corner").addEventListener("click", () => Live.replace(smallInCorner(Live.reading())));

/** The drawing in the upper left corner, its lines at most 40 pixels wide and high. */
function smallInCorner({ strokes }) {
  const points = strokes.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const most = Math.max(1, ...points.map(([x, y]) => Math.max(x - left, y - top)));
  const scale = Math.min(1, 40 / most);
  return strokes.map((stroke) => stroke.map(([x, y]) => [5 + (x - left) * scale, 5 + (y - top) * scale]));
}

Views.add("sees", find(".sees"), (reading) => {
  const { ink, steps, verdict } = reading;
  const found = framing(ink, PAPER, PAPER, steps);
  for (const { name, toggle } of cards) toggle.checked = steps[name];
  showPictures(reading, found);
  showFound(reading, found);
  showAnswers(reading);
  find(".sees-reset").disabled = Object.values(steps).every(Boolean);
  find(".sees-corner").disabled = verdict === "blank";
});
