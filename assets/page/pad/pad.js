/** The pad: pen movements become strokes and ink, which the rest of the page is told at once, and the server at pen-up. */
/** @import { MountContext, Point, Stroke } from "../../state/types.js" */
import { clip } from "../../engine/math.js";
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { create, query } from "../../parts/dom.js";
import { firstPoints, inkDrawing } from "../../parts/ink.js";
import { isMotionReduced } from "../../parts/player.js";
import * as verification from "../../server/verification.js";
import { hasServer, readJson } from "../../site/files.js";
import { defer } from "../../state/deferred.js";
import * as drawing from "../../state/drawing.js";
import { decode, encode } from "../../state/drawing-code.js";
import * as link from "../../state/link.js";
import { predictsTheSame } from "../../state/prediction.js";
import * as storage from "../../state/storage.js";
import * as views from "../../state/views.js";
import { demonstrate } from "./demonstration.js";
import { Editor } from "./editor.js";
import { createSurface } from "./surface.js";

const STEP = CANVAS_SIDE / 20; // of the keyboard's pen
const SAMPLE_DURATION = 700; // milliseconds in which a sample draws itself
const PEN_AWAY = 3000; // milliseconds without a pen after which a touch draws again: until then it may be the palm
const PALM_AHEAD = 1000; // milliseconds before a pen in which a touch was the palm
const [LEFT, ERASER] = [0, 5]; // buttons of a pointer; a pen has an eraser at its other end
const TYPING = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";
const STORED = "digit-sketchpad.drawing"; // what was on the pad when the page was left
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {MountContext} context */
export function mount({ element }) {
  const pad = query(element, ".pad");
  const canvas = query(element, ".pad-canvas", HTMLCanvasElement);
  const [undoButton, redoButton, clearButton] = ["undo", "redo", "clear"].map((name) =>
    query(element, `.pad-${name}`, HTMLButtonElement),
  );
  const editor = new Editor();
  let cursor = /** @type {Point} */ ([CANVAS_SIDE / 2, CANVAS_SIDE / 2]); // the keyboard's pen
  let isCursorShown = false;
  let pointer = /** @type {PointerEvent | null} */ (null); // how the one pointer that draws was put down
  const fingers = /** @type {Set<number>} */ (new Set()); // the touches on the pad, whether they draw or not
  let penSeen = -Infinity; // when a pen last did anything
  let touchEnded = -Infinity; // when a touch drew the last stroke of all
  let animation = 0; // the animation frame that was requested, while a sample draws itself
  let stopDemonstration = /** @type {(() => void) | null} */ (null); // while the page shows itself
  let photo = { close: () => false }; // until its module has been loaded, which can wait
  const surface = createSurface(canvas, () => ({
    strokes: editor.strokes,
    photo: editor.photo,
    cursor: isCursorShown ? { at: cursor, isDown: editor.isPenDown } : null,
  }));

  function publish() {
    const { strokes, canvas, isPenDown, isEmpty, canUndo, canRedo } = editor;
    pad.classList.toggle("has-ink", !isEmpty);
    pad.classList.toggle("has-strokes", strokes.length > 0);
    enable(clearButton, !isEmpty);
    enable(undoButton, canUndo);
    enable(redoButton, canRedo);
    const penIsDown = isPenDown || animation !== 0 || stopDemonstration !== null;
    drawing.set({ strokes, ink: canvas.ink, penIsDown });
  }

  /** A button that is disabled loses the keyboard's focus, which goes to the pad and not to nowhere.
      @param {HTMLButtonElement} button @param {boolean} isEnabled */
  function enable(button, isEnabled) {
    if (!isEnabled && button === document.activeElement) canvas.focus({ preventScroll: true });
    button.disabled = !isEnabled;
  }

  /** @param {Point} point @param {boolean} [isExact] without smoothing */
  function begin(point, isExact) {
    stopAnimation();
    photo.close();
    const hadPhoto = editor.photo !== null;
    editor.begin(point, isExact);
    if (hadPhoto) surface.repaint();
    else surface.add({ settled: [], tail: [point] });
    publish();
  }

  /** @param {Point[]} points */
  function extend(points) {
    surface.add(editor.extend(points));
    publish();
  }

  /** Lift the pen, whichever it is. */
  function lift() {
    pointer = null;
    if (!editor.isPenDown) return;
    editor.end();
    show(); // a stroke painted as a whole has smoother edges than one painted in pieces
  }

  /** Take the stroke back that is being drawn. */
  function cancel() {
    pointer = null;
    editor.cancel();
    show();
  }

  /** Let the pen and the sample go that are drawing, so that something else can change the drawing. */
  function interrupt() {
    stopDemonstration?.();
    photo.close();
    lift();
    stopAnimation();
    touchEnded = -Infinity;
  }

  function show() {
    surface.repaint();
    publish();
  }

  /** @param {Stroke[]} strokes @param {boolean} [isAnother] another drawing begins: the last one is not undone into it
      @param {Uint8Array} [ink] of a photo */
  function replace(strokes, isAnother, ink) {
    interrupt();
    if (isAnother) editor.forget();
    else editor.remember();
    editor.replace(strokes, ink);
    show();
  }

  function clear() {
    if (photo.close()) return;
    interrupt();
    if (!editor.isEmpty) replace([]);
  }

  function undo() {
    interrupt();
    editor.undo();
    show();
  }

  function redo() {
    interrupt();
    editor.redo();
    show();
  }

  const paper = {
    show(/** @type {Uint8Array} */ ink) {
      stopDemonstration?.();
      drawing.set({ strokes: [], ink, penIsDown: true });
    },
    take: (/** @type {Uint8Array} */ ink) => replace([], false, ink),
    end: publish,
  };
  defer(
    () => import("./photo.js"),
    ({ mountPhoto }) => (photo = mountPhoto(pad, TYPING, paper)),
  );
  undoButton.addEventListener("click", undo);
  redoButton.addEventListener("click", redo);
  clearButton.addEventListener("click", clear);
  drawing.connectPad(replace);

  const sizeButton = query(element, ".pad-size", HTMLButtonElement); // on a phone, beside a view
  sizeButton.addEventListener("click", () => {
    const isLarge = document.documentElement.classList.toggle("has-large-pad");
    sizeButton.ariaPressed = String(isLarge);
  });

  /** Where on the canvas pointer events are. @param {PointerEvent[]} events @returns {Point[]} */
  function places(events) {
    const { left, top, width } = canvas.getBoundingClientRect(); // it is a square
    const scale = CANVAS_SIDE / width;
    return events.map(({ clientX, clientY }) => [(clientX - left) * scale, (clientY - top) * scale]);
  }

  /** Where a pen is, touches are the palm's: what they draw, or drew just before, is taken back. @param {PointerEvent} event */
  function seePen({ pointerType }) {
    if (pointerType !== "pen") return;
    penSeen = performance.now();
    if (pointer?.pointerType === "touch") cancel();
    else if (penSeen - touchEnded < PALM_AHEAD) undo();
  }

  for (const name of /** @type {const} */ (["pointerdown", "pointermove", "pointerup"])) {
    document.addEventListener(name, seePen, { capture: true });
  }

  /** Whether a touch may draw: with one finger, and no pen about. @param {PointerEvent} event */
  function mayDraw({ pointerId, pointerType }) {
    if (pointerType !== "touch") return true;
    fingers.add(pointerId);
    if (fingers.size > 1 && pointer?.pointerType === "touch") cancel();
    return fingers.size === 1 && performance.now() - penSeen > PEN_AWAY;
  }

  canvas.addEventListener("pointerdown", (event) => {
    getSelection()?.removeAllRanges(); // it would be dragged instead of the pen
    if (!mayDraw(event) || pointer || ![LEFT, ERASER].includes(event.button)) return;
    putDown(event);
  });

  /** @param {PointerEvent} event */
  function putDown(event) {
    interrupt(); // the keyboard's pen, if it is down
    pointer = event;
    canvas.setPointerCapture(event.pointerId);
    hideCursor();
    const [place] = places([event]);
    if (isErasing(event)) erase([place]);
    else begin(place);
  }

  /** @param {Point[]} points */
  function erase(points) {
    if (editor.erase(points)) show();
  }

  // A stroke may enter from outside, unless it is text that was pressed on or is being selected.
  let isText = false;
  document.addEventListener("pointerdown", ({ target }) => (isText = hasText(target)), { capture: true });
  canvas.addEventListener("pointerenter", (event) => {
    const isDown = (event.buttons & 1) !== 0 && event.pointerType !== "touch";
    if (isDown && !pointer && !isText && getSelection()?.isCollapsed !== false) putDown(event);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer?.pointerId) return;
    const movements = event.getCoalescedEvents?.() ?? [];
    const points = places(movements.length ? movements : [event]);
    if (isErasing(pointer)) erase(points);
    else extend(points);
  });

  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    canvas.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (event.pointerId !== pointer?.pointerId) return;
      if (name === "pointercancel") cancel();
      else lift();
      if (name === "pointerup" && event.pointerType === "touch") touchEnded = performance.now();
    });
  }

  canvas.addEventListener("dragstart", (event) => event.preventDefault());
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a pause, not a menu
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });

  const held = /** @type {Set<string>} */ (new Set()); // arrow keys: two at once draw a diagonal

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || pointer) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      moveCursor(event.shiftKey ? STEP / 4 : STEP);
    } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
      isCursorShown = true;
      if (editor.isPenDown) lift();
      else begin(cursor, true);
      say(editor.isPenDown ? "Pen down." : "Pen up.");
      surface.repaint();
    } else return;
    event.preventDefault();
  });

  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("blur", () => {
    held.clear();
    hideCursor();
    lift();
  });

  const spoken = query(element, ".pad-spoken");
  const say = (/** @type {string} */ words) => (spoken.textContent = words);

  /** @param {number} step */
  function moveCursor(step) {
    let [x, y] = cursor;
    for (const key of held) {
      x += ARROWS[key][0] * step;
      y += ARROWS[key][1] * step;
    }
    const [low, high] = [PEN_WIDTH / 2, CANVAS_SIDE - PEN_WIDTH / 2];
    cursor = [clip(x, low, high), clip(y, low, high)];
    isCursorShown = true;
    if (editor.isPenDown) extend([cursor]);
    else surface.repaint();
  }

  function hideCursor() {
    isCursorShown = false;
    surface.repaint();
  }

  document.addEventListener("keydown", (event) => {
    const { target, defaultPrevented, shiftKey, ctrlKey, metaKey } = event;
    if (defaultPrevented || (target instanceof Element && target.closest(TYPING))) return;
    const key = event.key.toLowerCase();
    if (key === "escape") clear();
    else if (key === "z" && (ctrlKey || metaKey)) (shiftKey ? redo : undo)();
    else if (key === "y" && ctrlKey) redo();
    else return;
    event.preventDefault();
  });

  if (/^(Mac|iP)/.test(navigator.platform)) {
    const shortcuts = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-apple]"));
    for (const shortcut of shortcuts) shortcut.textContent = shortcut.dataset.apple ?? "";
  }

  /** A button for a digit; every click draws it in the style that it shows, and goes on to the next style.
      @param {{ name: string, strokes: Stroke[] }[]} styles */
  function sampleButton(styles) {
    let next = 0;
    const button = create("button", { type: "button" });
    const offer = () => {
      button.title = button.ariaLabel = styles[next].name;
      button.replaceChildren(inkDrawing(styles[next].strokes));
    };
    button.addEventListener("click", () => {
      playSample(styles[next].strokes);
      next = (next + 1) % styles.length;
      offer();
    });
    offer();
    return button;
  }

  /** Draw a sample point by point, so that one sees the network change its mind. @param {Stroke[]} sample */
  function playSample(sample) {
    interrupt();
    editor.remember();
    const length = sample.flat().length;
    const began = performance.now();
    const duration = isMotionReduced.matches ? 0 : SAMPLE_DURATION;
    const step = (/** @type {number} */ now) => {
      const share = duration ? Math.min((now - began) / duration, 1) : 1;
      animation = share < 1 ? requestAnimationFrame(step) : 0;
      editor.replace(firstPoints(sample, Math.ceil(Math.max(share, 0) * length)));
      show();
    };
    step(began);
  }

  function stopAnimation() {
    cancelAnimationFrame(animation);
    animation = 0;
  }

  let samples = /** @type {{ name: string, strokes: Stroke[] }[][]} */ ([]);

  /** Show what the page does, without a trace in undo, in storage, on the server, or for a screen reader. */
  function showItself() {
    const inTurn = samples.map((_, i) => samples[(3 * i + 2) % samples.length][0].strokes);
    const showSample = (/** @type {Stroke[]} */ strokes) => {
      editor.replace(strokes);
      show();
    };
    stopDemonstration = demonstrate(inTurn, canvas, showSample, (kept) => {
      stopDemonstration = null;
      pad.classList.remove("shows-itself");
      editor.replace([]);
      if (kept?.length) replace(kept);
      else show();
    });
    pad.classList.add("shows-itself");
  }

  // The drawing is kept when one navigates back to the page. When the visitor reloads it, it starts empty.
  addEventListener("pagehide", () => {
    stopDemonstration?.();
    storage.set(STORED, editor.strokes);
  });
  const stored = storage.get(STORED, storage.areStrokes);
  const [navigation] = performance.getEntriesByType("navigation");
  const cameBack = navigation instanceof PerformanceNavigationTiming && navigation.type === "back_forward";
  if (stored && cameBack) editor.replace(stored);
  show();

  // What was drawn before this module was there (assets/site/early.js).
  const takeEarly = () => {
    /** @type {Stroke[]} */
    const strokes = JSON.parse(canvas.dataset.early ?? "[]");
    if (strokes.length) replace(strokes, true);
  };
  canvas.dataset.isReady = "";
  canvas.addEventListener("early", takeEarly, { once: true });
  takeEarly();
  link.register(
    "drawing",
    () => (stopDemonstration ? "" : encode(editor.strokes, predictsTheSame)),
    (text) => {
      const strokes = decode(text);
      if (strokes) replace(strokes);
      return strokes !== null;
    },
  );
  readJson("samples.json").then((styles) => {
    samples = styles;
    query(element, ".pad-samples").append(...samples.map(sampleButton));
    // The views are known, and a link's drawing is on the pad, when all of the page is there.
    setTimeout(() => !isMotionReduced.matches && !editor.canUndo && editor.isEmpty && !views.current() && showItself());
  });

  if (hasServer) verification.connect();
}

/** @param {PointerEvent} event */
function isErasing({ button, buttons }) {
  return button === ERASER || (buttons & 32) !== 0;
}

/** Whether an element has text of its own, and not just in others that it contains. @param {EventTarget | null} target */
function hasText(target) {
  return target instanceof Element && [...target.childNodes].some((node) => node instanceof Text && node.data.trim());
}
