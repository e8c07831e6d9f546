/* When did it change its mind: the ten probabilities over the drawing's course, and a scrubber that moves through it.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { create, percent, svg } = Pictures;
const { PAPER, PEN, DIGITS, Paper, frame } = DigitEngine;
const MOST = 120; // moments, but for the ends of strokes
const BUDGET = 6; // milliseconds of a frame for reading moments: a long drawing takes some frames
const DURATION = 5000; // milliseconds of a replay
const WIDE = 0.05; // of the chart's width, and
const HIGH = 0.14; // of its height: what an area needs to hold its label
const find = (part) => element.querySelector(part);
const scrubber = find(".replay-scrubber");
const playButton = find(".replay-play");
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

// --- the course of the drawing: what the network says after its first points --------------------------------------

let classifier = null; // who read the moments
let steps = null; // how they were framed
let points = []; // of the drawing, in order: { at: [x, y], stroke }
let strokeCount = 0;
let ends = new Set(); // of strokes: how many points there are by then
let stride = 1; // how many points from one moment to the next
let paper = new Paper();
let inked = 0; // how many points are on the paper
let readings = new Map(); // how many points there were → what was read

/** Take the present drawing in; what was read of the same first points stays. Returns whether the drawing changed. */
function follow(reading) {
  if (Live.classifier !== classifier || reading.steps !== steps) {
    [classifier, steps] = [Live.classifier, reading.steps];
    rewind(0);
  }
  const before = points;
  strokeCount = reading.strokes.length;
  points = reading.strokes.flatMap((ofStroke, stroke) => ofStroke.map((at) => ({ at, stroke })));
  const same = (a, b) => a?.stroke === b.stroke && a.at[0] === b.at[0] && a.at[1] === b.at[1];
  const changed = before.findIndex((point, i) => !same(points[i], point));
  if (changed >= 0 && changed < inked) rewind(changed);

  ends = new Set(points.flatMap(({ stroke }, i) => (points[i + 1]?.stroke === stroke ? [] : [i + 1])));
  stride = 1; // doubled, not stretched: the moments of a growing drawing stay among those that were read
  while (points.length / stride > MOST) stride *= 2;
  return changed >= 0 || before.length !== points.length;
}

/** Start again with empty paper, and forget what was read of more than so many points. */
function rewind(count) {
  paper = new Paper();
  inked = 0;
  readings = new Map([...readings].filter(([points]) => points <= count));
}

function isMoment(count) {
  return count === 1 || count % stride === 0 || ends.has(count);
}

/** Read moments that were not read yet, as many as a frame has time for. Returns whether that were all. */
function readOn() {
  const until = performance.now() + BUDGET;
  while (inked < points.length && performance.now() < until) {
    const point = points[inked];
    const last = points[inked - 1];
    paper.line(last?.stroke === point.stroke ? last.at : point.at, point.at, PEN);
    inked += 1;
    if (!isMoment(inked) || readings.has(inked)) continue;
    const picture = frame(paper.ink, PAPER, PAPER, steps);
    readings.set(inked, { picture, ...classifier.read(picture) });
  }
  return inked === points.length;
}

/** The moments that were read, in order: [{ count, stroke, digit, probabilities, ... }]. */
function readMoments() {
  const counts = points.map((_, i) => i + 1).filter((count) => count <= inked && isMoment(count));
  return counts.map((count) => ({ count, stroke: points[count - 1].stroke, ...readings.get(count) }));
}

const progress = ({ count }) => `${Math.round((100 * count) / points.length)}\u00a0%`;

/** The moments at which another digit became the likeliest, the first moment among them. */
function changesOfMind() {
  return moments.flatMap(({ digit }, i) => (digit === moments[i - 1]?.digit ? [] : [i]));
}

// --- the chart ------------------------------------------------------------------------------------------------------

const areas = Array.from({ length: DIGITS }, (_, digit) => svg("path", { class: `replay-area digit-${digit}` }));
const boundaries = svg("path", { class: "replay-boundaries" });
find(".replay-plot svg").append(...areas, boundaries);

/** How far right a moment lies, 0 to 1. */
const across = (i) => (moments.length > 1 ? i / (moments.length - 1) : 1);

function showChart(changes) {
  // The first digit's area lies on top, so that they come in the order of the list.
  const above = moments.map(({ probabilities }) => {
    let sum = 0;
    return [0, ...Array.from(probabilities, (share) => (sum += share))];
  });
  areas.forEach((area, digit) => area.setAttribute("d", outline(above, digit)));
  const strokeEnds = moments.flatMap(({ count }, i) => (ends.has(count) && count < points.length ? [i] : []));
  boundaries.setAttribute("d", strokeEnds.map((i) => `M${1000 * across(i)} 0V1000`).join(""));
  find(".replay-labels").replaceChildren(...areas.flatMap((_, digit) => labels(above, digit)));
  find(".replay-empty").hidden = moments.length > 0;
  const text = moments.length
    ? `The ten probabilities over the drawing: ${changes.map(described).join(", ")}; in the end ${inWords(moments.at(-1))}`
    : "Nothing drawn yet";
  if (!Live.reading().penIsDown) find(".replay-plot svg").ariaLabel = text;
}

/** A digit's area: along its upper edge, and back along its lower one. */
function outline(above, digit) {
  const edge = (upper) => above.map((sums, i) => `${(1000 * across(i)).toFixed(1)} ${(1000 * sums[upper]).toFixed(1)}`);
  const [upper, lower] = [edge(digit), edge(digit + 1).reverse()];
  if (above.length === 1) return `M0 ${upper[0].split(" ")[1]}H1000V${lower[0].split(" ")[1]}H0z`;
  return above.length ? `M${[...upper, ...lower].join("L")}z` : "";
}

/** A label for each stretch in which a digit's area is wide and high enough. */
function labels(above, digit) {
  const found = [];
  const isHigh = (i) => moments[i]?.probabilities[digit] >= HIGH;
  for (let start = 0; start < moments.length; start++) {
    if (!isHigh(start)) continue;
    let end = start;
    while (isHigh(end + 1)) end++;
    if (across(end) - across(start) >= WIDE || moments.length === 1) {
      const middle = Math.round((start + end) / 2);
      const height = (above[middle][digit] + above[middle][digit + 1]) / 2;
      const left = moments.length > 1 ? across(middle) : 0.5;
      found.push(create("span", { style: `left: ${100 * left}%; top: ${100 * height}%` }, String(digit)));
    }
    start = end;
  }
  return found;
}

// --- the moment that is shown ---------------------------------------------------------------------------------------

const numbers = Array.from({ length: DIGITS }, (_, digit) => {
  const number = create("span", { class: "replay-share" });
  const fill = create("span");
  const track = create("span", { class: "track", "aria-hidden": "true" }, fill);
  const row = create("li", { class: `digit-${digit}` }, create("b", {}, String(digit)), track, number);
  find(".replay-numbers").append(row);
  return { row, fill, number };
});

const VERDICTS = { unsure: "not sure", "not a digit": "not a digit yet" };

function inWords({ digit, probabilities, verdict }) {
  const doubt = VERDICTS[verdict] ? `, ${VERDICTS[verdict]}` : "";
  return `${digit}, ${percent(probabilities[digit])}${doubt}`;
}

/** Which moment is shown: while moments are still being read, the last one that was. */
const shownPlace = () => Math.min(place ?? Infinity, moments.length - 1);

function showMoment() {
  const i = shownPlace();
  const moment = moments[i];
  scrubber.disabled = playButton.disabled = moments.length < 2;
  scrubber.max = Math.max(moments.length - 1, 0);
  scrubber.value = Math.max(i, 0);
  find(".replay-now").hidden = !moment;
  find(".replay-now").style.left = `${100 * across(i)}%`;
  drawUntil(moment?.count ?? 0);
  Pictures.grey(find(".replay-input"), moment?.picture ?? new Uint8Array(784));
  numbers.forEach(({ row, fill, number }, digit) => {
    const share = moment?.probabilities[digit] ?? 0;
    row.classList.toggle("is-likeliest", digit === moment?.digit);
    fill.style.setProperty("--share", share.toFixed(4));
    number.textContent = moment ? percent(share) : "–";
  });
  const which = moment && `${progress(moment)} of the drawing, stroke ${moment.stroke + 1} of ${strokeCount}`;
  find(".replay-moment").replaceChildren(
    ...(moment ? [`After ${which}: `, create("strong", {}, inWords(moment))] : ["Nothing drawn yet."]),
  );
  if (Live.reading().penIsDown) return;
  scrubber.setAttribute("aria-valuetext", moment ? `${which}: ${inWords(moment)}` : "nothing drawn yet");
  find(".replay-drawing").ariaLabel = moment
    ? `The drawing at that moment: ${moment.count} of ${points.length} points`
    : "Nothing drawn yet";
  find(".replay-input").ariaLabel = moment
    ? "The network's input at that moment, 28 by 28 pixels"
    : "The network's input then: nothing yet";
}

/** The first points in ink, and what came after them in pale. */
function drawUntil(count) {
  const canvas = find(".replay-drawing");
  const context = canvas.getContext("2d");
  const colours = getComputedStyle(canvas);
  context.setTransform(canvas.width / PAPER, 0, 0, canvas.width / PAPER, 0, 0);
  context.clearRect(0, 0, PAPER, PAPER);
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = "round";
  for (const [upTo, colour] of [
    [points.length, colours.borderTopColor],
    [count, colours.color],
  ]) {
    context.strokeStyle = colour;
    context.beginPath();
    points.slice(0, upTo).forEach(({ at, stroke }, i) => {
      if (points[i - 1]?.stroke !== stroke) context.moveTo(...at);
      context.lineTo(...at);
    });
    context.stroke();
  }
}

// --- changes of mind ------------------------------------------------------------------------------------------------

function described(i) {
  const moment = moments[i];
  return i === 0 ? `${moment.digit} at first` : `after ${progress(moment)}: ${moments[i - 1].digit} → ${moment.digit}`;
}

function showChanges(changes) {
  const times = Math.max(changes.length - 1, 0);
  const counted = times === 1 ? "once" : times === 2 ? "twice" : `${times} times`;
  find(".replay-summary").textContent = !moments.length
    ? ""
    : times
      ? `It changed its mind ${counted}`
      : "It never changed its mind";
  const list = find(".replay-changes");
  const texts = changes.map(described);
  if (texts.join() !== Array.from(list.children, (item) => item.textContent).join()) {
    list.replaceChildren(
      ...texts.map((text, i) =>
        create("li", {}, create("button", { type: "button", onclick: () => goToChange(i) }, text)),
      ),
    );
  }
  const latest = changes.findLastIndex((i) => i <= shownPlace());
  [...list.children].forEach((item, i) => (item.firstChild.ariaCurrent = i === latest ? "true" : null));
}

function goToChange(which) {
  stop();
  goTo(changesOfMind()[which]);
}

// --- moving through it ----------------------------------------------------------------------------------------------

let moments = [];
let place = null; // of the moment that is shown; null follows the drawing
let playing = 0; // the frame asked for, while it plays

function goTo(i) {
  place = Math.min(Math.max(i, 0), moments.length - 1);
  Views.refresh();
}

function play() {
  const last = moments.length - 1;
  const from = place === null || place === last ? 0 : place;
  const began = performance.now();
  const step = (now) => {
    const next = Math.min(Math.floor(from + (Math.max(now - began, 0) / DURATION) * last), last);
    playing = next < last ? requestAnimationFrame(step) : 0;
    goTo(next);
    showPlaying();
  };
  step(began);
}

function stop() {
  cancelAnimationFrame(playing);
  playing = 0;
  showPlaying();
}

/** Without motion, for those who asked: from one change of mind to the next, and from the last one to the first. */
function nextChange() {
  const changes = changesOfMind();
  goTo(changes.find((i) => i > (place ?? moments.length)) ?? changes[0]);
}

function showPlaying() {
  playButton.textContent = isStill.matches ? "Next change" : playing ? "Pause" : "Play";
}

playButton.addEventListener("click", () => {
  if (isStill.matches) nextChange();
  else if (playing) stop();
  else play();
});
scrubber.addEventListener("input", () => {
  stop();
  goTo(scrubber.valueAsNumber);
});

// The chart itself can be dragged, too: it has the slider's scale.
const plot = find(".replay-plot");
for (const name of ["pointerdown", "pointermove"]) {
  plot.addEventListener(name, (event) => {
    if (!(event.buttons & 1) || !moments.length) return;
    if (name === "pointerdown") plot.setPointerCapture(event.pointerId);
    const { left, width } = plot.getBoundingClientRect();
    stop();
    goTo(Math.round(((event.clientX - left) / width) * (moments.length - 1)));
  });
}
isStill.addEventListener("change", stop);
showPlaying();

Views.add("replay", find(".replay"), (reading) => {
  if (follow(reading)) {
    stop();
    place = null;
  }
  if (!readOn()) Views.refresh();
  moments = readMoments();
  const changes = changesOfMind();
  showChart(changes);
  showMoment();
  showChanges(changes);
});
