/** The pad: pen movements become strokes and ink, which the rest of the page is told in the same task. */
/** @import { MountContext, Point, Stroke } from "../../state/types.js" */
/** @import { Content } from "./editor.js" */
import { clip } from "../../engine/math.js";
import { CANVAS_SIDE, InkCanvas, PEN_WIDTH } from "../../engine/pen.js";
import { isTyping, query } from "../../parts/dom.js";
import { drawing, isPadLarge, pad as controls } from "../../state/drawing.js";
import { mountLater } from "../../state/networks.js";
import { state } from "../../state/state.js";
import { effect } from "../../vendor/signals-core.js";
import { Editor } from "./editor.js";
import { createSurface } from "./surface.js";

/** @typedef {{ pointerId: number, pointerType: string, isEraser: boolean, pad: DOMRect }} Pen the pointer that draws, and
    where the pad was when it was put down: a pad that moves meanwhile does not move the stroke

    What the pad gives to samples and photos, whose modules can wait: `preview` shows something in the drawing's place, until
    it is null; `interruptions` end what draws by itself, and return true for a camera, as to close it is all that Clear and
    Escape do then; `interrupt` calls them.
    @typedef {{ element: HTMLElement, preview: (content: Content | null) => void, interrupt: () => boolean,
      interruptions: (() => boolean | void)[],
      replace: (strokes: Stroke[], isAnother?: boolean, photo?: Uint8Array) => void }} Pad */

const STEP = CANVAS_SIDE / 20; // of the keyboard's pen
const PEN_AWAY = 3000; // milliseconds without a pen after which a touch draws again: until then it may be the palm
const PALM_AHEAD = 1000; // milliseconds before a pen in which a touch was the palm
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
  let preview = /** @type {Content & { ink: Uint8Array } | null} */ (null);
  const interruptions = /** @type {Pad["interruptions"]} */ ([]);
  const paint = createSurface(
    canvas,
    () => preview ?? editor,
    () => (isCursorShown ? { at: cursor, isDown: editor.isPenDown } : null),
  );

  function show() {
    paint();
    const { strokes, photo, ink } = preview ?? editor;
    const penIsDown = editor.isPenDown || preview !== null;
    drawing.value = { strokes, ink, penIsDown };
    if (!penIsDown) state.strokes.value = strokes;
    const isEmpty = !photo && !strokes.length;
    pad.classList.toggle("has-ink", !isEmpty);
    enable(clearButton, !isEmpty);
    enable(undoButton, editor.canUndo);
    enable(redoButton, editor.canRedo);
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
    lift();
    const meant = interruptions.map((end) => end());
    preview = null;
    touchEnded = -Infinity;
    return meant.includes(true);
  }

  /** @param {Stroke[]} strokes @param {boolean} [isAnother] another drawing begins: the last one is not undone into it
      @param {Uint8Array} [photo] its ink */
  function replace(strokes, isAnother, photo) {
    interrupt();
    if (isAnother) editor.forget();
    else editor.remember();
    editor.replace(strokes, photo);
    show();
  }

  function clear() {
    if (!interrupt() && !editor.isEmpty) replace([]);
  }

  /** @param {-1 | 1} by */
  function step(by) {
    interrupt();
    editor.step(by);
    show();
  }

  Object.assign(controls, { replace, focus });
  undoButton.addEventListener("click", () => step(-1));
  redoButton.addEventListener("click", () => step(1));
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
    else if (penSeen - touchEnded < PALM_AHEAD) step(-1);
  }

  /** Whether a touch may draw: with one finger, and no pen about. @param {PointerEvent} event */
  function mayDraw({ pointerId, pointerType }) {
    if (pointerType !== "touch") return true;
    fingers.add(pointerId);
    if (fingers.size > 1 && pen?.pointerType === "touch") cancel();
    return fingers.size === 1 && performance.now() - penSeen > PEN_AWAY;
  }

  /** @param {PointerEvent & { pad?: DOMRect }} event an early one says where the pad was */
  function putDown(event) {
    const { pointerId, pointerType, buttons, pad = canvas.getBoundingClientRect() } = event;
    interrupt(); // the keyboard's pen, if it is down
    pen = { pointerId, pointerType, isEraser: (buttons & ERASER) !== 0, pad };
    if (event.isTrusted) canvas.setPointerCapture(pointerId); // the pointer of an early event may be gone
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
    if (defaultPrevented || isTyping(target)) return;
    const key = latinKey(event);
    if (key === "escape" && !(target instanceof Element && target.closest(ELSEWHERE))) clear();
    else if (key === "z" && (ctrlKey || metaKey)) step(shiftKey ? 1 : -1);
    else if (key === "y" && ctrlKey) step(1);
    else return;
    event.preventDefault();
  });

  const sizeButton = button("size"); // in the strip beside a view
  sizeButton.addEventListener("click", () => (isPadLarge.value = !isPadLarge.value));
  effect(() => {
    document.documentElement.classList.toggle("has-large-pad", isPadLarge.value);
    sizeButton.setAttribute("aria-pressed", String(isPadLarge.value));
  });

  /** @param {Content | null} content */
  function setPreview(content) {
    preview = content && { ...content, ink: content.photo ?? new InkCanvas().draw(content.strokes).ink };
    show();
  }

  const parts = { element: pad, preview: setPreview, interrupt, interruptions, replace };
  mountLater(() => import("./samples.js"), parts);
  mountLater(() => import("./photo.js"), parts);

  // What the pointer did before this module was there is done again, even in the middle of a stroke (assets/site/early.js).
  const early = /** @type {{ earlyEvents?: PointerEvent[] }} */ (canvas);
  const { earlyEvents = [] } = early;
  delete early.earlyEvents;
  const kept = state.strokes.value;
  for (const event of earlyEvents) canvas.dispatchEvent(event);
  if (editor.isEmpty) editor.replace(kept); // a press may have drawn nothing
  show();
}

/** The key in lower case; on a keyboard with another alphabet, the one that is at the same place on a Latin keyboard.
    @param {KeyboardEvent} event */
function latinKey({ key, code }) {
  const isForeign = key.length === 1 && key > "\x7f";
  return (isForeign && code.startsWith("Key") ? code.slice("Key".length) : key).toLowerCase();
}
