/* On a slow line, the pad is there before its module. What is drawn on it meanwhile is kept, as text in an attribute of the
   canvas, which the pad takes over. A plain script: it runs as soon as the parser comes to it. */
{
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(".pad-canvas"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const strokes = /** @type {[number, number][][]} */ ([]);
  const isTakenOver = () => "isReady" in canvas.dataset;
  let isDown = false;

  /** @param {PointerEvent} event */
  const add = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = 140 / width; // the canvas's pixels, as assets/engine/pen.js has them
    strokes[strokes.length - 1].push([(event.clientX - left) * scale, (event.clientY - top) * scale]);
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
  canvas.addEventListener("pointerdown", (event) => {
    if (isTakenOver() || event.button !== 0) return;
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    strokes.push([]);
    add(event);
  });
  canvas.addEventListener("pointermove", (event) => isDown && add(event));
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (isDown) canvas.dispatchEvent(new Event("early"));
      isDown = false;
    });
  }
}
