/** The camera, from the permission to its end: it is stopped when the page is hidden or left, too. */
import { scaled } from "../../parts/pictures.js";

/** @type {Record<string, string>} */
const PROBLEMS = {
  NotAllowedError: "The camera is not allowed here: allow it beside the page’s address, or choose a picture.",
  NotFoundError: "There is no camera; choose a picture, paste or drop one.",
  NotReadableError: "The camera can’t be used: perhaps another program has it; choose a picture.",
  // Browsers give cameras only to pages by https, of the same machine, or from a file.
  TypeError: "This browser gives the page no camera; choose, paste or drop a picture.",
};
const FAILED = "The camera did not start; choose a picture, paste or drop one.";
const SIZE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

/** Ask for the camera, and follow it to its end.
    @param {HTMLVideoElement} video @param {() => void} started @param {(pixels: ImageData) => void} onFrame takes the middle
      square of a frame @param {(problem: string) => void} ended is told why: a sentence, or "" if it was closed
    @returns {() => void} closes it */
export function openCamera(video, started, onFrame, ended) {
  const end = new AbortController();
  const { signal } = end;
  let stream = /** @type {MediaStream | null} */ (null);

  function close(problem = "") {
    if (signal.aborted) return;
    end.abort();
    stop(stream);
    video.srcObject = null;
    ended(problem);
  }

  async function open() {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...SIZE } });
    if (signal.aborted) return stop(stream);
    for (const track of stream.getTracks())
      track.addEventListener("ended", () => close("The camera was disconnected."));
    video.srcObject = stream;
    await video.play();
    if (signal.aborted) return;
    started();
    follow();
  }

  /** Hand frames over, for at most three quarters of the time: the rest is the page's. */
  function follow() {
    if (signal.aborted) return;
    const began = performance.now();
    const side = Math.min(video.videoWidth, video.videoHeight);
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    if (side) onFrame(scaled(video, { left, top, width: side, height: side }));
    setTimeout(() => requestAnimationFrame(follow), (performance.now() - began) / 3);
  }

  document.addEventListener("visibilitychange", () => document.hidden && close(), { signal });
  addEventListener("pagehide", () => close(), { signal });
  open().catch((error) => close(PROBLEMS[error.name] ?? FAILED));
  return () => close();
}

/** @param {MediaStream | null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
