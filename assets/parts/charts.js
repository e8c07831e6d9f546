/** Charts: curves over epochs as inline SVG, and the confusion matrix as a table. */
import { sum } from "../engine/math.js";
import { create, svg, tableRow } from "./dom.js";
import { color } from "./images.js";

const HEIGHT = 240; // pixels
const MARGIN = { left: 46, right: 12, top: 10, bottom: 36 };
const BOTTOM = HEIGHT - MARGIN.bottom;

/**
 * A curve: points [x, y], where y is null if it is no finite number; dots, joined by a dashed line; and CSS.
 * @typedef {{ points: [number, number | null][], marks: [number, number | null][], style: string }} Run
 *
 * The x axis starts at 0. The guide is a horizontal line.
 * @typedef {{ high: number, label: string }} XAxis
 * @typedef {{ low: number, high: number, ticks: number[], format: (tick: number) => string, isLogarithmic?: boolean,
 *   guide?: { value: number, label: string } }} YAxis
 *
 * From a value to its place in the chart.
 * @typedef {(value: number) => number} Scale
 */

/** Draw curves in place of what an element with an id holds; the description is the same in words.
    @param {HTMLElement} element @param {Run[]} runs @param {XAxis} x @param {YAxis} y @param {string} description */
export function lineChart(element, runs, x, y, description) {
  const width = Math.max(element.clientWidth, 240);
  const right = width - MARGIN.right;
  const area = { x: MARGIN.left, y: MARGIN.top, width: right - MARGIN.left, height: BOTTOM - MARGIN.top };
  const scaleX = scale({ low: 0, high: x.high }, MARGIN.left, right);
  const scaleY = scale(y, BOTTOM, MARGIN.top);
  const clipId = `${element.id}-area`;
  const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
  const chart = svg("svg", { class: "chart", role: "img", "aria-label": description, ...size });
  chart.append(svg("clipPath", { id: clipId }, svg("rect", area)), ...axes(x, y, scaleX, scaleY, right));
  chart.append(...runs.map((run) => curve(run, y, scaleX, scaleY, clipId)));
  element.replaceChildren(chart);
}

/** From the place of the low end to that of the high end.
    @type {(range: { low: number, high: number, isLogarithmic?: boolean }, from: number, to: number) => Scale} */
function scale({ low, high, isLogarithmic }, from, to) {
  const on = isLogarithmic ? Math.log : Number;
  return (value) => from + ((on(value) - on(low)) / (on(high) - on(low))) * (to - from);
}

/** @param {XAxis} x @param {YAxis} y @param {Scale} scaleX @param {Scale} scaleY @param {number} right */
function axes(x, y, scaleX, scaleY, right) {
  /** @type {(name: string, at: number) => SVGElement} */
  const line = (name, at) => svg("line", { class: name, x1: MARGIN.left, x2: right, y1: at, y2: at });
  /** @type {(x: number, y: number, words: string, anchor?: string) => SVGElement} */
  const text = (x, y, words, anchor = "end") => svg("text", { x, y, "text-anchor": anchor }, words);
  const ticks = y.ticks.filter((tick) => tick >= y.low && tick <= y.high);
  const parts = [
    ...ticks.map((tick) => line("chart-grid", scaleY(tick))),
    ...ticks.map((tick) => text(MARGIN.left - 8, scaleY(tick) + 4, y.format(tick))),
    ...wholeTicks(x.high).map((tick) => text(scaleX(tick), BOTTOM + 16, String(tick), "middle")),
    text(right, BOTTOM + 31, x.label),
  ];
  if (!y.guide) return parts;
  const at = scaleY(y.guide.value);
  return [...parts, line("chart-guide", at), text(right, at - 5, y.guide.label)];
}

/** At most a dozen ticks from 0, in round steps. @param {number} high */
function wholeTicks(high) {
  const step = [1, 2, 5, 10, 20, 50].find((size) => high / size <= 10) ?? 100;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => i * step);
}

/** Values above or below the chart are left out: ▲ shows where the curve left it, ✕ where its value was no finite number
    any more.
    @param {Run} run @param {YAxis} y @param {Scale} scaleX @param {Scale} scaleY @param {string} clipId */
function curve({ points, marks, style }, y, scaleX, scaleY, clipId) {
  /** @type {(places: Run["points"], name: string) => SVGElement} */
  const path = (places, name) => {
    const steps = places.flatMap(([at, value]) =>
      value === null ? [] : [`${scaleX(at).toFixed(1)} ${scaleY(value).toFixed(1)}`],
    );
    const d = steps.length ? `M${steps.join("L")}` : "";
    return svg("path", { class: name, d, "clip-path": `url(#${clipId})` });
  };
  const dots = marks.flatMap(([at, value]) =>
    value === null || value < y.low || value > y.high
      ? []
      : [svg("circle", { cx: scaleX(at), cy: scaleY(value), r: 4 })],
  );
  /** @type {(point: Run["points"][0] | undefined, down: number, sign: string) => SVGElement[]} */
  const marked = (point, down, sign) => {
    const place = point && { x: scaleX(point[0]), y: MARGIN.top + down, "text-anchor": "middle" };
    return place ? [svg("text", { class: "chart-left", ...place }, sign)] : [];
  };
  const left = points.find(([, value], i) => value !== null && value > y.high && i > 0);
  const broken = points.find(([, value]) => value === null);
  const signs = [...marked(left, 12, "▲"), ...marked(broken, 28, "✕")];
  return svg("g", { class: "chart-run", style }, path(points, ""), path(marks, "chart-marks"), ...dots, ...signs);
}

/** Show a confusion matrix as a table, with a row for each digit and a column for each prediction: correct ones are
    blue, wrong ones orange.
    @param {HTMLElement} element @param {number[][]} matrix
    @param {(digit: number, predicted: number) => void} [open] makes the cells buttons */
export function confusionMatrix(element, matrix, open) {
  const most = Math.max(1, ...matrix.flatMap((row, digit) => row.filter((_, predicted) => predicted !== digit)));
  const header = create("tr", {}, create("th", { scope: "col" }, create("span", { class: "sr-only" }, "digit")));
  header.append(...matrix.map((_, predicted) => create("th", { scope: "col" }, String(predicted))));
  const rows = matrix.map((row, digit) => {
    const total = Math.max(1, sum(row));
    const cells = row.map((count, predicted) => {
      const isCorrect = predicted === digit;
      const background = color(0.7 * (isCorrect ? -count / total : count / most));
      const title = `${digit} classified ${isCorrect ? "correctly" : `as ${predicted}`}: ${count}`;
      const attributes = { style: `background: ${background}`, title, class: count ? "" : "is-zero" };
      if (!open || !count) return create("td", attributes, String(count));
      const onclick = () => open(digit, predicted);
      return create(
        "td",
        attributes,
        create("button", { type: "button", "aria-label": title, onclick }, String(count)),
      );
    });
    return tableRow(String(digit), cells);
  });
  const caption = create("caption", {}, "Confusion matrix: a row for each digit, a column for each prediction");
  const [head, body] = [create("thead", {}, header), create("tbody", {}, ...rows)];
  element.replaceChildren(create("table", { class: "confusion" }, caption, head, body));
}
