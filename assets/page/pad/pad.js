/** The pad: pen movements become strokes and ink, which the rest of the page is told in the same task. */
/** @import { MountContext, Point, Stroke } from "../../state/types.js" */
import { clip } from "../../engine/math.js";
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { query } from "../../parts/dom.js";
import { firstPoints, inkDrawing } from "../../parts/ink.js";
import { createPlayer, isMotionReduced } from "../../parts/player.js";
import { readJson } from "../../site/files.js";
import { drawing, isPadLarge, pad as controls } from "../../state/drawing.js";
import { arrived } from "../../state/networks.js";
import { PART_MISSING, problem, reset, state } from "../../state/state.js";
import { html, render } from "../../vendor/lit-html.js";
import { effect } from "../../vendor/signals-core.js";
import { demonstrate, startAnewUntouched } from "./demonstration.js";
import { Editor } from "./editor.js";
import { createSurface } from "./surface.js";

/** @typedef {{ pointerId: number, pointerType: string, isEraser: boolean, pad: DOMRect }} Pen the pointer that draws, and
    where the pad was when it was put down: a pad that moves meanwhile does not move the stroke
 *  @typedef {{ name: string, strokes: Stroke[] }} Sample */

const STEP = CANVAS_SIDE / 20; // of the keyboard's pen
const SAMPLE_DURATION = 700; // milliseconds in which a sample draws itself
const PEN_AWAY = 3000; // milliseconds without a pen after which a touch draws again: until then it may be the palm
const PALM_AHEAD = 1000; // milliseconds before a pen in which a touch was the palm
const TYPING = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";
const ERASER = 32; // in a pointer's `buttons`: the other end of a pen
const ELSEWHERE = ".view, .header"; // where Escape has a meaning of its own
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {MountContext} context */
export function mount({ element }) {
  const pad = query(element, ".pad");
  const canvas = query(element, ".pad-canvas", HTMLCanvasElement);
  const button = (/** @type {string} */ name) => query(element, `.pad-${name}`, HTMLButtonElement);
  const [clearButton, undoButton, redoButton] = ["clear", "undo", "redo"].map(button);
  const editor = new Editor();
  let cursor = /** @type {Point} */ ([CANVAS_SIDE / 2, CANVAS_SIDE / 2]); // the keyboard's pen
  let isCursorShown = false;
  let pen = /** @type {Pen | null} */ (null);
  const fingers = /** @type {Set<number>} */ (new Set()); // the touches on the pad, whether they draw or not
  let penSeen = -Infinity; // when a pen last did anything
  let touchEnded = -Infinity; // when a touch drew the last stroke of all
  let sample = /** @type {Stroke[]} */ ([]); // the one that draws itself
  let stopDemonstration = /** @type {(() => void) | null} */ (null);
  let photo = { close: () => false }; // until its module has been loaded, which can wait
  const paint = createSurface(canvas, () => ({
    strokes: editor.strokes,
    photo: editor.photo,
    cursor: isCursorShown ? { at: cursor, isDown: editor.isPenDown } : null,
  }));
  const player = createPlayer({
    duration: () => (isMotionReduced.matches ? 0 : SAMPLE_DURATION),
    show(share) {
      editor.replace(firstPoints(sample, Math.ceil(share * sample.flat().length)));
      show();
    },
  });

  function show() {
    paint();
    const { strokes, canvas, isPenDown, isEmpty, canUndo, canRedo } = editor;
    const penIsDown = isPenDown || player.isPlaying.value || stopDemonstration !== null;
    drawing.value = { strokes, ink: canvas.ink, penIsDown };
    if (!penIsDown) state.strokes.value = strokes;
    pad.classList.toggle("has-ink", !isEmpty);
    enable(clearButton, !isEmpty);
    enable(undoButton, canUndo);
    enable(redoButton, canRedo);
  }

  /** A button that is disabled loses the keyboard's focus, which goes to the pad and not to nowhere.
      @param {HTMLButtonElement} button @param {boolean} isOn */
  function enable(button, isOn) {
    if (button.disabled === !isOn) return;
    if (!isOn && button === document.activeElement) focus();
    button.disabled = !isOn;
  }

  const focus = () => canvas.focus({ preventScroll: true });

  /** Lift the pen, whichever it is. */
  function lift() {
    pen = null;
    if (!editor.isPenDown) return;
    editor.end();
    show();
  }

  /** Take the stroke back that is being drawn. */
  function cancel() {
    pen = null;
    editor.cancel();
    show();
  }

  /** Let everything end that draws, so that something else can change the drawing: a sample is there at once. */
  function interrupt() {
    stopDemonstration?.();
    photo.close();
    lift();
    if (player.isPlaying.value) {
      player.stop();
      editor.replace(sample);
    }
    touchEnded = -Infinity;
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

  /** @param {"undo" | "redo"} way */
  function step(way) {
    interrupt();
    editor.step(way);
    show();
  }

  Object.assign(controls, { replace, focus });
  undoButton.addEventListener("click", () => step("undo"));
  redoButton.addEventListener("click", () => step("redo"));
  clearButton.addEventListener("click", clear);

  // --- pens, mice and fingers -----------------------------------------------------------------------------------------

  /** Where on the canvas pointer events are. @param {PointerEvent[]} events @returns {Point[]} */
  function places(events) {
    const { left, top, width } = pen?.pad ?? canvas.getBoundingClientRect(); // it is a square
    const scale = CANVAS_SIDE / width;
    return events.map(({ clientX, clientY }) => [(clientX - left) * scale, (clientY - top) * scale]);
  }

  /** Where a pen is, touches are the palm's: what they draw, or drew just before, is taken back. @param {PointerEvent} event */
  function seePen({ pointerType }) {
    if (pointerType !== "pen") return;
    penSeen = performance.now();
    if (pen?.pointerType === "touch") cancel();
    else if (penSeen - touchEnded < PALM_AHEAD) step("undo");
  }

  /** Whether a touch may draw: with one finger, and no pen about. @param {PointerEvent} event */
  function mayDraw({ pointerId, pointerType }) {
    if (pointerType !== "touch") return true;
    fingers.add(pointerId);
    if (fingers.size > 1 && pen?.pointerType === "touch") cancel();
    return fingers.size === 1 && performance.now() - penSeen > PEN_AWAY;
  }

  /** @param {PointerEvent} event */
  function putDown(event) {
    const { pointerId, pointerType, buttons } = event;
    interrupt(); // the keyboard's pen, if it is down
    pen = { pointerId, pointerType, isEraser: (buttons & ERASER) !== 0, pad: canvas.getBoundingClientRect() };
    canvas.setPointerCapture(pointerId);
    isCursorShown = false;
    if (pen.isEraser) editor.erase(places([event]));
    else editor.begin(places([event])[0]);
    show();
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!event.buttons) return lift(); // the end of the stroke went elsewhere
    const movements = event.getCoalescedEvents?.() ?? [];
    const points = places(movements.length ? movements : [event]);
    if (pen?.isEraser) editor.erase(points);
    else editor.extend(points);
    show();
  }

  canvas.addEventListener("pointerdown", (event) => {
    getSelection()?.removeAllRanges(); // it would be dragged instead of the pen
    const isTip = event.button === 0 || (event.buttons & ERASER) !== 0;
    if (mayDraw(event) && !pen && isTip) putDown(event);
  });

  // A stroke may enter from outside, unless it is text that was pressed on.
  let isText = false;
  const isWritten = (/** @type {Node} */ node) => node instanceof Text && node.data.trim() !== "";
  document.addEventListener("pointerdown", ({ target }) => {
    isText = target instanceof Node && [...target.childNodes].some(isWritten);
  }, { capture: true }); // prettier-ignore
  canvas.addEventListener("pointerenter", (event) => {
    if (event.buttons & 1 && event.pointerType !== "touch" && !pen && !isText) putDown(event);
  });

  for (const name of /** @type {const} */ (["pointerdown", "pointermove", "pointerup"])) {
    document.addEventListener(name, seePen, { capture: true });
  }

  // The document hears of a stroke to its end, even if the pad loses the pointer.
  document.addEventListener("pointermove", (event) => event.pointerId === pen?.pointerId && move(event));
  document.addEventListener("pointerup", (event) => {
    fingers.delete(event.pointerId);
    if (event.pointerId !== pen?.pointerId) return;
    lift();
    if (event.pointerType === "touch") touchEnded = performance.now();
  });
  document.addEventListener("pointercancel", (event) => {
    fingers.delete(event.pointerId);
    if (event.pointerId === pen?.pointerId) cancel();
  });
  canvas.addEventListener("dragstart", (event) => event.preventDefault());
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a pause, not a menu
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });

  // --- the keyboard ---------------------------------------------------------------------------------------------------

  const held = /** @type {Set<string>} */ (new Set()); // arrow keys: two at once draw a diagonal
  const spoken = query(element, ".pad-spoken");

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || pen) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      moveCursor(event.shiftKey ? STEP / 4 : STEP);
    } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
      isCursorShown = true;
      if (editor.isPenDown) lift();
      else {
        interrupt();
        editor.begin(cursor);
        show();
      }
      spoken.textContent = editor.isPenDown ? "Pen down." : "Pen up.";
    } else return;
    event.preventDefault();
  });

  /** @param {number} step */
  function moveCursor(step) {
    const [low, high] = [PEN_WIDTH / 2, CANVAS_SIDE - PEN_WIDTH / 2];
    for (const key of held) {
      const [x, y] = ARROWS[key];
      cursor = [clip(cursor[0] + x * step, low, high), clip(cursor[1] + y * step, low, high)];
    }
    isCursorShown = true;
    if (editor.isPenDown) {
      editor.extend([cursor]);
      show();
    } else paint();
  }

  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("blur", () => {
    held.clear();
    isCursorShown = false;
    if (pen) return; // another pointer draws on, whatever takes the focus
    lift();
    paint();
  });

  document.addEventListener("keydown", (event) => {
    const { target, defaultPrevented, shiftKey, ctrlKey, metaKey } = event;
    if (defaultPrevented || (target instanceof Element && target.closest(TYPING))) return;
    const key = latinKey(event);
    if (key === "escape" && !(target instanceof Element && target.closest(ELSEWHERE))) clear();
    else if (key === "z" && (ctrlKey || metaKey)) step(shiftKey ? "redo" : "undo");
    else if (key === "y" && ctrlKey) step("redo");
    else return;
    event.preventDefault();
  });

  // --- photos and samples ---------------------------------------------------------------------------------------------

  const paper = {
    show(/** @type {Uint8Array} */ ink) {
      stopDemonstration?.();
      drawing.value = { strokes: [], ink, penIsDown: true };
    },
    take: (/** @type {Uint8Array} */ ink) => replace([], false, ink),
    end: show,
  };
  const loadPhoto = async () => {
    await arrived; // the first prediction needs nothing of it
    const { mountPhoto } = await import("./photo.js");
    photo = mountPhoto(pad, TYPING, paper);
  };
  loadPhoto().catch(() => (problem.value ||= PART_MISSING));

  const sizeButton = button("size"); // in the strip beside a view
  sizeButton.addEventListener("click", () => (isPadLarge.value = !isPadLarge.value));
  effect(() => {
    document.documentElement.classList.toggle("has-large-pad", isPadLarge.value);
    sizeButton.setAttribute("aria-pressed", String(isPadLarge.value));
  });

  /** Every click on a digit draws it in the style that the button shows, and goes on to the next style.
      @param {Sample[][]} samples */
  function offer(samples) {
    const turns = samples.map(() => 0);
    const template = () =>
      samples.map((styles, digit) => {
        const { name, strokes } = styles[turns[digit]];
        const onclick = () => {
          interrupt();
          editor.remember();
          sample = strokes;
          player.play();
          turns[digit] = (turns[digit] + 1) % styles.length;
          render(template(), row);
        };
        return html`<button type="button" title=${name} aria-label=${name} @click=${onclick}>
          ${inkDrawing(strokes)}
        </button>`;
      });
    const row = query(element, ".pad-samples");
    render(template(), row);
    const showItself = () => isMotionReduced.matches || demonstration(samples);
    if (state.kiosk.value) {
      startAnewUntouched(() => {
        replace([], true);
        reset();
        scrollTo(0, 0);
        showItself();
      });
    }
    if (state.kiosk.value || (!state.view.value && !editor.canUndo && editor.isEmpty && !pen)) showItself();
  }

  /** Show what the page does, without a trace in undo, in storage, on the server, or for a screen reader.
      @param {Sample[][]} samples */
  function demonstration(samples) {
    const inTurn = samples.map((_, i) => samples[(3 * i + 2) % samples.length][0].strokes);
    const showSample = (/** @type {Stroke[]} */ strokes) => {
      pad.classList.add("shows-itself");
      editor.replace(strokes);
      show();
    };
    stopDemonstration = demonstrate(inTurn, state.kiosk.value, canvas, showSample, (kept) => {
      stopDemonstration = null;
      pad.classList.remove("shows-itself");
      editor.replace([]);
      if (kept.length) replace(kept);
      else show();
    });
  }

  // --- the beginning --------------------------------------------------------------------------------------------------

  // What was drawn before this module was there is taken over, even in the middle of a stroke (assets/site/early.js).
  const early = /** @type {Stroke[]} */ (JSON.parse(canvas.dataset.early ?? "[]"));
  const earlyPen = JSON.parse(canvas.dataset.earlyPen ?? "null");
  const [current] = earlyPen ? early.splice(-1) : [];
  editor.replace(early.length || current ? early : state.strokes.value);
  if (current) {
    pen = { pointerId: earlyPen[0], pointerType: earlyPen[1], isEraser: false, pad: canvas.getBoundingClientRect() };
    editor.begin(current[0]);
    editor.extend(current.slice(1));
  }
  canvas.dataset.isReady = "";
  show();
  addEventListener("pagehide", () => stopDemonstration?.());
  readJson("samples.json").then(offer, () => (problem.value ||= PART_MISSING));
}

/** The key in lower case; on a keyboard with another alphabet, the one that is at the same place on a Latin keyboard.
    @param {KeyboardEvent} event */
function latinKey({ key, code }) {
  const isForeign = key.length === 1 && key > "\x7f";
  return (isForeign && code.startsWith("Key") ? code.slice("Key".length) : key).toLowerCase();
}
