/** What a canvas depends on that is not its content. */

const COLORS = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"];

/** Call `fit` at once, and whenever elements change their size, the page its colors, or the screen its density: a page
    moves to a projector, is zoomed, or printed. @param {Element[]} elements @param {() => void} fit */
export function watchScreen(elements, fit) {
  const followDensity = () => {
    const density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    density.addEventListener("change", followDensity, { once: true });
    fit();
  };
  const sizes = new ResizeObserver(fit);
  for (const element of elements) sizes.observe(element);
  new MutationObserver(fit).observe(document.body, { attributes: true, attributeFilter: ["class"] }); // light and dark
  for (const colors of COLORS) matchMedia(colors).addEventListener("change", fit);
  followDensity();
}
