/** Fine-tuning a copy of the shared network on the visitor's drawings. Python does it; its result is shown here. */
/** @import { ClassifierDescription, JobNews, JobStatus, MountContext } from "../../state/types.js" */
/** @import { LabeledDrawing } from "./handwriting.js" */
import { argmax, sum } from "../../engine/math.js";
import { call, followJob, inWords, isGoingOn, resultOf, startJob } from "../../server/jobs.js";
import { packInk } from "../../server/verification.js";
import * as classifiers from "../../state/classifiers.js";
import * as storage from "../../state/storage.js";
import { query, setText, showInstead, tableRow } from "../../parts/dom.js";
import { percent, withSign } from "../../parts/numbers.js";
import { inkOf } from "./scores.js";

/** What Python sends: predictions for the drawings before, after, and out of fold, and confusion matrices on MNIST.
    @typedef {{ network: ClassifierDescription, before: number[], after: number[], outOfFold: number[],
    mnistBefore: number[][], mnistAfter: number[][] }} FineTuningResult */

const STORED = "digit-sketchpad.fine-tuning"; // by what the page finds it again, and whether it is on the present drawings
const NO_SERVER =
  "Fine-tuning runs in Python: start the app on a computer (python app.py) to fine-tune a network on your handwriting.";
const WORDS = { done: "Done: the fine-tuned copy is yours. You can choose it above the pad." };

/** @param {MountContext} context @param {() => LabeledDrawing[]} getDrawings the present ones */
export function createFineTuning(context, getDrawings) {
  const { element, props, trigger, watch, server } = context;
  const tuneButton = query(element, ".handwriting-tune", HTMLButtonElement);
  const stopButton = query(element, ".handwriting-stop");
  const progress = query(element, ".handwriting-tuning", HTMLProgressElement);
  const tuned = query(element, ".handwriting-tuned");
  /** @type {{ drawings: LabeledDrawing[], ticket?: string, fingerprint?: string } | null} the newest */
  let job = null;

  const say = (/** @type {string} */ sentence) => setText(query(element, ".handwriting-state"), sentence);

  tuneButton.addEventListener("click", async () => {
    const drawings = getDrawings();
    const packed = drawings.map(async (drawing) => ({ label: drawing.label, ink: await packInk(inkOf(drawing)) }));
    const problem = await startJob(context, JSON.stringify(await Promise.all(packed)));
    if (problem) return say(problem);
    job = { drawings };
    show({ state: "queued" });
  });
  stopButton.addEventListener("click", () => job?.ticket && call(server?.stop, job.ticket));

  watch("value", async () => {
    const { error, ticket } = JSON.parse(props.value ?? "{}");
    if (error) return show({ state: "failed", message: error });
    if (!job || !ticket) return;
    job.ticket = ticket;
    await follow(ticket);
  });
  const stored = trigger && storage.get(STORED, isStored);
  if (stored) {
    job = { ticket: stored.ticket, drawings: stored.isOnThese ? getDrawings() : [] };
    follow(stored.ticket);
  }

  /** @param {string} ticket */
  async function follow(ticket) {
    remember();
    /** @type {JobNews & Pick<JobStatus, "state">} */
    const status = { state: "queued" };
    const tell = (/** @type {JobNews} */ news) => show(Object.assign(status, news));
    await followJob(server, ticket, tell);
    if (status.state === "lost") forget();
    if (!status.hasResult) return;
    const result = await resultOf(server, ticket, tell);
    if (result) take(result);
    else say("The result was lost on the way. Fine-tune it again.");
  }

  function forget() {
    job = null;
    storage.set(STORED, null);
  }

  function remember() {
    if (job?.ticket) storage.set(STORED, { ticket: job.ticket, isOnThese: job.drawings === getDrawings() });
  }

  /** @param {JobNews & Pick<JobStatus, "state">} status */
  function show(status) {
    const isRunning = isGoingOn(status);
    if (isRunning) showInstead(tuneButton, stopButton);
    else showInstead(stopButton, tuneButton);
    progress.hidden = !isRunning;
    progress.value = status.share ?? 0;
    if (isRunning) tuned.hidden = true;
    say((!status.isAway && status.message) || inWords(status, WORDS));
  }

  /** The network is the visitor's now. @param {FineTuningResult} result */
  function take(result) {
    if (!job) return;
    job.fingerprint = result.network.fingerprint;
    classifiers.take("own", result.network);
    tuned.hidden = job.drawings !== getDrawings();
    if (!tuned.hidden) showTable(element, result, job.drawings);
  }

  return {
    /** Offer fine-tuning for the present drawings; say what is missing. */
    offer() {
      const isFew = getDrawings().length < props.fewest ? `Fine-tuning needs at least ${props.fewest} drawings.` : "";
      const missing = trigger ? props.missing || isFew : NO_SERVER;
      query(element, ".handwriting-missing").textContent = missing;
      tuneButton.disabled = missing !== "";
      if (!trigger) tuneButton.hidden = true;
      if (job?.drawings !== getDrawings()) tuned.hidden = true;
      remember();
    },

    /** Whether the score is a fair test, if the network that predicts was fine-tuned. @param {string | undefined} fingerprint */
    fairness(fingerprint) {
      if (!job?.fingerprint || job.fingerprint !== fingerprint) return "";
      return job.drawings === getDrawings()
        ? "These predictions are those of your own network, which was fine-tuned on these very drawings: no fair test. See the cross-validation below."
        : "These predictions are those of your own network. It was fine-tuned on other drawings than these: a fair test.";
    },
  };
}

/** @param {any} value @returns {value is { ticket: string, isOnThese: boolean }} */
function isStored(value) {
  return typeof value?.ticket === "string" && typeof value.isOnThese === "boolean";
}

/** @type {(element: HTMLElement, result: FineTuningResult, drawings: LabeledDrawing[]) => void} */
function showTable(element, { before, after, outOfFold, mnistBefore, mnistAfter }, drawings) {
  const count = drawings.length;
  const [first, last, unseen] = [before, after, outOfFold].map(
    (digits) => digits.filter((digit, i) => digit === drawings[i].label).length,
  );
  const [mnistFirst, mnistLast] = [mnistBefore, mnistAfter].map((matrix) => matrix.map((row, digit) => row[digit]));
  const totals = mnistAfter.map(sum);
  const losses = mnistLast.map((correct, digit) => (mnistFirst[digit] - correct) / totals[digit]);
  const worst = argmax(losses);
  const rows = [
    row(`Your ${count} drawings, by the network that was fine-tuned on them`, first, last, count),
    row(`Your ${count} drawings, each by a network that was not fine-tuned on it`, first, unseen, count),
    row("MNIST’s 10,000 test digits", sum(mnistFirst), sum(mnistLast), sum(totals)),
  ];
  if (losses[worst] > 0)
    rows.push(row(`among these the ${worst}s, which lost most`, mnistFirst[worst], mnistLast[worst], totals[worst]));
  query(element, ".handwriting-tuned tbody").replaceChildren(...rows);
  query(element, ".handwriting-forgotten").textContent = forgotten(sum(mnistLast) - sum(mnistFirst), losses[worst] > 0);
}

/** Few as counts, many as shares. @type {(what: string, before: number, after: number, count: number) => HTMLElement} */
function row(what, before, after, count) {
  const isMany = count > 100;
  const words = [before, after].map((correct) => (isMany ? percent(correct / count, 2) : `${correct} of ${count}`));
  const change = isMany ? `${withSign((100 * (after - before)) / count)} points` : withSign(after - before, 0);
  return tableRow(what, [...words, after === before ? "none" : change]);
}

/** @type {(change: number, hasWorse: boolean) => string} */
function forgotten(change, hasWorse) {
  if (!hasWorse) return "On MNIST, no score fell.";
  const why =
    "The MNIST digits mixed with yours keep the loss small: a network forgets what it is no longer trained on.";
  if (change >= 0)
    return `On MNIST as a whole, no score fell, but learning one thing cost another: see the last row. ${why}`;
  return (
    `Learning one thing cost another: of MNIST’s 10,000 test digits, it now classifies ${-change} fewer correctly than ` +
    `before. ${why}`
  );
}
