/* Charts: curves over epochs as inline SVG, and the confusion matrix as a table. */

"use strict";

const Charts = (() => {
  const { create, svg } = Pictures;
  const HEIGHT = 240; // pixels
  const MARGIN = { left: 46, right: 12, top: 10, bottom: 36 };

  /** From a value to its place between two ends, on a linear or a logarithmic scale. */
  function scale({ low, high, logarithmic }, from, to) {
    const on = logarithmic ? Math.log : (value) => value;
    return (value) => from + ((on(value) - on(low)) / (on(high) - on(low))) * (to - from);
  }

  /** A dozen ticks at most, in round steps. */
  function wholeTicks(high) {
    const step = [1, 2, 5, 10, 20, 50].find((size) => high / size <= 10);
    return Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => i * step);
  }

  function axes(chart, x, y, width) {
    const bottom = HEIGHT - MARGIN.bottom;
    for (const tick of y.ticks.filter((tick) => tick >= y.low && tick <= y.high)) {
      const at = y.place(tick);
      chart.append(svg("line", { class: "chart-grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }));
      chart.append(svg("text", { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, y.format(tick)));
    }
    for (const tick of wholeTicks(x.high)) {
      chart.append(svg("text", { x: x.place(tick), y: bottom + 16, "text-anchor": "middle" }, tick));
    }
    chart.append(svg("text", { x: width - MARGIN.right, y: bottom + 31, "text-anchor": "end" }, x.label));
    if (y.guide) {
      const at = y.place(y.guide.value);
      chart.append(svg("line", { class: "chart-guide", x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }));
      chart.append(svg("text", { x: width - MARGIN.right, y: at - 5, "text-anchor": "end" }, y.guide.label));
    }
  }

  /** One run's curve. What is above or below the chart stays out of it, and an arrow shows where it left; ✕ shows
      where it was no number any more. */
  function curve(chart, { points, marks, style }, x, y, frame) {
    const group = svg("g", { class: "chart-run", style });
    const path = points
      .filter(([, value]) => value !== null)
      .map(([at, value], i) => `${i ? "L" : "M"}${x.place(at).toFixed(1)} ${y.place(value).toFixed(1)}`);
    group.append(svg("path", { d: path.join(""), "clip-path": `url(#${frame})` }));
    for (const [at, value] of marks) {
      if (value < y.low) continue;
      group.append(svg("circle", { cx: x.place(at), cy: y.place(value), r: 4.5 }));
    }
    const left = points.find(([, value], i) => value > y.high && i > 0);
    if (left)
      group.append(
        svg("text", { class: "chart-left", x: x.place(left[0]), y: MARGIN.top + 12, "text-anchor": "middle" }, "▲"),
      );
    const broken = points.find(([, value]) => value === null);
    if (broken)
      group.append(
        svg("text", { class: "chart-left", x: x.place(broken[0]), y: MARGIN.top + 28, "text-anchor": "middle" }, "✕"),
      );
    chart.append(group);
  }

  return {
    /** Draw curves in place of what an element holds.

        @param runs: [{ points: [x, y or null], marks: [x, y], style: CSS of its curve }]
        @param x: { high, label }, from 0
        @param y: { low, high, ticks, format, logarithmic, guide: { value, label } }
        @param description: the same in words */
    lines(element, runs, x, y, description) {
      const width = Math.max(element.clientWidth, 240);
      const frame = `${element.id}-frame`;
      const [right, bottom] = [width - MARGIN.right, HEIGHT - MARGIN.bottom];
      const inside = { x: MARGIN.left, y: MARGIN.top, width: right - MARGIN.left, height: bottom - MARGIN.top };
      const viewBox = `0 0 ${width} ${HEIGHT}`;
      const chart = svg(
        "svg",
        { class: "chart", width, height: HEIGHT, viewBox, role: "img", "aria-label": description },
        svg("clipPath", { id: frame }, svg("rect", inside)),
      );
      x = { ...x, place: scale({ low: 0, high: x.high }, MARGIN.left, right) };
      y = { ...y, place: scale(y, bottom, MARGIN.top) };
      axes(chart, x, y, width);
      for (const run of runs) curve(chart, run, x, y, frame);
      element.replaceChildren(chart);
    },

    /** A confusion matrix as a table: a row for each digit, a column for each answer; right is blue, wrong is orange. */
    confusion(element, matrix, caption = "Confusion matrix: a row for each digit, a column for what it was read as") {
      const most = Math.max(1, ...matrix.flatMap((row, digit) => row.filter((_, answer) => answer !== digit)));
      const columns = matrix.map((_, answer) => create("th", { scope: "col" }, String(answer)));
      const head = create(
        "tr",
        {},
        create("th", { scope: "col" }, create("span", { class: "sr-only" }, "digit")),
        ...columns,
      );
      const rows = matrix.map((row, digit) => {
        const total = row.reduce((sum, count) => sum + count, 0);
        const cells = row.map((count, answer) => {
          const share = answer === digit ? -count / Math.max(total, 1) : count / most;
          const colour = `background: ${Pictures.colour(share * 0.7)}`;
          const words = answer === digit ? `${digit} read correctly: ${count}` : `${digit} read as ${answer}: ${count}`;
          return create("td", { style: colour, title: words, class: count ? "" : "is-zero" }, String(count));
        });
        return create("tr", {}, create("th", { scope: "row" }, String(digit)), ...cells);
      });
      element.replaceChildren(
        create(
          "table",
          { class: "confusion" },
          create("caption", {}, caption),
          create("thead", {}, head),
          create("tbody", {}, ...rows),
        ),
      );
    },
  };
})();
