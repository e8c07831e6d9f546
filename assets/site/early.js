/** Keep what is drawn on the pad before its module has arrived, as text in attributes of the canvas, which the pad takes over,
    even in the middle of a stroke. This function is inlined in both pages, so it imports nothing.
    @param {HTMLElement} element the pad's */
export function keepEarlyStrokes(element) {
  document.documentElement.classList.toggle("has-view", /[?&]view=/.test(location.search)); // the pad is where it will stay
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector(".pad-canvas"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const strokes = /** @type {[number, number][][]} */ ([]);
  const draw = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = 140 / width; // the canvas's pixels, as assets/engine/pen.js has them
    strokes[strokes.length - 1].push([(clientX - left) * scale, (clientY - top) * scale]);
    canvas.dataset.early = JSON.stringify(strokes);
    canvas.width = canvas.height = 140;
    Object.assign(context, {
      lineWidth: 10,
      lineCap: "round",
      lineJoin: "round",
      strokeStyle: getComputedStyle(canvas).color,
    });
    for (const stroke of strokes) {
      context.beginPath();
      for (const point of [stroke[0], ...stroke]) context.lineTo(...point);
      context.stroke();
    }
  };
  const isDown = () => "earlyPen" in canvas.dataset && !("isReady" in canvas.dataset);
  const end = () => void delete canvas.dataset.earlyPen;
  canvas.addEventListener("pointerdown", (event) => {
    if ("isReady" in canvas.dataset || event.button !== 0 || isDown()) return;
    canvas.dataset.earlyPen = JSON.stringify([event.pointerId, event.pointerType]);
    canvas.setPointerCapture(event.pointerId);
    strokes.push([]);
    draw(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown()) return;
    if (event.buttons & 1) draw(event);
    else end();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);
}
