/** Asks for twenty digits, shows how well they are recognized, saves them, and fine-tunes a network on them. The drawings
   stay in this tab; everything else is computed from them. */
/** @import { MountContext, Stroke } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import * as classifiers from "../../state/classifiers.js";
import * as drawing from "../../state/drawing.js";
import { isEmpty } from "../../state/prediction.js";
import * as storage from "../../state/storage.js";
import * as views from "../../state/views.js";
import { query } from "../../parts/dom.js";
import { csv, npy, png, save, zip } from "../../parts/download.js";
import { createFineTuning } from "./finetuning.js";
import { inkOf, showScores } from "./scores.js";

/** @typedef {{ label: number, strokes: Stroke[] }} LabeledDrawing */
/** The labels still to be asked for, and the drawings in their order. @typedef {{ wanted: number[], drawings: LabeledDrawing[] }} Session */

const EACH = 2; // times that each digit is asked for
const STORED = "digit-sketchpad.handwriting";
const FILE = "my-digits";

/** @param {MountContext} context */
export function mount(context) {
  const { element } = context;
  const view = query(element, ".handwriting");
  const [start, ask, results] = ["start", "ask", "results"].map((name) => query(element, `.handwriting-${name}`));
  const backButton = query(element, ".handwriting-back", HTMLButtonElement);
  const nextButton = query(element, ".handwriting-next", HTMLButtonElement);
  const progress = query(element, ".handwriting-progress", HTMLProgressElement);
  let session = storage.get(STORED, isSession) ?? { wanted: [], drawings: [] };
  let shown = ""; // which drawings and which network the results are for
  const fineTuning = createFineTuning(context, () => session.drawings);

  /** Store a new session, put strokes on the pad, and show what comes next.
      @type {(wanted: number[], drawings: LabeledDrawing[], strokes?: Stroke[]) => void} */
  function proceed(wanted, drawings, strokes = []) {
    session = { wanted, drawings };
    storage.set(STORED, session);
    drawing.replaceStrokes(strokes, true); // undo belongs to the digit in hand
    show();
    if (!wanted.length) query(element, drawings.length ? ".handwriting-done" : ".handwriting-begin").focus();
  }

  function show() {
    const { wanted, drawings } = session;
    const isAsking = wanted.length > 0;
    start.hidden = isAsking || drawings.length > 0;
    ask.hidden = !isAsking;
    results.hidden = isAsking || !drawings.length;
    if (isAsking) {
      const total = drawings.length + wanted.length;
      query(element, ".handwriting-wanted span").textContent = wanted[0] === 8 ? "Write an" : "Write a";
      query(element, ".handwriting-wanted strong").textContent = String(wanted[0]);
      query(element, ".handwriting-count").textContent = `${drawings.length + 1} of ${total}`;
      Object.assign(progress, { value: drawings.length, max: total });
      backButton.disabled = !drawings.length;
    }
    fineTuning.offer();
    shown = "";
    makeRoom();
    views.refresh();
  }

  /** While digits are asked for, a narrow screen gives the pad more room. */
  function makeRoom() {
    document.documentElement.classList.toggle("is-asking", session.wanted.length > 0 && !view.hidden);
  }

  function showResults() {
    const { classifier, description } = classifiers.active();
    const answers = session.drawings.map((labeled) => ({ ...classifier.predictInk(inkOf(labeled)), ...labeled }));
    showScores(element, answers, description.testAccuracy);
    query(element, ".handwriting-fairness").textContent = fineTuning.fairness(classifier.fingerprint);
  }

  function begin() {
    proceed(shuffle(Array.from({ length: EACH * DIGITS }, (_, i) => i % DIGITS)), []);
    document.querySelector(".pad")?.scrollIntoView({ block: "nearest" });
    goToPad();
  }

  /** What is pressed here may be disabled or gone then, and drawing is next. */
  const goToPad = () => query(document, ".pad-canvas").focus({ preventScroll: true });

  function next() {
    const { strokes, penIsDown } = drawing.get();
    const [label, ...wanted] = session.wanted;
    if (label === undefined || !strokes.length || penIsDown) return;
    proceed(wanted, [...session.drawings, { label, strokes }]);
    if (wanted.length) goToPad();
  }

  const actions = {
    begin,
    next,
    back() {
      const last = session.drawings[session.drawings.length - 1];
      proceed([last.label, ...session.wanted], session.drawings.slice(0, -1), last.strokes);
      if (backButton.disabled) goToPad();
    },
    skip: () => proceed(session.wanted.slice(1), session.drawings),
    use: () => classifiers.activate("own"),
    fresh() {
      classifiers.activate("own");
      begin();
    },
    async images() {
      const files = session.drawings.map(async (labeled, i) => ({
        name: `${String(i).padStart(2, "0")}-label-${labeled.label}.png`,
        bytes: await png(inkOf(labeled), CANVAS_SIDE),
      }));
      save(`${FILE}.zip`, zip(await Promise.all(files)), "application/zip");
    },
    array: () => save(`${FILE}.npy`, npy(session.drawings.map(inkOf), CANVAS_SIDE), "application/octet-stream"),
    labels() {
      const rows = session.drawings.map(({ label }, i) => [i, label]);
      save(`${FILE}.csv`, csv(["index", "label"], rows), "text/csv");
    },
    again: begin,
    delete: () => proceed([], []),
  };
  for (const [name, act] of Object.entries(actions)) {
    query(element, `.handwriting-${name}`).addEventListener("click", () => act());
  }
  // From the pad, too, where Enter and Space move the pen; but nowhere else.
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, repeat, target }) => {
    if (key.toLowerCase() !== "n" || ctrlKey || metaKey || altKey || repeat || view.hidden) return;
    if (target instanceof Element && target.closest(".pad, .handwriting")) next();
  });

  show();
  views.register("handwriting", view, (current) => {
    nextButton.disabled = current.penIsDown || isEmpty(current) || !current.strokes.length; // a photo is not drawn
    const now = `${session.drawings.length} ${current.fingerprint}`;
    if (results.hidden || now === shown) return;
    shown = now;
    showResults();
  });
  views.subscribe(makeRoom);
}

/** @param {number[]} values */
function shuffle(values) {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

/** Whether a stored value is a session. @param {any} value @returns {value is Session} */
function isSession(value) {
  const isLabel = (/** @type {any} */ label) => Number.isInteger(label) && label >= 0 && label < DIGITS;
  const isDrawing = (/** @type {any} */ { label, strokes }) => isLabel(label) && storage.areStrokes(strokes);
  return value?.wanted?.every(isLabel) && value.drawings?.every(isDrawing);
}
