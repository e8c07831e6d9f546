/** Icons: lines in a square of 24 x 24. */
import { html } from "../vendor/lit-html.js";

const PATHS = {
  close: "m6 6 12 12M18 6 6 18",
  link: "M12 15V3.5M8 7l4-4 4 4M7 11H5v9.5h14V11h-2",
  about: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.500h.01",
  input: "M7 3v14h14M3 7h14v14",
  why: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.300M12 18.5h.01",
  loss: "M3 19c10 0 8-14 18-14",
  replay: "M4 5v5h5M4.5 9.5a8 8 0 1 1-.5 4M12 8v4.5l3 2",
  handwriting: "m4 20 1-5L16 4l4 4L9 19zM13.5 6.5l4 4",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
