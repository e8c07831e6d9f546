/** In a frame of another page, which is told the height that everything needs: { type: "digit-sketchpad", height }, in
    CSS pixels, at once and at every change. */
import * as mode from "../../state/mode.js";

/** @param {HTMLElement} element in the page's main element */
export function tellHeight(element) {
  const main = element.closest("main") ?? document.body;
  const tell = () => {
    const height = Math.ceil(main.getBoundingClientRect().height);
    parent.postMessage({ type: "digit-sketchpad", height }, "*"); // a height is no secret
  };
  if (mode.get() === "embed" && parent !== window) new ResizeObserver(tell).observe(main);
}
