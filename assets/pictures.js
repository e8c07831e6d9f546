/* Pictures of numbers, and the elements around them. One scale for all that has a sign: blue below zero, orange above,
   white at zero; it can be told apart by colour-blind readers, and is the same in light and dark. */

"use strict";

const Pictures = (() => {
  const NEGATIVE = [33, 102, 172];
  const ZERO = [247, 247, 247];
  const POSITIVE = [200, 80, 10];

  /** The colour of a share, -1 to 1, as [red, green, blue]. */
  function mixed(share) {
    const end = share < 0 ? NEGATIVE : POSITIVE;
    const strength = Math.min(Math.abs(share), 1) ** 0.75; // small values are seen, too
    return ZERO.map((part, i) => part + (end[i] - part) * strength);
  }

  // Half a thousand colours, so that painting thousands of pixels is looking them up.
  const TABLE = Uint8Array.from({ length: 513 * 3 }, (_, i) => Math.round(mixed(Math.floor(i / 3) / 256 - 1)[i % 3]));

  function paint(canvas, length, colour) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < length; i++) {
      colour(pixels.data, 4 * i, i);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  /** Make an element: attributes by name, functions as listeners ({ onclick }), then children, nodes or text. */
  function create(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
  }

  /** The same for a picture's parts, which are SVG. */
  function svg(tag, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  }

  return {
    create,
    svg,

    /** The colour of a share, -1 to 1, for CSS. */
    colour: (share) => `rgb(${mixed(share).map(Math.round).join(" ")})`,

    /** Paint values, one for each pixel of the canvas, with full colour at most and -most. */
    signed(canvas, values, most = Math.max(...values.map(Math.abs))) {
      const scale = most > 0 ? 256 / most : 0;
      paint(canvas, values.length, (data, at, i) => {
        const place = 3 * Math.min(Math.max(Math.round(256 + values[i] * scale), 0), 512);
        data[at] = TABLE[place];
        data[at + 1] = TABLE[place + 1];
        data[at + 2] = TABLE[place + 2];
      });
    },

    /** Paint tones, 0 (black) to 255 (white), one for each pixel of the canvas. */
    grey(canvas, tones) {
      paint(canvas, tones.length, (data, at, i) => data.fill(tones[i], at, at + 3));
    },

    /** A drawing, from its strokes; a stroke of one point is a dot. */
    drawing(strokes) {
      const { PAPER } = DigitEngine;
      const lines = strokes.map((points) => svg("polyline", { points: [...points, points.at(-1)].join(" ") }));
      return svg("svg", { class: "drawing", viewBox: `0 0 ${PAPER} ${PAPER}`, "aria-hidden": "true" }, ...lines);
    },

    /** A number with its sign, a true minus among them: +1.23, −0.40. */
    withSign: (value, digits = 2) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`,

    /** A number, with a true minus: 1.23, −0.40. */
    number: (value, digits = 2) => `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`,

    /** The same behind an operator, where a minus wants brackets: 1.23, (−0.40). */
    bracketed: (value) => (value < 0 ? `(−${Math.abs(value).toFixed(2)})` : value.toFixed(2)),

    /** A share as percents: 98.6 %. */
    percent: (share, digits = 1) => `${(100 * share).toFixed(digits)}\u00a0%`,
  };
})();
