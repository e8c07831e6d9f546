/* A slider through its childhood: the network at a dozen moments of its training. That of the chosen moment reads the
   drawing, and shows its weights.

   Run once when the component is mounted, with Gradio's `element` and `server`. */

"use strict";

const { number, percent } = Pictures;
const find = (part) => element.querySelector(part);
const view = find(".childhood");
const slider = find("input");
const SIDE = DigitEngine.SIDE;
const PACE = 800; // milliseconds for each moment, while it plays
const COLOURED = 0.95; // share of the trained network's weights that are below full colour

let moments = null; // [{ step, epoch, loss, accuracy, classifier, tiles }], once they are here
let isFetched = false; // or about to be
let chosen = 0;
let most = 0; // the weight that has full colour
let player = 0; // the timer, while it plays

// --- the moments --------------------------------------------------------------------------------------------------

/** Fetch the snapshots, once they are wanted; where there is no connection, as soon as there is one again. */
async function fetchMoments() {
  if (isFetched || view.hidden) return;
  isFetched = true;
  const isReachable = await Python.isReachable();
  const sent = isReachable && (await server.snapshots().catch(() => null));
  isFetched = Boolean(sent);
  const snapshots = isFetched ? JSON.parse(sent) : null;
  if (!isReachable) tell("No connection to Python, which keeps the childhood: it comes as soon as there is one.");
  else if (!snapshots) tell("Its childhood can't be fetched. Reload the page to get it.");
  else if (snapshots.length) build(snapshots);
  else
    tell(
      "This network was saved without its childhood. A new training keeps it: run “python -m model train”, and start the page again.",
    );
}

Python.subscribe(({ state }) => state === "idle" && fetchMoments());

function tell(sentence) {
  find(".childhood-news").textContent = sentence;
}

function build(snapshots) {
  const { sureFrom, mean, std } = Live.shared;
  moments = snapshots.map(({ network, ...figures }) => {
    const classifier = new DigitEngine.Classifier({ network, sureFrom, mean, std });
    return { ...figures, classifier, tiles: tiled(classifier.network.layers[0]) };
  });
  most = fullColour(moments.at(-1).classifier.network.layers[0].weights);
  buildTime();
  buildBars();
  buildWeights();
  tell("");
  find(".childhood-body").hidden = false;
  choose(moments.length - 1);
}

/** When a moment was, in words; and in short, below the slider. */
function inWords({ step, epoch }, index) {
  if (step === 0) return "Untrained";
  const when = isEndOfEpoch({ epoch })
    ? `After epoch ${epoch}`
    : `After ${step.toLocaleString("en")} ${step === 1 ? "step" : "steps"}`;
  return index === moments.length - 1 ? `${when}, as it reads now` : when;
}

function isEndOfEpoch({ epoch }) {
  return epoch > 0 && Number.isInteger(epoch);
}

// --- the slider, and what lies above and below it -----------------------------------------------------------------

function buildTime() {
  const { create } = Pictures;
  const time = find(".childhood-time");
  time.style.setProperty("--count", moments.length);
  slider.max = moments.length - 1;
  drawCurve(
    ".childhood-accuracy",
    moments.map(({ accuracy }) => accuracy),
  );
  const losses = moments.map(({ loss }) => loss);
  drawCurve(
    ".childhood-loss",
    losses.map((loss) => loss / Math.max(...losses)),
  );
  find(".childhood-answers").replaceChildren(...moments.map(() => create("span")));
  const inEpochs = moments.findIndex(isEndOfEpoch); // from here on epochs are counted, before it steps
  const tick = ({ step, epoch }, i) => (i < inEpochs ? String(step) : number(epoch, Number.isInteger(epoch) ? 0 : 1));
  find(".childhood-ticks").replaceChildren(...moments.map((moment, i) => create("span", {}, tick(moment, i))));
  const [steps, epochs] = find(".childhood-units").children;
  steps.style.gridColumn = `1 / ${inEpochs + 1}`;
  epochs.style.gridColumn = `${inEpochs + 1} / -1`;
}

/** A curve over the moments, of shares of the picture's height; each moment in the middle of its column. */
function drawCurve(name, shares) {
  const places = shares.map((share, i) => `${(i + 0.5) / shares.length} ${1 - share}`);
  const [line, dot] = element.querySelectorAll(`${name} path`);
  line.setAttribute("d", `M${places.join("L")}`);
  dot.dataset.places = places.join();
  find(`${name} svg`).ariaLabel = `From ${moments.map((moment) => figure(name, moment)).join(" over ")}`;
}

function figure(name, { accuracy, loss }) {
  return name === ".childhood-accuracy" ? percent(accuracy, 2) : number(loss, 3);
}

function choose(index) {
  chosen = Number(index);
  slider.value = chosen;
  const moment = moments[chosen];
  find("h3").textContent = inWords(moment, chosen);
  find(".childhood-time").style.setProperty("--chosen", chosen);
  for (const name of [".childhood-accuracy", ".childhood-loss"]) {
    const dot = find(`${name} .childhood-dot`);
    dot.setAttribute("d", `M${dot.dataset.places.split(",")[chosen]}h0`);
    find(`${name} b`).textContent = figure(name, moment);
  }
  showWeights(moment);
  label();
  Views.refresh();
}

slider.addEventListener("input", () => {
  pause();
  choose(slider.value);
});

// --- playing ------------------------------------------------------------------------------------------------------

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** Who wants no motion goes through the moments one by one. */
function label() {
  const isLast = chosen === moments.length - 1;
  find(".childhood-play").textContent = player
    ? "❚❚ Pause"
    : isLast
      ? "▶ From the start"
      : isCalm.matches
        ? "▶ Next"
        : "▶ Play";
}

function play() {
  if (chosen === moments.length - 1) choose(0);
  else if (isCalm.matches) return choose(chosen + 1);
  if (isCalm.matches) return;
  player = setInterval(() => {
    if (view.hidden) return pause();
    choose(chosen + 1);
    if (chosen === moments.length - 1) pause();
  }, PACE);
  label();
}

function pause() {
  clearInterval(player);
  player = 0;
  label();
}

find(".childhood-play").addEventListener("click", () => (player ? pause() : play()));
isCalm.addEventListener("change", () => moments && pause());

// --- what it read then --------------------------------------------------------------------------------------------

function buildBars() {
  const { create } = Pictures;
  find(".childhood-bars").replaceChildren(
    ...Array.from({ length: DigitEngine.DIGITS }, (_, digit) =>
      create(
        "li",
        {},
        create("span", { class: "childhood-digit", "aria-hidden": "true" }, String(digit)),
        create("span", { class: "track", "aria-hidden": "true" }, create("span")),
        create("span", { class: "childhood-percent" }),
      ),
    ),
  );
}

/** Every moment's answer to the drawing in a row, and the chosen one's in full. */
function show({ picture, penIsDown }) {
  const readings = moments.map(({ classifier }) => classifier.read(picture));
  const reading = readings[chosen];
  const isBlank = reading.digit === null;
  const last = readings.at(-1).digit;
  [...find(".childhood-answers").children].forEach((answer, i) => {
    answer.textContent = readings[i].digit ?? "–";
    answer.classList.toggle("is-last", !isBlank && readings[i].digit === last);
  });
  [...find(".childhood-bars").children].forEach((row, digit) => {
    const [, track, share] = row.children;
    row.classList.toggle("is-winner", digit === reading.digit);
    track.firstChild.style.setProperty("--share", reading.probabilities[digit].toFixed(4));
    share.textContent = isBlank ? "–" : percent(reading.probabilities[digit]);
  });
  const answer = isBlank
    ? "Draw a digit, and see how it was read then."
    : `It took your drawing for a ${reading.digit}: ${percent(reading.probabilities[reading.digit])}`;
  find(".childhood-answer").textContent = answer;
  if (penIsDown) return;
  slider.ariaValueText = `${find("h3").textContent}: ${answer}`;
  find(".childhood-answers").ariaLabel = isBlank
    ? "Nothing drawn yet"
    : `In order: ${readings.map(({ digit }) => digit).join(", ")}`;
}

// --- its weights --------------------------------------------------------------------------------------------------

function buildWeights() {
  const { outputs } = moments[0].classifier.network.layers[0];
  const columns = Math.ceil(Math.sqrt(outputs));
  const canvas = find("canvas");
  canvas.width = SIDE * columns;
  canvas.height = SIDE * Math.ceil(outputs / columns);
  find(".childhood-tiles").style.setProperty("--columns", columns);
  find(".childhood-tiles").style.setProperty("--rows", canvas.height / SIDE);
  find(".childhood-most").textContent = `±${number(most)}`;
}

/** The weights of a layer, neuron by neuron in tiles of 28 x 28, as one picture. */
function tiled({ inputs, outputs, weights }) {
  const columns = Math.ceil(Math.sqrt(outputs));
  const values = new Float32Array(columns * Math.ceil(outputs / columns) * inputs);
  for (let neuron = 0; neuron < outputs; neuron++) {
    const corner = Math.floor(neuron / columns) * columns * inputs + (neuron % columns) * SIDE;
    for (let y = 0; y < SIDE; y++) {
      const row = neuron * inputs + y * SIDE;
      values.set(weights.subarray(row, row + SIDE), corner + y * columns * SIDE);
    }
  }
  return values;
}

function fullColour(weights) {
  return weights.map(Math.abs).sort()[Math.floor(COLOURED * weights.length)];
}

function showWeights({ classifier, tiles }) {
  const { inputs, outputs, weights } = classifier.network.layers[0];
  const canvas = find("canvas");
  Pictures.signed(canvas, tiles, most);
  const mean = weights.reduce((sum, weight) => sum + Math.abs(weight), 0) / weights.length;
  canvas.ariaLabel = `The ${inputs} weights of each of the ${outputs} neurons of hidden layer 1; their mean size is ${number(mean, 3)}`;
}

// ------------------------------------------------------------------------------------------------------------------

Views.add("childhood", view, (reading) => (moments ? show(reading) : fetchMoments()));
