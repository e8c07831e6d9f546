/** @typedef {PointerEvent & { pad: DOMRect }} EarlyEvent an event, and where the pad was then */

/** Keep what the pointer does on the pad before the pad's module has arrived, which does it again, even in the middle of a
    stroke; and draw it, for the time being. This function is inlined in both pages, so it imports nothing.
    @param {HTMLElement} element the pad's */
export function keepEarlyEvents(element) {
  document.documentElement.classList.toggle("has-view", /[?&]view=/.test(location.search)); // the pad is where it will stay
  const canvas = /** @type {HTMLCanvasElement & { earlyEvents?: EarlyEvent[] }} */ (
    element.querySelector(".pad-canvas")
  );
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const events = /** @type {EarlyEvent[]} */ (canvas.earlyEvents = []);
  const keep = (/** @type {PointerEvent} */ event) => {
    if (!canvas.earlyEvents || (!event.buttons && !events.length)) return;
    if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
    events.push(Object.assign(event, { pad: canvas.getBoundingClientRect() })); // it may move until they are done again
    canvas.width = canvas.height = 140;
    Object.assign(context, { lineWidth: 10, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = getComputedStyle(canvas).color;
    for (const { type, buttons, clientX, clientY, pad } of events) {
      const scale = 140 / pad.width; // the canvas's pixels, as assets/engine/pen.js has them
      const place = /** @type {const} */ ([(clientX - pad.left) * scale, (clientY - pad.top) * scale]);
      if (type === "pointerdown") context.moveTo(...place);
      if (buttons & 1) context.lineTo(...place);
    }
    context.stroke();
  };
  for (const type of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "pointercancel"])) {
    canvas.addEventListener(type, keep);
  }
}
