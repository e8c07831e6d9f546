/** The runs' loss and accuracy over the epochs: which part of the scales the charts show, and the charts in words. */
/** @import { Run as Curve, YAxis } from "../../parts/charts.js" */
/** @import { Run } from "./train.js" */
import { DIGITS } from "../../engine/classifier.js";
import { lineChart } from "../../parts/charts.js";
import { grouped, percent } from "../../parts/numbers.js";

const LOSSES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const HIGHEST_LOSS = 8;
const GUESSING = Math.log(DIGITS); // the loss of ten equal probabilities
const ACCURACIES = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 1];
const FLOORS = [0.9, 0.8, 0.5, 0]; // where the scale of accuracies may start,
const SPACINGS = [2, 5, 10, 20]; // and then how many percent points lie between two ticks
const SETTLED = 0.2; // epochs: every curve rises from far below until then, which no scale needs to show

/** @param {number} loss */
export const lossInWords = (loss) => (loss < 100 ? loss.toFixed(loss < 1 ? 3 : 2) : grouped(loss));

/** @param {HTMLElement} lossElement @param {HTMLElement} accuracyElement @param {Run[]} runs */
export function showCurves(lossElement, accuracyElement, runs) {
  const x = { high: Math.max(1, ...runs.map(({ epochs }) => epochs)), label: "epochs" };
  /** @type {(value: 1 | 2) => Curve[]} `value` is the place in a point */
  const curves = (value) =>
    runs.map((run) => ({
      points: run.points.map((point) => [point[0], point[value]]),
      marks: run.validation.map((point) => [point[0], point[value]]),
      style: `--run: var(--run-${run.line})`,
    }));
  lineChart(lossElement, curves(1), x, lossAxis(runs), inWords(runs, 1, lossInWords, "Loss"));
  lineChart(accuracyElement, curves(2), x, accuracyAxis(runs), inWords(runs, 2, percent, "Accuracy"));
}

/** @param {Run[]} runs @returns {YAxis} */
function lossAxis(runs) {
  const lowest = Math.min(0.2, ...runs.flatMap(({ points }) => points.map(([, loss]) => loss ?? Infinity)));
  const guide = { value: GUESSING, label: `guessing: ${GUESSING.toFixed(2)}` };
  const low = LOSSES.findLast((tick) => tick <= lowest) ?? LOSSES[0];
  return { low, high: HIGHEST_LOSS, ticks: LOSSES, isLogarithmic: true, format: String, guide };
}

/** @param {Run[]} runs @returns {YAxis} */
function accuracyAxis(runs) {
  const measured = runs.flatMap(({ points, validation }) =>
    [...points, ...validation].map(([at, , share]) => [at, share]),
  );
  const lowest = Math.min(...measured.filter(([at]) => at >= SETTLED).map(([, share]) => share), 0.9);
  const scale = FLOORS.findIndex((floor) => lowest >= floor);
  const ticks = ACCURACIES.filter((tick) => Math.round(tick * 100) % SPACINGS[scale] === 0);
  return { low: FLOORS[scale], high: 1, ticks, format: (tick) => percent(tick, 0) };
}

/** A chart for screen readers: where each curve starts and ends.
    @type {(runs: Run[], value: 1 | 2, format: (value: number) => string, title: string) => string} */
function inWords(runs, value, format, title) {
  /** @param {Run["points"][0]} point */
  const word = (point) => (point[value] === null ? "no number any more" : format(point[value]));
  const parts = runs.flatMap(({ number, points }) => {
    const last = points.at(-1);
    if (!last) return [];
    return [`run ${number}: from ${word(points[0])} to ${word(last)} after ${last[0].toFixed(1)} epochs`];
  });
  return `${title} over the epochs. ${parts.join("; ") || "No run yet"}.`;
}
