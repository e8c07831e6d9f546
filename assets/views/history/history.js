/** The network at a dozen moments of its training. That of the chosen moment classifies the drawing and shows its weights. */
/** @import { Current, LoadedClassifier, MountContext, Snapshot } from "../../state/types.js" */
import { Classifier } from "../../engine/classifier.js";
import { sum } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { subscribe as subscribeToServer } from "../../server/verification.js";
import { readJson } from "../../site/files.js";
import * as classifiers from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";
import { createDigitBars } from "../../parts/digit-bars.js";
import { create, query } from "../../parts/dom.js";
import { paintSigned } from "../../parts/images.js";
import { grouped, number, percent } from "../../parts/numbers.js";
import { createPlayer } from "../../parts/player.js";
import { fullColor, tileImage } from "./weights.js";

/** @typedef {ReturnType<typeof prepare>} Moment */

const MOST_STEPS = 1e6; // of a training
const PACE = 800; // milliseconds for each moment, while it plays

/** @param {MountContext} context */
export function mount({ element }) {
  const view = query(element, ".history");
  const slider = query(element, "input", HTMLInputElement);
  const heading = query(element, "h3");
  const time = query(element, ".history-time");
  const whose = query(element, ".history-whose");
  const answers = query(element, ".history-answers");
  const canvas = query(element, "canvas", HTMLCanvasElement);
  const bars = createDigitBars(query(element, ".history-bars"));

  let moments = /** @type {Moment[]} */ ([]);
  const figures = /** @type {((index: number) => void)[]} */ ([]); // they show a moment's figures
  let isRequested = false;
  let chosen = 0;
  let most = 0; // the weight that gets the full color
  let linked = Infinity; // the training step that a link names
  link.register(
    "snapshot",
    () => (chosen < moments.length - 1 ? String(moments[chosen].step) : ""),
    (text) => {
      const [step] = link.wholeNumbers(text, [MOST_STEPS]) ?? [];
      linked = step ?? Infinity;
      return step !== undefined;
    },
  );

  const player = createPlayer({
    button: query(element, ".history-play", HTMLButtonElement),
    view,
    length: () => moments.length,
    position: () => chosen,
    goTo: choose,
    duration: () => PACE * (moments.length - 1),
    next: () => (chosen + 1) % moments.length,
    label({ isPlaying, isAtEnd, isMotionReduced }) {
      if (isPlaying) return "❚❚ Pause";
      if (isAtEnd) return "▶ From the start";
      return isMotionReduced ? "▶ Next" : "▶ Play";
    },
  });

  /** Fetch the snapshots when they are first wanted; without a connection, as soon as there is one again. */
  async function fetchSnapshots() {
    if (isRequested || view.hidden || !classifiers.get().shared) return;
    isRequested = true;
    try {
      const snapshots = await readJson("history.json");
      if (snapshots.length) build(snapshots);
      else tell("This network has no training history. Train a new one: python -m model train");
    } catch (error) {
      isRequested = false;
      tell(/** @type {Error} */ (error).message);
    }
  }

  const tell = (/** @type {string} */ news) => (query(element, ".history-news").textContent = news);

  /** @param {Snapshot[]} snapshots */
  function build(snapshots) {
    moments = snapshots.map(prepare);
    most = fullColor(moments[moments.length - 1].classifier.network.layers[0]);
    const { columns, rows } = moments[0].tiles;
    [canvas.width, canvas.height] = [SIDE * columns, SIDE * rows];
    query(element, ".history-tiles").style.cssText = `--columns: ${columns}; --rows: ${rows}`;
    query(element, ".history-most").textContent = `±${number(most)}`;
    time.style.setProperty("--count", String(moments.length));
    slider.max = String(moments.length - 1);
    const highestLoss = Math.max(...moments.map(({ loss }) => loss));
    drawFigure("accuracy", 1, (accuracy) => percent(accuracy, 2));
    drawFigure("loss", highestLoss, (loss) => number(loss, 3));
    showUnits();
    tell("");
    query(element, ".history-body").hidden = false;
    choose(moments.findLastIndex(({ step }) => step <= linked));
  }

  function showUnits() {
    answers.replaceChildren(...moments.map(() => create("span")));
    const inEpochs = moments.findIndex(endsEpoch); // from here on epochs are counted, and steps before
    const ticks = moments.map(({ step, epoch }, i) =>
      i < inEpochs ? String(step) : number(epoch, Number.isInteger(epoch) ? 0 : 1),
    );
    query(element, ".history-ticks").replaceChildren(...ticks.map((tick) => create("span", {}, tick)));
    const [steps, epochs] = query(element, ".history-units").querySelectorAll("span");
    steps.style.gridColumn = `1 / ${inEpochs + 1}`;
    epochs.style.gridColumn = `${inEpochs + 1} / -1`;
  }

  /** Draw a curve over the moments; each is in the middle of its column.
      @type {(name: "accuracy" | "loss", highest: number, format: (value: number) => string) => void} */
  function drawFigure(name, highest, format) {
    const chart = query(element, `.history-${name} svg`, SVGElement);
    const texts = moments.map((moment) => format(moment[name]));
    const places = moments.map((moment, i) => `${(i + 0.5) / moments.length} ${1 - moment[name] / highest}`);
    chart.children[0].setAttribute("d", `M${places.join("L")}`);
    chart.ariaLabel = `From ${texts.join(" over ")}`;
    figures.push((index) => {
      chart.children[1].setAttribute("d", `M${places[index]}h0`);
      query(element, `.history-${name} b`).textContent = texts[index];
    });
  }

  /** @param {number} index */
  function choose(index) {
    chosen = index;
    slider.value = String(index);
    const moment = moments[index];
    const { inputs, outputs, weights } = moment.classifier.network.layers[0];
    heading.textContent = when(moment) + (index === moments.length - 1 ? ", the network as it is now" : "");
    time.style.setProperty("--chosen", String(index));
    for (const showFigure of figures) showFigure(index);
    paintSigned(canvas, moment.tiles.values, most);
    const size = number(sum(weights.map(Math.abs)) / weights.length, 3);
    canvas.ariaLabel = `The ${inputs} weights of each of the ${outputs} neurons of hidden layer 1; their mean size is ${size}`;
    player.showLabel();
    views.refresh();
  }

  /** All moments' predictions for the drawing in a row, and the chosen one's in full. @param {Current} current */
  function show(current) {
    const predictions = moments.map(({ classifier }) => classifier.predict(current.image));
    const { digit, probabilities } = predictions[chosen];
    const last = predictions[predictions.length - 1].digit;
    [...answers.children].forEach((answer, i) => {
      answer.textContent = String(predictions[i].digit ?? "–");
      answer.classList.toggle("is-last", last !== null && predictions[i].digit === last);
    });
    bars.show(digit === null ? null : probabilities, digit);
    let answer = "Draw a digit to see how it was classified then.";
    if (digit !== null) answer = `Prediction for your drawing: ${digit}, ${percent(probabilities[digit])}`;
    query(element, ".history-answer").textContent = answer;
    if (current.penIsDown) return;
    slider.setAttribute("aria-valuetext", `${heading.textContent}: ${answer}`);
    const all = `In order: ${predictions.map((prediction) => prediction.digit).join(", ")}`;
    answers.ariaLabel = isEmpty(current) ? "Nothing drawn yet" : all;
  }

  slider.addEventListener("input", () => {
    player.stop();
    choose(slider.valueAsNumber);
  });
  subscribeToServer(({ state }) => state === "idle" && fetchSnapshots());
  views.register("history", view, (current) => {
    whose.hidden = current.active === "shared";
    if (moments.length) show(current);
    else fetchSnapshots();
  });
}

/** @param {Snapshot} snapshot */
function prepare({ network, ...figures }) {
  const { description } = /** @type {LoadedClassifier} */ (classifiers.get().shared);
  const classifier = new Classifier({ ...description, detector: null, network });
  return { ...figures, classifier, tiles: tileImage(classifier.network.layers[0]) };
}

const endsEpoch = (/** @type {{ epoch: number }} */ { epoch }) => epoch > 0 && Number.isInteger(epoch);

/** @param {{ step: number, epoch: number }} moment */
function when({ step, epoch }) {
  if (step === 0) return "Untrained";
  if (endsEpoch({ epoch })) return `After epoch ${epoch}`;
  return `After ${grouped(step)} ${step === 1 ? "step" : "steps"}`;
}
