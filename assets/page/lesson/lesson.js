/** The open step of the lesson, pinned above the view that it points to. */
/** @import { Classifier, MountContext } from "../../state/types.js" */
/** @import { Facts } from "../../views/lesson/steps.js" */
import { CANVAS_SIDE } from "../../engine/pen.js";
import { GLOSSARY } from "../../views/lesson/glossary.js";
import { PYTORCH } from "../../views/lesson/pytorch.js";
import { STEPS } from "../../views/lesson/steps.js";
import { createUnroll } from "../../views/lesson/unroll.js";
import { create, query, setText } from "../../parts/dom.js";
import { copyOnClick } from "../../parts/clipboard.js";
import { npyOfFloats, png, save } from "../../parts/download.js";
import * as classifiers from "../../state/classifiers.js";
import * as lesson from "../../state/lesson.js";
import * as link from "../../state/link.js";
import * as mode from "../../state/mode.js";
import * as prediction from "../../state/prediction.js";
import * as views from "../../state/views.js";
import { leave } from "./present.js";

const LAYERS = 3; // of the network that the lesson is about
const FLATTENING = 4; // the step that shows the image unrolled
const EMPTY = "Draw a digit: the numbers here are those of your drawing.";

/** @param {MountContext} context */
export function mount({ element }) {
  const find = (/** @type {string} */ name) => query(element, `.lesson${name}`);
  const card = find("");
  const [previous, next, file] = ["previous", "next", "file"].map((name) =>
    query(element, `.lesson-${name}`, HTMLButtonElement),
  );
  const [solved, view, code, back] = ["-solved", "-view", "-code code", "-back"].map(find);
  const progress = query(element, "progress", HTMLProgressElement);
  let memo = /** @type {Record<string, any>} */ ({}); // what the exercise remembers
  let outcome = ""; // of the exercise, once it is solved
  const unroll = createUnroll((share) => {
    memo.unrolled = share;
    views.refresh();
  });
  find("-text").append(unroll.element);

  /** @returns {Facts | null} */
  function facts() {
    const now = prediction.current();
    if (prediction.isEmpty(now)) return null;
    const { shared } = classifiers.get();
    const active = classifiers.active();
    const label = Number(link.read("label") || now.digit);
    const { network } = active.classifier;
    if (shared && (network.layers.length !== LAYERS || !network.relu)) {
      // The lesson is about two hidden layers with ReLU, whatever a visitor has trained.
      const predicted = /** @type {Facts["now"]} */ ({ ...now, ...shared.classifier.predict(now.image) });
      return { ...shared, now: predicted, label, rate: Number(link.read("rate")), read: link.read };
    }
    return { ...active, now, label, rate: Number(link.read("rate")), read: link.read };
  }

  function paint() {
    const { step } = lesson.get();
    if (!step) return;
    const { yours, solved: check, view: name } = STEPS[step - 1];
    setText(view, `${document.getElementById(`tab-${name}`)?.textContent ?? name} ↓`); // the tabs may come after the lesson
    const known = facts();
    setText(find("-yours"), known ? yours(known) : EMPTY);
    if (known?.now.penIsDown) return; // the rest can wait until the pen is up
    setText(code, known ? PYTORCH[step - 1].lines(known) : EMPTY);
    unroll.show(prediction.current().image);
    if (known) outcome ||= check(known, memo) || "";
    else memo.cleared = true;
    if (outcome) lesson.solve();
    setText(solved, outcome && `✓ You did it: ${outcome}`);
  }

  /** @param {number} step */
  function show(step) {
    const { title, idea, exercise } = STEPS[step - 1];
    card.classList.toggle("is-done", lesson.get().done.includes(step));
    setText(query(card, ".lesson-progress span"), `Step ${step} of ${STEPS.length}`);
    progress.value = step / STEPS.length;
    previous.disabled = step === 1;
    next.disabled = step === STEPS.length;
    setText(find("-exercise span"), exercise);
    setText(back, `↑ Step ${step}`);
    file.hidden = !PYTORCH[step - 1].file;
    setText(file, `Save ${PYTORCH[step - 1].file}`);
    unroll.element.hidden = step !== FLATTENING;
    const heading = query(card, "h2");
    if (heading.textContent === title) return;
    setText(heading, title);
    find("-idea").replaceChildren(...withTerms(idea));
    [memo, outcome] = [{}, ""];
    unroll.stop();
    if (step === FLATTENING) unroll.play();
  }

  const go = (/** @type {number} */ by) => () => lesson.open((lesson.get().step ?? 1) + by);
  previous.addEventListener("click", () => {
    go(-1)();
    if (previous.disabled) next.focus();
  });
  next.addEventListener("click", () => {
    go(1)();
    if (next.disabled) previous.focus();
  });
  find("-all").addEventListener("click", () => views.visit("lesson"));
  find("-close").addEventListener("click", () => {
    lesson.open(null);
    document.getElementById("tab-lesson")?.focus();
  });
  view.addEventListener("click", () => {
    if (mode.get() === "present") leave();
    views.visit(STEPS[(lesson.get().step ?? 1) - 1].view);
  });
  back.addEventListener("click", () => {
    query(card, "h2").focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  });
  copyOnClick(find("-copy"), () => `${code.textContent}\n`);
  file.addEventListener("click", async () => {
    const { step } = lesson.get();
    const name = step && PYTORCH[step - 1].file;
    if (name === "drawing.png") save(name, await png(prediction.current().ink, CANVAS_SIDE), "image/png");
    else if (name) save(name, npyOfFloats(parameters(classifiers.active().classifier)), "application/npy");
  });

  new IntersectionObserver(([{ isIntersecting }]) => (back.hidden = isIntersecting || card.hidden)).observe(card);
  lesson.subscribe(({ step }) => {
    card.hidden = !step;
    document.documentElement.classList.toggle("has-lesson", step !== null);
    if (step) show(step);
    else unroll.stop();
    views.refresh();
  });
  views.alwaysPaint(paint);
  const unknown = lesson.openFromAddress();
  if (unknown !== null) views.complain(`There is no step “${unknown}”: the lesson has ${STEPS.length}.`);
}

/** All of a network's weights and biases, layer by layer. @param {Classifier} classifier */
function parameters({ network }) {
  return Float32Array.from(network.layers.flatMap(({ weights, biases }) => [...weights, ...biases]));
}

/** A text with its terms, which stand between asterisks, marked and explained. @param {string} text */
function withTerms(text) {
  return text.split("*").map((part, i) => (i % 2 ? create("dfn", { title: definition(part) }, part) : part));
}

/** @param {string} term */
function definition(term) {
  const name = Object.keys(GLOSSARY).find((name) => name.toLowerCase() === term.toLowerCase());
  return name && GLOSSARY[name];
}
