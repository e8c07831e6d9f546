/** Digits on paper: by the camera, or as a picture that is chosen, pasted or dropped. All of it stays in the page. */
/** @import { Pad } from "./pad.js" */
import { findInk, fitToPad, ImageError, PICTURE_SIDE } from "../../engine/pictures.js";
import { context2d, isTyping, query, setText } from "../../parts/dom.js";
import { paintInk } from "../../parts/ink.js";
import { readLastFrame, readPicture } from "../../parts/pictures.js";
import { openCamera } from "./camera.js";

const LIVE = "Hold one digit on paper before the camera. Nothing is sent or stored.";
const ASKING = "The browser asks whether this page may use the camera.";
const NOTHING = "No digit was found in this picture; write it large, and in dark ink.";

/** @param {Pad} pad */
export function mount({ element: pad, preview, replace, interrupt, interruptions }) {
  const button = (/** @type {string} */ name) => query(pad, `.pad-${name}`, HTMLButtonElement);
  const [cameraButton, takeButton, pictureButton] = ["camera", "take", "picture"].map(button);
  const [live, note] = ["live", "note"].map((name) => query(pad, `.pad-${name}`));
  const chosen = query(pad, "input", HTMLInputElement);
  const overlay = query(live, "canvas", HTMLCanvasElement);
  overlay.width = overlay.height = PICTURE_SIDE;
  let seen = /** @type {Uint8Array | null} */ (null); // the ink of the last frame
  let closeCamera = () => {};
  const say = (/** @type {string} */ text) => setText(note, text);

  function open() {
    interrupt();
    say(ASKING);
    closeCamera = openCamera(query(live, "video", HTMLVideoElement), started, watch, ended);
  }

  /** @param {boolean} isLive */
  function setLive(isLive) {
    pad.classList.toggle("is-live", isLive);
    live.hidden = !isLive;
  }

  function started() {
    setLive(true);
    say(LIVE);
    takeButton.focus({ preventScroll: true });
  }

  /** @param {ImageData} pixels */
  function watch(pixels) {
    const { ink, photo, problem } = find(pixels);
    seen = problem ? null : photo;
    const context = context2d(overlay);
    context.clearRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
    paintInk(context, ink, getComputedStyle(live).color, PICTURE_SIDE);
    takeButton.disabled = !seen;
    say(problem && problem !== NOTHING ? problem : LIVE);
    preview({ strokes: [], photo });
  }

  /** @param {string} problem */
  function ended(problem) {
    const hadFocus = live.contains(document.activeElement);
    setLive(false);
    say(problem);
    preview(null);
    if (hadFocus) (cameraButton.offsetParent ? cameraButton : query(pad, ".pad-canvas")).focus({ preventScroll: true });
  }

  /** @param {File} picture */
  async function read(picture) {
    interrupt();
    const first = await readPicture(picture);
    if ("problem" in first) return say(first.problem);
    let found = find(first.pixels);
    const last = found.problem === NOTHING && (await readLastFrame(picture));
    if (last) found = find(last);
    if (!found.problem) replace([], false, found.photo);
    say(found.problem);
  }

  /** Read a picture that was pasted or dropped; what has none, or is text, was not meant for the pad.
      @param {DataTransfer | null} data */
  function receive(data) {
    const files = Array.from(data?.files ?? []);
    const file = files.find(({ type }) => type.startsWith("image/")) ?? files[0];
    if (file && !file.type.startsWith("text/")) read(file);
  }

  // Close the camera, if it is open, and take back what was said.
  interruptions.push(() => {
    const wasLive = !live.hidden;
    closeCamera();
    say("");
    return wasLive;
  });
  cameraButton.disabled = pictureButton.disabled = false;
  cameraButton.addEventListener("click", open);
  takeButton.addEventListener("click", () => seen && replace([], false, seen));
  button("close").addEventListener("click", () => closeCamera());
  pictureButton.addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", () => {
    if (chosen.files?.length) read(chosen.files[0]);
    chosen.value = ""; // the same file can be chosen again
  });
  document.addEventListener("paste", ({ target, clipboardData }) => isTyping(target) || receive(clipboardData));
  for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    document.addEventListener(name, (event) => {
      const hasFile = event.dataTransfer?.types.includes("Files") ?? false;
      pad.classList.toggle("takes-picture", hasFile && name === "dragover");
      if (!hasFile) return;
      event.preventDefault(); // the browser would open the file instead of the page
      if (name === "drop") receive(event.dataTransfer);
    });
  }
}

/** The ink of a picture, as it is and as the pad has it, and why there is none, or "".
    @param {ImageData} pixels */
function find(pixels) {
  const { width, height } = pixels;
  let [ink, problem] = [new Uint8Array(width * height), NOTHING];
  try {
    ink = findInk(pixels);
    if (ink.some((tone) => tone > 0)) problem = "";
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    problem = error.message;
  }
  return { ink, photo: fitToPad(ink, width, height), problem };
}
