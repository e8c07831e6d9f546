/* The curve of −ln p, with a dot where the drawing stands. */

import { setAttributes, svg } from "../../parts/dom.js";

const WIDTH = 220;
const HEIGHT = 120;
const HIGHEST = 6; // loss on the axis

const down = (/** @type {number} */ loss) => HEIGHT - (Math.min(loss, HIGHEST) / HIGHEST) * HEIGHT;

/** Draw the curve. The function that comes back places the dot, at a probability and its loss, or hides it.
    @param {SVGElement} chart */
export function createCurve(chart) {
  const places = Array.from({ length: 100 }, (_, i) => ((i + 1) / 100) ** 2);
  const points = places.map((p) => [p * WIDTH, down(-Math.log(p))]);
  const dot = svg("circle", { r: 6, class: "loss-dot" });
  const beyond = svg("text", { x: 14, y: 20 });
  chart.append(
    svg("path", { d: `M0 0V${HEIGHT}H${WIDTH}`, class: "loss-axis" }),
    svg("polyline", { points: points.join(" "), class: "loss-line" }),
    ...[0, 2, 4, 6].map((loss) => svg("text", { x: -8, y: down(loss) + 4, "text-anchor": "end" }, String(loss))),
    ...[0, 0.5, 1].map((p) => svg("text", { x: p * WIDTH, y: HEIGHT + 16, "text-anchor": "middle" }, String(p))),
    svg("text", { x: 12, y: 4 }, "−ln p"),
    svg("text", { x: WIDTH, y: HEIGHT - 8, "text-anchor": "end" }, "p"),
    beyond,
    dot,
  );

  /** @param {{ p: number, loss: number } | null} drawing @param {string} [words] */
  return (drawing, words = "0 where p is 1, and unbounded as p approaches 0") => {
    dot.style.display = drawing ? "" : "none";
    beyond.textContent = drawing && drawing.loss > HIGHEST ? `▲ ${drawing.loss.toFixed(1)}, beyond this chart` : "";
    if (drawing) setAttributes(dot, { cx: drawing.p * WIDTH, cy: down(drawing.loss) });
    chart.ariaLabel = `The curve of −ln p: ${words}`;
  };
}
