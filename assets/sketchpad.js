/* The sketchpad: pen movements become strokes, strokes become ink, ink goes to Live at once and to Python at pen-up.

   Run once when the component is mounted, with Gradio's `element`, `props` and `trigger`. */

"use strict";

const canvas = element.querySelector(".pad-canvas");
const context = canvas.getContext("2d");
const undoButton = element.querySelector(".pad-undo");
const clearButton = element.querySelector(".pad-clear");
const { PAPER, PEN, Paper } = DigitEngine;
const STEP = PAPER / 20; // of the keyboard's pen
const KEPT = "digit-sketchpad.drawing"; // what was on the pad when the page was left

let strokes = []; // of points [x, y] in pixels of the paper; never changed in place, so that history can keep them
let history = []; // what strokes were before, newest last
let stroke = null; // the one being drawn
let pointer = null; // the one pointer that draws
let paper = new Paper();
let animation = 0; // the frame asked for, while a sample draws itself

// --- drawing ------------------------------------------------------------------------------------------------------

function begin(point) {
  stopAnimation();
  remember();
  stroke = [point];
  paper.line(point, point);
  paint();
  changed();
}

function extend(points) {
  for (const point of points) {
    const last = stroke[stroke.length - 1];
    if (point[0] === last[0] && point[1] === last[1]) continue;
    stroke.push(point);
    paper.line(last, point);
  }
  paint();
  changed();
}

function end() {
  strokes = [...strokes, stroke];
  stroke = null;
  changed();
}

/** Show other strokes than those that are there. */
function replace(newStrokes) {
  strokes = newStrokes;
  stroke = null;
  paper = new Paper().draw(strokes);
  paint();
  changed();
}

function clear() {
  lift();
  stopAnimation();
  if (!strokes.length) return;
  remember();
  replace([]);
}

function undo() {
  lift();
  stopAnimation();
  if (!history.length) return;
  replace(history.pop());
}

function remember() {
  history.push(strokes);
}

/** Let the pen go, wherever it is. */
function lift() {
  pointer = null;
  if (stroke) end();
}

function changed() {
  const drawn = stroke !== null || strokes.length > 0;
  element.classList.toggle("has-ink", drawn);
  clearButton.disabled = !drawn;
  undoButton.disabled = stroke === null && !history.length;
  Live.setInk(paper.ink, stroke !== null || animation !== 0, stroke ? [...strokes, stroke] : strokes);
}

// --- mouse, pen and touch -----------------------------------------------------------------------------------------

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * PAPER, ((event.clientY - box.top) / box.height) * PAPER];
}

canvas.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return;
  lift(); // the keyboard's pen, if it is down
  pointer = event.pointerId;
  canvas.setPointerCapture(pointer);
  hideCursor();
  begin(place(event));
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const movements = event.getCoalescedEvents?.() ?? [];
  extend((movements.length ? movements : [event]).map(place));
});

for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
  canvas.addEventListener(name, (event) => {
    if (event.pointerId === pointer) lift();
  });
}

canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a pause, not a menu
canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });

undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);

// --- keyboard -----------------------------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const held = new Set(); // two arrows at once draw a diagonal
let cursor = [PAPER / 2, PAPER / 2];
let cursorShown = false;

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || pointer !== null) return;
  if (event.key in ARROWS) {
    held.add(event.key);
    moveCursor(event.shiftKey ? STEP / 4 : STEP);
  } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
    if (stroke) lift();
    else begin(cursor);
    showCursor();
  } else return;
  event.preventDefault();
});

canvas.addEventListener("keyup", (event) => held.delete(event.key));
canvas.addEventListener("blur", () => {
  held.clear();
  hideCursor();
  lift();
});

function moveCursor(step) {
  let [x, y] = cursor;
  for (const key of held) {
    x += ARROWS[key][0] * step;
    y += ARROWS[key][1] * step;
  }
  const inside = (value) => Math.min(Math.max(value, PEN / 2), PAPER - PEN / 2);
  cursor = [inside(x), inside(y)];
  showCursor();
  if (stroke) extend([cursor]);
}

document.addEventListener("keydown", (event) => {
  if (event.target !== document.body && !element.contains(event.target)) return;
  if (event.key === "Escape") clear();
  else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey) undo();
  else return;
  event.preventDefault();
});

// --- what one sees ------------------------------------------------------------------------------------------------

function paint() {
  const scale = canvas.width / PAPER;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, PAPER, PAPER);
  context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = "round";
  for (const points of stroke ? [...strokes, stroke] : strokes) {
    context.beginPath();
    context.moveTo(...points[0]);
    for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point);
    context.stroke();
  }
  if (cursorShown) paintCursor();
}

function paintCursor() {
  const [x, y] = cursor;
  context.save();
  context.globalAlpha = stroke ? 1 : 0.6;
  context.strokeStyle = getComputedStyle(canvas).outlineColor;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, PEN / 2 + 1.5, 0, 2 * Math.PI);
  for (const [dx, dy] of Object.values(ARROWS)) {
    context.moveTo(x + dx * PEN * 0.8, y + dy * PEN * 0.8);
    context.lineTo(x + dx * PEN * 1.3, y + dy * PEN * 1.3);
  }
  context.stroke();
  context.restore();
}

function showCursor() {
  cursorShown = true;
  paint();
}

function hideCursor() {
  if (!cursorShown) return;
  cursorShown = false;
  paint();
}

/** As many pixels as the screen has, whatever the pad's size and the screen's density. */
function fit() {
  const size = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!size) return;
  if (canvas.width !== size) canvas.width = canvas.height = size;
  paint();
}

new ResizeObserver(fit).observe(canvas);
new MutationObserver(fit).observe(document.body, { attributes: true, attributeFilter: ["class"] }); // light and dark
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", fit);

// --- sample drawings ----------------------------------------------------------------------------------------------

/** A button for each digit; every click writes it in the style it shows, and goes on to the next. */
for (const styles of JSON.parse(props.samples)) {
  const button = document.createElement("button");
  button.type = "button";
  let next = 0;
  const offer = () => {
    button.title = button.ariaLabel = styles[next].name;
    button.replaceChildren(Pictures.drawing(styles[next].strokes));
  };
  button.addEventListener("click", () => {
    play(styles[next].strokes);
    next = (next + 1) % styles.length;
    offer();
  });
  offer();
  element.querySelector(".pad-samples").append(button);
}

/** Draw a sample as a hand would, so that one sees the network change its mind. */
function play(sample) {
  lift();
  stopAnimation();
  remember();
  const length = sample.flat().length;
  const began = performance.now();
  const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700; // milliseconds
  const step = (now) => {
    const share = duration ? Math.min((now - began) / duration, 1) : 1;
    animation = share < 1 ? requestAnimationFrame(step) : 0;
    replace(firstPoints(sample, Math.ceil(Math.max(share, 0) * length)));
  };
  step(began);
}

function firstPoints(sample, count) {
  const shown = [];
  for (const points of sample) {
    if (count > 0) shown.push(points.slice(0, count));
    count -= points.length;
  }
  return shown;
}

function stopAnimation() {
  cancelAnimationFrame(animation);
  animation = 0;
}

// --- Python, and the way back -----------------------------------------------------------------------------------------

Python.connect((question) => {
  props.value = question;
  trigger("input");
});

// The drawing is still there after the way back to the page, and after the reload by which Gradio answers the loss of its
// server in the middle of an event. A reload of the visitor's own begins anew.
addEventListener("pagehide", () => {
  const drawing = stroke ? [...strokes, stroke] : strokes;
  Kept.set(KEPT, { drawing, isOwed: Python.isWaiting });
});

const left = Kept.get(KEPT);
const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
fit();
replace(left && (left.isOwed || cameBack) ? left.drawing : []);
Live.connectPad((others) => {
  lift();
  stopAnimation();
  remember();
  replace(others);
});
