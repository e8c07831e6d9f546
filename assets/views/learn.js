/* Watch it learn: settings in, curves out, and the visitor's own network at the end.

   Run once when the component is mounted, with Gradio's `element`, `props`, `trigger`, `server` and `watch`. */

"use strict";

const { create, percent } = Pictures;
const find = (part) => element.querySelector(part);
const form = find(".learn-form");
const recipes = JSON.parse(props.recipes); // each one's settings, by name
const LINES = 6; // runs on the chart, each in its own colour
const GUESSING = Math.log(10); // the loss of ten equal probabilities
const HINTS = {
  chapter: "the course's own, plain and quick",
  drawing: "reads people's handwriting; slower",
};

// --- settings -----------------------------------------------------------------------------------------------------

const recipeOf = form.elements.recipe;
recipeOf.append(...Object.keys(recipes).map((name) => create("option", { value: name }, name)));

/** A recipe fills in all other settings; the seed is the visitor's. */
function fill(name) {
  for (const [setting, value] of Object.entries(recipes[name])) {
    if (setting !== "seed" || !form.elements.seed.value) form.elements[setting].value = value;
  }
  find("#learn-recipe-hint").textContent = HINTS[name];
  showWidth();
}

function showWidth() {
  const width = Number(form.elements.hidden.value);
  const widths = [784, width, width, 10];
  const count = DigitEngine.parameterCount(widths).toLocaleString("en");
  find("output").textContent = width;
  find("#learn-hidden-hint").textContent = `${widths.join(" – ")}: ${count} weights`;
}

/** What the form says. Python checks it, and says what is wrong. */
function settings() {
  const numbers = ["learning_rate", "batch_size", "epochs", "hidden", "seed"];
  const texts = Object.fromEntries(["recipe", "optimiser"].map((name) => [name, form.elements[name].value]));
  const value = (name) => (form.elements[name].value === "" ? null : Number(form.elements[name].value));
  return { ...texts, ...Object.fromEntries(numbers.map((name) => [name, value(name)])) };
}

recipeOf.addEventListener("change", () => fill(recipeOf.value));
form.elements.hidden.addEventListener("input", showWidth);
fill(recipeOf.value);

// --- one training at a time ---------------------------------------------------------------------------------------

let runs = []; // on the chart, the oldest first: { number, line, state, settings, epochs, points, tests, ... }
let current = null; // the run that is trained or queued
let number = 0; // of the newest run

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (current) return;
  complain("");
  // Gradio reloads a page whose event could not be sent: so the way is tried before it is taken.
  if (!(await Python.isReachable())) {
    complain("The server can't be reached. Try again when it is back.");
    return;
  }
  props.value = settings();
  trigger("begin");
});

watch("value", () => {
  const reply = JSON.parse(props.value);
  if (reply.error) complain(reply.error);
  else begin(reply.ticket);
});

find(".learn-stop").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  if ((await server.stop(current.ticket)) === undefined) target.disabled = false; // nobody was there
});

function complain(sentence) {
  find(".learn-problem").textContent = sentence;
}

async function begin(ticket) {
  const taken = runs.map(({ line }) => line);
  if (runs.length === LINES) taken.splice(taken.indexOf(runs.shift().line), 1);
  const line = Array.from({ length: LINES }, (_, i) => i).find((i) => !taken.includes(i));
  number += 1;
  const run = {
    ticket,
    number,
    line,
    state: "queued",
    place: 0,
    sentence: "",
    settings: "",
    epochs: 1,
    points: [],
    tests: [],
  };
  runs.push(run);
  current = run;
  find(".learn-missing").hidden = true;
  show();
  await follow(run);
  current = null;
  if (run.hasNetwork) await take(run);
  show();
}

/** Ask how it goes, again and again, until it is over. */
function follow(run) {
  return Trainings.follow(server, run.ticket, hearer(run));
}

/** The network is the visitor's now. */
async function take(run) {
  const result = await Trainings.answered(server.result, run.ticket, hearer(run));
  if (!result) return;
  run.accuracy = result.network.test_accuracy;
  Live.setOwn(result.network);
  showResult(run, result);
}

/** Takes the news of a run. */
function hearer(run) {
  return (news) => {
    Object.assign(run, news);
    show();
  };
}

// --- how it stands ------------------------------------------------------------------------------------------------

/** Show the newest news with the next frame, if this view is open; else when it opens. */
let isStale = true;

function show() {
  isStale = true;
  Views.refresh();
}

const STATES = {
  queued: ({ place }) => (place ? `Place ${place} in the queue: one network is trained at a time.` : "Starting …"),
  training: ({ points }) => (points.length ? "Training" : "Getting the digits ready …"),
  lost: () => "Lost",
  done: () => "Done",
  stopped: () => "Stopped",
  diverged: () => "Diverged",
  failed: () => "Failed",
};

function say(part, text) {
  if (find(part).textContent !== text) find(part).textContent = text;
}

function showState() {
  const run = current ?? runs.at(-1);
  find(".learn-train").hidden = current !== null;
  const stop = find(".learn-stop");
  if (stop.hidden !== (current === null)) stop.disabled = false;
  stop.hidden = current === null;
  find(".learn-status").hidden = !run;
  if (!run) return;
  const state = run.isAway ? "The server can't be reached: waiting for it." : STATES[run.state](run);
  say(
    ".learn-state",
    run.sentence && !current ? `${state}: ${run.sentence}` : [state, run.sentence].filter(Boolean).join(". "),
  );
  find(".learn-status").dataset.state = run.sentence && run.state !== "stopped" ? "problem" : run.state;
  say(".learn-now", now(run));
  const bar = find(".learn-progress");
  bar.hidden = run !== current;
  bar.value = (run.points.at(-1)?.[0] ?? 0) / run.epochs;
}

/** The newest figures, in words. */
function now({ points, tests, epochs, secondsLeft, state }) {
  if (!points.length) return "";
  const [done, loss, accuracy] = points.at(-1);
  const parts = [`epoch ${Math.min(Math.floor(done) + 1, epochs)} of ${epochs}`];
  parts.push(`loss ${loss === null ? "is no number any more" : inFew(loss)}`, `accuracy ${percent(accuracy)}`);
  if (tests.length) parts.push(`on the test digits ${percent(tests.at(-1)[1], 2)}`);
  if (state === "training") parts.push(`${timeLeft(secondsLeft)} left`);
  return parts.join(" · ");
}

function inFew(loss) {
  return loss < 100 ? loss.toFixed(loss < 1 ? 3 : 2) : loss.toLocaleString("en", { maximumFractionDigits: 0 });
}

function timeLeft(seconds) {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

// --- curves -------------------------------------------------------------------------------------------------------

const LOSSES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const ACCURACIES = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 1];
const SETTLED = 0.2; // epochs: before, every curve climbs, and no scale need show where from

function showCurves() {
  const x = { high: Math.max(1, ...runs.map(({ epochs }) => epochs)), label: "epochs" };
  const losses = runs.flatMap(({ points }) => points.map(([, loss]) => loss).filter((loss) => loss !== null));
  const lowest = Math.min(0.2, ...losses);
  const loss = {
    low: LOSSES.findLast((tick) => tick <= lowest) ?? LOSSES[0],
    high: 8,
    ticks: LOSSES,
    logarithmic: true,
    format: (tick) => String(tick),
    guide: { value: GUESSING, label: `guessing: ${GUESSING.toFixed(2)}` },
  };
  const settled = runs.flatMap(({ points, tests }) => [...points.map(([at, , share]) => [at, share]), ...tests]);
  const least = Math.min(0.9, ...settled.filter(([at]) => at >= SETTLED).map(([, share]) => share));
  const low = [0.9, 0.8, 0.5].find((floor) => least >= floor) ?? 0;
  const accuracy = {
    low,
    high: 1,
    ticks: ACCURACIES.filter((tick) => Math.round(tick * 100) % { 0.9: 2, 0.8: 5, 0.5: 10, 0: 20 }[low] === 0),
    format: (tick) => `${Math.round(tick * 100)}\u00a0%`,
  };
  const curves = (value, marks) =>
    runs.map((run) => ({
      points: run.points.map((point) => [point[0], point[value]]),
      marks: marks(run),
      style: `--run: var(--run-${run.line})`,
    }));
  Charts.lines(
    find(".learn-loss"),
    curves(1, () => []),
    x,
    loss,
    inWords(1, inFew, "Loss"),
  );
  Charts.lines(
    find(".learn-accuracy"),
    curves(2, ({ tests }) => tests),
    x,
    accuracy,
    inWords(2, percent, "Accuracy"),
  );
}

/** A chart for those who can't see it: where each curve begins and ends. */
function inWords(value, format, title) {
  const word = (point) => (point[value] === null ? "no number any more" : format(point[value]));
  const told = runs
    .filter(({ points }) => points.length)
    .map(
      ({ number, points }) =>
        `run ${number}: from ${word(points[0])} to ${word(points.at(-1))} after ${points.at(-1)[0].toFixed(1)} epochs`,
    );
  return `${title} over the epochs. ${told.join("; ") || "No run yet"}.`;
}

new ResizeObserver(show).observe(find(".learn-charts"));

let told = ""; // what the list says

function showRuns() {
  const lines = runs.map((run) => {
    const score = run.accuracy ?? run.tests.at(-1)?.[1];
    const ended = ["done", "training", "queued"].includes(run.state) ? "" : STATES[run.state](run).toLowerCase();
    const words = [ended, score === undefined ? "" : `test accuracy ${percent(score, 2)}`].filter(Boolean).join(" · ");
    return { run, words };
  });
  const telling = JSON.stringify(lines.map(({ run, words }) => [run.number, run.settings, words, run === current]));
  if (telling === told) return; // its buttons keep their focus
  told = telling;
  find(".learn-runs").replaceChildren(...lines.map(({ run, words }) => entry(run, words)));
}

function entry(run, words) {
  return create(
    "li",
    { style: `--run: var(--run-${run.line})` },
    create("span", { class: "learn-swatch", "aria-hidden": "true" }),
    create("span", { class: "learn-run" }, create("b", {}, `Run ${run.number}`), ` ${run.settings}`),
    create("span", { class: "learn-score" }, words),
    create(
      "button",
      {
        type: "button",
        disabled: run === current,
        "aria-label": `Remove run ${run.number} from the chart`,
        onclick: () => remove(run),
      },
      "✕",
    ),
  );
}

function remove(run) {
  runs = runs.filter((other) => other !== run);
  show();
  find(".learn-train").focus();
}

// --- what came of it ----------------------------------------------------------------------------------------------

function showResult(run, { network, confusion, mistakes }) {
  find(".learn-result").hidden = false;
  find(".learn-result h3").textContent =
    `Run ${run.number}: ${percent(network.test_accuracy, 2)} of the 10,000 test digits read correctly`;
  Charts.confusion(find(".learn-confusion"), confusion);
  find(".learn-mistakes ul").replaceChildren(
    ...mistakes.map(({ picture, label, answer, probability, ofLabel }) => {
      const words = `${label} read as ${answer}, ${percent(probability)}; ${label} itself: ${percent(ofLabel)}`;
      const canvas = create("canvas", { width: 28, height: 28, role: "img", "aria-label": words, title: words });
      Pictures.grey(
        canvas,
        Uint8Array.from(atob(picture), (character) => character.charCodeAt(0)),
      );
      const caption = create(
        "span",
        { "aria-hidden": "true" },
        create("b", {}, `${label} → ${answer}`),
        ` ${percent(probability, 0)}`,
      );
      return create("li", {}, canvas, caption);
    }),
  );
}

for (const button of element.querySelectorAll("[data-reader]")) {
  button.addEventListener("click", () => Live.setReader("own", button.dataset.reader === "both"));
}

function showReader({ reader, other }) {
  for (const button of element.querySelectorAll("[data-reader]")) {
    button.ariaPressed = button.dataset.reader === (other ? "both" : reader);
  }
}

// ------------------------------------------------------------------------------------------------------------------

find(".learn-missing").textContent = props.missing;
find(".learn-missing").hidden = !props.missing;
Views.add("learn", find(".learn"), (reading) => {
  showReader(reading);
  if (!isStale) return;
  isStale = false;
  showState();
  showCurves();
  showRuns();
});
