/** Train a network: settings in, live curves out, and the visitor's own network at the end. Python trains it. */
/** @import { JobNews, JobStatus, MountContext } from "../../state/types.js" */
import { call, followJob, inWords, isGoingOn, resultOf, startJob } from "../../server/jobs.js";
import * as classifiers from "../../state/classifiers.js";
import * as storage from "../../state/storage.js";
import * as views from "../../state/views.js";
import { create, query, setText, showInstead } from "../../parts/dom.js";
import { duration, percent } from "../../parts/numbers.js";
import { lossInWords, showCurves } from "./curves.js";
import { setUpExport } from "./export.js";
import { setUpForm } from "./form.js";
import { linkForm } from "./link.js";
import { showResult } from "./result.js";

/** A run in the charts; `line` says which color its curve has, and `isBaseline`: it was trained before.
    @typedef {JobStatus & { ticket: string, number: number, line: number, isBaseline?: boolean, isAway?: boolean }} Run */

const MOST_RUNS = 6; // in the charts, each in a color of its own
const STORED = "digit-sketchpad.runs"; // by what the page finds its runs again
const NO_SERVER =
  "Training runs in Python: start the app on a computer (python app.py) to train a network of your own.";
/** @type {JobStatus} */
const NEW_JOB = {
  ...{ state: "queued", message: "", settings: "", hasResult: false },
  ...{ place: 0, wait: 0, share: 0, points: [], validation: [], secondsLeft: 0, epochs: 1 },
};

/** @param {MountContext} context */
export function mount(context) {
  const { element, props, trigger, watch, server } = context;
  const form = query(element, ".train-form", HTMLFormElement);
  const trainButton = query(element, ".train-train", HTMLButtonElement);
  const stopButton = query(element, ".train-stop", HTMLButtonElement);
  const missing = query(element, ".train-missing");
  const status = query(element, ".train-status");
  const progress = query(element, ".train-progress", HTMLProgressElement);
  const showExport = setUpExport(query(element, ".train-export"), server);
  const settings = setUpForm(form, JSON.parse(props.recipes), JSON.parse(props.ranges));
  linkForm(form);

  /** The baseline's curve is there before the first click. @type {Run} */
  const baseline = { ...NEW_JOB, ...JSON.parse(props.baseline), ticket: "", number: 0, line: 0, isBaseline: true };
  baseline.state = "done";
  let runs = [baseline]; // in the charts, the oldest first
  /** The one that is queued or running. */
  const current = () => runs.find(isGoingOn);
  let isStale = true; // whether there is news that the view does not show yet
  let listed = ""; // what the list of runs says

  const complain = (/** @type {string} */ problem) => (query(element, ".train-problem").textContent = problem);

  missing.textContent = trigger ? props.missing : NO_SERVER;
  missing.hidden = !missing.textContent;
  if (!trigger) for (const control of form.elements) control.toggleAttribute("disabled", true);

  form.addEventListener("input", () => complain(""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (current() || !trigger) return;
    complain("");
    complain(await startJob(context, settings()));
  });

  watch("value", () => {
    const { ticket, error } = JSON.parse(props.value ?? "{}");
    if (ticket) follow(ticket, Math.max(...runs.map(({ number }) => number)) + 1);
    else complain(error ?? "");
  });

  stopButton.addEventListener("click", () => call(server?.stop, current()?.ticket));

  /** A run that was just started, or from before the page was left. @param {string} ticket @param {number} number */
  async function follow(ticket, number) {
    if (runs.length === MOST_RUNS) runs.shift();
    const line = [...Array(MOST_RUNS).keys()].find((i) => runs.every((run) => run.line !== i)) ?? 0;
    const run = /** @type {Run} */ ({ ...NEW_JOB, ticket, number, line });
    runs.push(run);
    missing.hidden = true;
    const tell = (/** @type {JobNews} */ news) => {
      Object.assign(run, news);
      show();
    };
    tell({});
    remember();
    await followJob(server, ticket, tell);
    remember();
    const result = run.hasResult && run === runs.at(-1) ? await resultOf(server, ticket, tell) : null;
    if (result) {
      classifiers.take("own", result.network);
      showResult(query(element, ".train-result"), run, result, (label, predicted) =>
        call(server?.classified_as, JSON.stringify([ticket, label, predicted])),
      );
      showExport(run, result.script);
    }
    show();
  }

  /** The runs of this tab, but for those that the server has lost. */
  function remember() {
    const known = runs.filter(({ isBaseline, state }) => !isBaseline && state !== "lost");
    storage.set(
      STORED,
      known.map(({ ticket, number }) => ({ ticket, number })),
    );
  }

  /** Show the news with the next frame if this view is open; else when it opens. */
  function show() {
    isStale = true;
    views.refresh();
  }

  function showStatus() {
    const running = current();
    const run = running ?? runs.findLast(({ isBaseline }) => !isBaseline);
    if (running) showInstead(trainButton, stopButton);
    else showInstead(stopButton, trainButton);
    status.hidden = !run;
    if (!run) return;
    const state = inWords(run, { running: run.points.length ? "Training" : "Preparing the digits …" });
    const sentence = [state, run.message].filter(Boolean).join(running ? ". " : ": ");
    setText(query(element, ".train-state"), sentence);
    setText(query(element, ".train-now"), figuresInWords(run));
    status.dataset.state = run.message && run.state !== "stopped" ? "problem" : run.state;
    progress.hidden = !running;
    progress.value = (run.points.at(-1)?.[0] ?? 0) / run.epochs;
  }

  function showRuns() {
    const lines = runs.map((run) => {
      const accuracy = run.validation.at(-1)?.[2];
      const ended = ["queued", "running", "done"].includes(run.state) ? "" : inWords(run).toLowerCase();
      return {
        run,
        words: [ended, accuracy !== undefined && `validation ${percent(accuracy, 2)}`].filter(Boolean).join(" · "),
      };
    });
    const text = JSON.stringify(lines.map(({ run, words }) => [run.number, run.settings, words, isGoingOn(run)]));
    if (text === listed) return; // its buttons keep their focus
    listed = text;
    query(element, ".train-runs").replaceChildren(...lines.map(({ run, words }) => runItem(run, words)));
  }

  /** @type {(run: Run, words: string) => HTMLElement} */
  function runItem(run, words) {
    const remove = () => {
      runs = runs.filter((other) => other !== run);
      remember();
      show();
      query(element, "h2").focus({ preventScroll: true });
    };
    const label = `Remove ${run.isBaseline ? "the baseline" : `run ${run.number}`} from the charts`;
    const swatch = create("span", { class: "train-swatch", "aria-hidden": "true" });
    const name = create(
      "span",
      { class: "train-run" },
      create("b", {}, run.isBaseline ? "Baseline" : `Run ${run.number}`),
      ` ${run.settings}`,
    );
    const score = create("span", { class: "train-score" }, words);
    const attributes = { type: "button", disabled: isGoingOn(run), "aria-label": label, onclick: remove };
    const style = `--run: var(--run-${run.line})`;
    return create("li", { style }, swatch, name, score, create("button", attributes, "✕"));
  }

  const uses = ["own", "both"].map((use) => query(element, `[data-use="${use}"]`, HTMLButtonElement));
  uses.forEach((button, i) =>
    button.addEventListener("click", () => classifiers.activate("own", i === 1 ? "shared" : null)),
  );
  if (trigger) for (const { ticket, number } of storage.get(STORED, areRuns) ?? []) follow(ticket, number);
  new ResizeObserver(show).observe(query(element, ".train-charts"));

  views.register("train", query(element, ".train"), ({ active, other }) => {
    uses[0].ariaPressed = String(active === "own" && !other);
    uses[1].ariaPressed = String(Boolean(other));
    if (!isStale) return;
    isStale = false;
    showStatus();
    showCurves(query(element, ".train-loss"), query(element, ".train-accuracy"), runs);
    showRuns();
  });
}

/** Whether a stored value says which runs there were. @param {any} value @returns {value is Pick<Run, "ticket" | "number">[]} */
function areRuns(value) {
  return value.every((/** @type {any} */ run) => typeof run.ticket === "string" && Number.isInteger(run.number));
}

/** A run's newest figures. @param {Run} run */
function figuresInWords({ points, validation, epochs, secondsLeft, state }) {
  const newest = points.at(-1);
  if (!newest) return "";
  const [epoch, loss, accuracy] = newest;
  const measured = validation.at(-1);
  const figures = [
    `epoch ${Math.min(Math.floor(epoch) + 1, epochs)} of ${epochs}`,
    `loss ${loss === null ? "is no number any more" : lossInWords(loss)}`,
    `accuracy ${percent(accuracy)}`,
    measured && `on the validation digits ${percent(measured[2], 2)}`,
    state === "running" && `${duration(secondsLeft)} left`,
  ];
  return figures.filter(Boolean).join(" · ");
}
