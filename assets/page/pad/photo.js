/** Digits on paper: by the camera, or as a picture that is chosen, pasted or dropped. All of it stays in the page. */
import { findInk, fitToPad, ImageError, PICTURE_SIDE } from "../../engine/pictures.js";
import { context2d, create, query, setText } from "../../parts/dom.js";
import { paintInk } from "../../parts/ink.js";
import { readLastFrame, readPicture } from "../../parts/pictures.js";
import { Camera, isThere } from "./camera.js";

const LIVE = "Hold one digit on paper before the camera. Nothing is sent or stored.";
const ASKING = "The browser asks whether this page may use the camera.";
const NO_CAMERA = "This browser gives the page no camera; choose, paste or drop a picture.";
const NOTHING = "No digit was found in this picture; write it large, and in dark ink.";
const NO_PICTURE = "There is no picture in what was pasted or dropped.";

/** @param {HTMLElement} pad @param {string} typing what is pasted into such elements is text
    @param {{ show: (ink: Uint8Array) => void, take: (ink: Uint8Array) => void, end: () => void }} to `show` is told the ink
      of every frame, 140 x 140; `take` that of a picture, to keep; `end` that the camera was closed */
export function mountPhoto(pad, typing, to) {
  const [cameraButton, takeButton] = ["camera", "take"].map((name) => query(pad, `.pad-${name}`, HTMLButtonElement));
  const [live, note] = ["live", "note"].map((name) => query(pad, `.pad-${name}`));
  const chosen = query(pad, "input", HTMLInputElement);
  const overlay = query(live, "canvas", HTMLCanvasElement);
  overlay.width = overlay.height = PICTURE_SIDE;
  let seen = /** @type {Uint8Array | null} */ (null); // the ink of the last frame
  const say = (/** @type {string} */ text) => setText(note, text);
  const camera = new Camera(query(live, "video", HTMLVideoElement), watch, close);

  /** @param {boolean} isLive */
  function setLive(isLive) {
    pad.classList.toggle("is-live", isLive);
    live.hidden = !isLive;
  }

  async function open() {
    say(ASKING);
    if (!(await camera.open())) return;
    setLive(true);
    say(LIVE);
    takeButton.focus({ preventScroll: true });
  }

  /** @param {ImageData} pixels */
  function watch(pixels) {
    const { ink, problem } = find(pixels);
    seen = ink.some((tone) => tone > 0) ? fitToPad(ink, pixels.width, pixels.height) : null;
    const context = context2d(overlay);
    context.clearRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
    paintInk(context, ink, getComputedStyle(live).color, PICTURE_SIDE);
    takeButton.disabled = !seen;
    say(problem || LIVE);
    to.show(seen ?? fitToPad(ink, pixels.width, pixels.height));
  }

  /** @param {string} problem */
  function close(problem) {
    const hadFocus = live.contains(document.activeElement);
    setLive(false);
    say(problem);
    seen = null;
    to.end();
    if (hadFocus) (cameraButton.offsetParent ? cameraButton : query(pad, ".pad-canvas")).focus({ preventScroll: true });
  }

  function take() {
    const ink = seen;
    if (!ink) return;
    camera.close();
    to.take(ink);
  }

  /** @param {FileList | undefined} files */
  async function read(files) {
    camera.close();
    const picture = Array.from(files ?? []).find(({ type }) => type.startsWith("image/")) ?? files?.[0];
    if (!picture) return say(NO_PICTURE);
    const found = await readPicture(picture);
    if ("problem" in found) return say(found.problem);
    const isBlank = (/** @type {Uint8Array} */ ink) => !ink.some((tone) => tone > 0);
    let { pixels } = found;
    let { ink, problem } = find(pixels);
    if (isBlank(ink) && !problem) {
      pixels = (await readLastFrame(picture)) ?? pixels;
      ({ ink, problem } = find(pixels));
    }
    if (!isBlank(ink)) to.take(fitToPad(ink, pixels.width, pixels.height));
    say(problem || (isBlank(ink) ? NOTHING : ""));
  }

  const pictureButton = query(pad, ".pad-picture", HTMLButtonElement);
  cameraButton.disabled = pictureButton.disabled = false;
  cameraButton.addEventListener("click", open);
  takeButton.addEventListener("click", take);
  query(pad, ".pad-close").addEventListener("click", () => camera.close());
  pictureButton.addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", () => {
    if (chosen.files?.length) read(chosen.files);
    chosen.value = ""; // the same file can be chosen again
  });
  document.addEventListener("paste", (event) => {
    if (event.target instanceof Element && event.target.closest(typing)) return;
    read(event.clipboardData?.files);
  });
  for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    document.addEventListener(name, (event) => {
      const hasFile = event.dataTransfer?.types.includes("Files") ?? false;
      pad.classList.toggle("takes-picture", hasFile && name === "dragover");
      if (!hasFile) return;
      event.preventDefault(); // the browser would open the file instead of the page
      if (name === "drop") read(event.dataTransfer?.files);
    });
  }
  if (!isThere()) cameraButton.replaceWith(create("span", { class: "pad-no-camera" }, NO_CAMERA));

  return {
    /** Close the camera, if it is open, and take back what was said. Returns whether it was open. */
    close() {
      const wasLive = !live.hidden;
      camera.close();
      say("");
      return wasLive;
    },
  };
}

/** The ink of a picture, or why there is none. @param {ImageData} pixels @returns {{ ink: Uint8Array, problem: string }} */
function find(pixels) {
  try {
    return { ink: findInk(pixels), problem: "" };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { ink: new Uint8Array(pixels.width * pixels.height), problem: error.message };
  }
}
