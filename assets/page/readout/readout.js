/** The readout: the answer, ten bars that move with the pen, the network's input, and what PyTorch said to it. */
/** @import { Current, MountContext, Prediction, Steps, Stroke, Whose } from "../../state/types.js" */
/** @import { News } from "../../server/verification.js" */
import { topTwo } from "../../engine/math.js";
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { ALL_STEPS } from "../../engine/preprocessing.js";
import { createDigitBars } from "../../parts/digit-bars.js";
import { query, setText } from "../../parts/dom.js";
import { paintGray } from "../../parts/images.js";
import { percent } from "../../parts/numbers.js";
import * as verification from "../../server/verification.js";
import * as chosenNeuron from "../../state/chosen-neuron.js";
import * as classifiers from "../../state/classifiers.js";
import * as prediction from "../../state/prediction.js";
import * as steps from "../../state/steps.js";
import * as views from "../../state/views.js";
import { createDiagram } from "./diagram.js";

const LARGE_ENOUGH = CANVAS_SIDE / 2; // across: of larger digits no more are read correctly, of smaller ones fewer
const TOO_SMALL = 3 * PEN_WIDTH; // across: of written digits shrunk to this size, every sixth is misread
const RUNNER_UP = 0.01; // the least probability at which a second digit is named
const TOLERANCE = 1e-3; // between the page's probabilities and PyTorch's
/** @type {Record<Whose, string>} */
const NAMES = { shared: "the shared network", baseline: "the baseline network", own: "yours" };
/** @type {Record<keyof Steps, string>} */
const STEP_NAMES = { crop: "cropping", square: "the square", resize: "resizing to 20 × 20", center: "centering" };

const PROGRESS = {
  idle: "",
  asked: "Asking PyTorch …",
  busy: "The server is busy: the page keeps predicting on its own and asks again.",
  lost: "No connection to the server: the page keeps predicting on its own and retries.",
};

/** @param {MountContext} context */
export function mount({ element }) {
  const find = (/** @type {string} */ name) => query(element, `.readout-${name}`);
  const readout = query(element, ".readout");
  const bars = createDigitBars(query(element, ".digit-bars"), { meters: true });
  const [answerDigit, answerSure, answerMore] = ["digit", "sure", "more"].map((part) => find(`answer-${part}`));
  const image = query(element, ".diagram-image", HTMLCanvasElement);
  const [status, verified, alarm, stepsNotice, both] = ["status", "verification", "alarm", "steps", "both"].map(find);

  /** @param {Current} current */
  function showBars(current) {
    bars.show(current.probabilities, current.verdict === "not a digit" ? null : current.digit);
    const { other, active, compared } = current;
    const theirs = compared ?? "shared";
    if (!other && both.hidden) return;
    bars.showOther(other && other.probabilities, NAMES[theirs]);
    readout.classList.toggle("has-other", other !== null);
    both.hidden = !other;
    if (!other) return;
    find("both-active").textContent = `${NAMES[active]}: ${summary(current)}`;
    find("both-other").textContent = `${NAMES[theirs]}: ${summary(other)}`;
  }

  /** @param {Current} current */
  function showAnswer(current) {
    const { large, sure, more } = inWords(current);
    readout.dataset.verdict = current.verdict;
    setText(answerDigit, large);
    setText(answerSure, sure);
    setText(answerMore, more);
    if (current.penIsDown) return; // screen readers are told when the pen is up, not at every movement
    if (prediction.isEmpty(current)) status.textContent = "Nothing drawn yet.";
    else if (current.verdict === "digit") status.textContent = `Looks like ${large}, ${sure}${more && `; ${more}`}.`;
    else status.textContent = `${sure}: ${more}`;
  }

  /** @param {Current} current */
  function showInput(current) {
    paintGray(image, current.image);
    const words = prediction.isEmpty(current) ? "nothing yet" : "your drawing, 28 by 28 pixels";
    const label = `What the network sees: ${words}`;
    if (image.ariaLabel !== label) image.ariaLabel = label;
  }

  createDiagram(readout, (layer, neuron) => {
    if (neuron !== null) chosenNeuron.set({ layer, neuron });
    views.visit("neurons");
  });
  /** Do what hides its own button: the focus goes to the pad. @param {() => void} act */
  const goOn = (act) => {
    act();
    query(document, ".pad-canvas").focus({ preventScroll: true });
  };
  query(stepsNotice, "button").addEventListener("click", () => goOn(() => steps.set(ALL_STEPS)));
  steps.subscribe((taken) => {
    const names = /** @type {(keyof Steps)[]} */ (Object.keys(STEP_NAMES));
    const left = names.filter((name) => !taken[name]).map((name) => STEP_NAMES[name]);
    stepsNotice.hidden = !left.length;
    setText(query(stepsNotice, "span"), left.length ? `Preprocessing changed: without ${left.join(", ")}.` : "");
  });
  const offNotice = find("off");
  query(offNotice, "button").addEventListener("click", () => goOn(() => classifiers.switchOff([])));
  classifiers.subscribe((present) => {
    const count = present[present.active]?.classifier.off.flat().length ?? 0;
    offNotice.hidden = !count;
    const words = `${count} ${count === 1 ? "neuron is" : "neurons are"} switched off; PyTorch does not verify that.`;
    setText(query(offNotice, "span"), count ? words : "");
  });
  for (const show of [showBars, showAnswer, showInput]) prediction.subscribe(show);
  verification.subscribe((news) => {
    const { state, text, problem } = describe(news, prediction.current());
    verified.dataset.state = state;
    verified.textContent = text;
    // For screen readers; the rest would be announced at every pen-up.
    setText(query(element, ".readout-connection"), state === "lost" || state === "busy" ? text : "");
    alarm.textContent = problem;
  });
}

/** A prediction in words: what is large, what is said about it, and what else it could be, or what to do.
    @param {Current} current */
function inWords(current) {
  if (prediction.isEmpty(current)) {
    return { large: "?", sure: "", more: "Draw one digit, 0 to 9. The bars move while you draw." };
  }
  const { verdict, digit, probabilities, penIsDown } = current;
  const second = topTwo(probabilities)[1];
  const [large, sure] = [String(digit), percent(probabilities[digit])];
  const runnerUp = probabilities[second] < RUNNER_UP ? "" : `or ${second}: ${percent(probabilities[second])}`;
  const { strokes } = current; // none, if it is a photo
  const isSmall = !penIsDown && strokes.length > 0 && extent(strokes) < TOO_SMALL;
  const more = isSmall ? "too small for the pen; clear, and draw it at least half as high as the pad" : runnerUp;
  if (verdict === "digit") return { large, sure, more };
  const isUnsure = verdict === "unsure";
  if (penIsDown) return { large, sure: isUnsure ? "Not sure yet" : "Not a digit yet", more };
  const answer = isUnsure ? { large, sure: "Not sure" } : { large: "✕", sure: "Not a digit" };
  if (isSmall) return { ...answer, more };
  if (!strokes.length)
    return { ...answer, more: `The nearest digit is ${digit}. Show one digit, large and in dark ink.` };
  const advice = extent(strokes) < LARGE_ENOUGH ? "at least half as high as the pad" : "more clearly";
  if (isUnsure) return { ...answer, more: `${digit}: ${sure}, ${more}. Clear, and draw it ${advice}.` };
  return { ...answer, more: `The nearest digit is ${digit}. Clear, and draw one digit, 0 to 9, and nothing else.` };
}

/** The longer side of the strokes' bounding box. @param {Stroke[]} strokes */
function extent(strokes) {
  const sides = [0, 1].map((axis) => {
    const values = strokes.flat().map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...sides);
}

/** @param {Prediction} prediction */
function summary({ verdict, digit, probabilities }) {
  if (digit === null) return "nothing yet";
  return verdict === "not a digit" ? verdict : `${digit}, ${percent(probabilities[digit])}`;
}

/** What is said about the verification, and as an alarm if there is a problem. Page and PyTorch run the same network, so
    their probabilities agree, or something is wrong.
    @type {(news: News, current: Current) => { state: string, text: string, problem: string }} */
function describe(news, current) {
  const { state } = news;
  if (state !== "answered") return { state, text: PROGRESS[state], problem: "" };
  const { reply, milliseconds } = news;
  const disagreed = (/** @type {string} */ problem) => ({ state: "disagreed", text: "", problem });
  if ("error" in reply) return disagreed(reply.error);
  if (reply.network !== current.fingerprint) {
    if (current.active !== "own") return disagreed("The server has another network by now. Reload the page to get it.");
    const text = "The server no longer has your network: the page keeps predicting with it on its own.";
    return { state: "idle", text, problem: "" };
  }
  const differences = reply.probabilities.map((share, i) => Math.abs(share - current.probabilities[i]));
  if (Math.max(...differences) > TOLERANCE) {
    return disagreed(`PyTorch predicts ${reply.digit}, this page predicts ${current.digit}. Reload the page.`);
  }
  return { state, text: `Verified by PyTorch · ${Math.round(milliseconds)} ms`, problem: "" };
}
