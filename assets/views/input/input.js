/** The four preprocessing steps as images, each with a switch, and with the prediction with and without it. */
/** @import { Current, MountContext, Point, Prediction, Preprocessed, Rectangle, Stroke } from "../../state/types.js" */
import { centerOfMass } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { ALL_STEPS, BOX, SIDE, preprocessingStages } from "../../engine/preprocessing.js";
import { context2d, create, query, setAttributes, svg, tableRow } from "../../parts/dom.js";
import { paintGray } from "../../parts/images.js";
import { percent } from "../../parts/numbers.js";
import * as classifiers from "../../state/classifiers.js";
import * as drawing from "../../state/drawing.js";
import * as steps from "../../state/steps.js";
import * as views from "../../state/views.js";
import { CARDS } from "./cards.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const cards = CARDS.map(({ name, title, purpose, label, side, found }) => {
    const toggle = create("input", { type: "checkbox", role: "switch", checked: true });
    toggle.addEventListener("change", () => steps.set({ ...steps.get(), [name]: toggle.checked }));
    const canvas = create("canvas", { width: CANVAS_SIDE, height: CANVAS_SIDE, role: "img" });
    const [box, padding] = [svg("rect", { class: "input-box" }), svg("path", { class: "input-padding" })];
    const mass = svg("circle", { class: "input-mass", r: 0.7 });
    const marks = name === "center" ? [svg("path", { class: "input-middle", d: "M14.5 0V28M0 14.5H28" }), mass] : [];
    const viewBox = `0 0 ${side} ${side}`;
    const overlay = side ? svg("svg", { viewBox, "aria-hidden": "true" }, padding, box, ...marks) : null;
    const [words, answers] = [create("p", { class: "input-found" }), create("table", { class: "input-answers" })];
    const keyed = purpose.split("●").flatMap((part, i) => (i ? [create("i", { class: "input-key" }), part] : [part]));
    const heading = create("h3", {}, create("label", {}, toggle, ` ${title}`));
    const picture = create("div", { class: "input-picture" }, canvas, ...(overlay ? [overlay] : []));
    const reason = create("p", { class: "input-purpose" }, ...keyed);
    const text = create("div", { class: "input-words" }, words, reason, answers);
    query(element, ".input-steps").append(create("li", { "data-step": name }, heading, picture, text));
    return { name, label, found, toggle, canvas, overlay, box, padding, mass, words, answers };
  });
  const [cropCard, squareCard, resizeCard, centerCard] = cards;
  const reset = query(element, ".input-reset", HTMLButtonElement);
  const corner = query(element, ".input-corner", HTMLButtonElement);
  reset.addEventListener("click", () => steps.set(ALL_STEPS));
  corner.addEventListener("click", () => drawing.replaceStrokes(smallInCorner(drawing.get().strokes)));

  /** The images: white ink on black, as in MNIST. @type {(ink: Uint8Array, stages: Preprocessed) => void} */
  function showImages(ink, stages) {
    paintGray(cropCard.canvas, ink);
    for (const { overlay } of cards) overlay?.classList.toggle("is-empty", !stages.crop);
    const cells = stages.crop ? stages.cells : BOX;
    resizeCard.canvas.width = resizeCard.canvas.height = cells;
    resizeCard.canvas.style.width = `${(100 * cells) / SIDE}%`; // on the scale of the last image
    paintGray(resizeCard.canvas, stages.crop ? stages.digit : new Uint8Array(cells * cells));
    centerCard.canvas.width = centerCard.canvas.height = SIDE;
    paintGray(centerCard.canvas, stages.image);
    const square = stages.crop ? stages.square : { left: 0, top: 0, width: CANVAS_SIDE, height: CANVAS_SIDE };
    copyPart(cropCard.canvas, squareCard.canvas, square);
    if (!stages.crop) return;
    const { crop, right, down } = stages;
    outline(cropCard.box, crop);
    outline(squareCard.box, crop);
    squareCard.overlay?.setAttribute("viewBox", [square.left, square.top, square.width, square.height].join(" "));
    squareCard.padding.setAttribute("d", rectangle(square) + rectangle(crop));
    outline(centerCard.box, { left: right, top: down, width: cells, height: cells });
    const { x: cx, y: cy } = centerOfMass(stages.image, SIDE) ?? { x: 0, y: 0 };
    setAttributes(centerCard.mass, { cx, cy });
  }

  /** The prediction with and without each step, the other steps being as they are. @param {Current} current */
  function showAnswers(current) {
    for (const { name, answers } of cards) {
      const otherSteps = { ...current.steps, [name]: !current.steps[name] };
      const otherwise = classifiers.active().classifier.predictInk(current.ink, otherSteps);
      const differs = otherwise.digit !== current.digit || otherwise.verdict !== current.verdict;
      const rows = [true, false].map((taken) => {
        const isPresent = taken === current.steps[name];
        const state = [isPresent ? "is-present" : "", !taken && differs ? "is-changed" : ""].join(" ").trim();
        const answer = create("td", {}, ...inWords(isPresent ? current : otherwise));
        return tableRow(taken ? "with it" : "without it", [answer], { class: state });
      });
      answers.replaceChildren(create("tbody", {}, ...rows));
    }
  }

  views.register("input", query(element, ".input"), (current) => {
    const stages = preprocessingStages(current.ink, CANVAS_SIDE, CANVAS_SIDE, current.steps);
    showImages(current.ink, stages);
    for (const { name, label, found, toggle, canvas, words } of cards) {
      toggle.checked = current.steps[name];
      const sentence = stages.crop && found(stages, current.steps);
      words.textContent = sentence || "Draw a digit to see its numbers here.";
      if (!current.penIsDown) canvas.ariaLabel = `${label}: ${sentence || "nothing drawn yet"}`;
    }
    showAnswers(current);
    reset.disabled = Object.values(current.steps).every(Boolean);
    corner.disabled = !current.strokes.length; // a photo stays where it is
  });
}

/** Copy a part of a canvas; it may reach beyond the edges, where there is no ink.
    @type {(from: HTMLCanvasElement, to: HTMLCanvasElement, part: Rectangle) => void} */
function copyPart(from, to, { left, top, width, height }) {
  Object.assign(to, { width, height });
  const context = context2d(to);
  context.fillRect(0, 0, width, height);
  context.drawImage(from, -left, -top);
}

/** @type {(rect: Element, box: Rectangle) => void} */
function outline(rect, { left, top, width, height }) {
  setAttributes(rect, { x: left, y: top, width, height });
}

/** @param {Rectangle} box */
const rectangle = ({ left, top, width, height }) => `M${left} ${top}h${width}v${height}h${-width}z`;

/** @param {Prediction} prediction @returns {(string | Node)[]} */
function inWords({ verdict, digit, probabilities }) {
  if (digit === null) return ["–"];
  const answer = `${digit}, ${percent(probabilities[digit])}`;
  return verdict === "digit" ? [answer] : [answer, create("small", {}, verdict)];
}

/** The drawing in the upper left corner, at most 40 pixels wide and high. @type {(strokes: Stroke[]) => Stroke[]} */
function smallInCorner(strokes) {
  const points = strokes.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const longest = Math.max(1, ...points.map(([x, y]) => Math.max(x - left, y - top)));
  const scale = Math.min(1, 40 / longest);
  /** @type {(point: Point) => Point} */
  const place = ([x, y]) => [5 + (x - left) * scale, 5 + (y - top) * scale];
  return strokes.map((stroke) => stroke.map(place));
}
