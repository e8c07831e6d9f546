/** The camera, from the permission to its end: it is stopped when it is closed, and when the page is hidden or left. */
import { scaled } from "../../parts/pictures.js";

/** @type {Record<string, string>} */
const PROBLEMS = {
  NotAllowedError: "The camera is not allowed here: allow it beside the page’s address, or choose a picture.",
  NotFoundError: "There is no camera; choose a picture, paste or drop one.",
  NotReadableError: "The camera can’t be used: perhaps another program has it; choose a picture.",
};
const FAILED = "The camera did not start; choose a picture, paste or drop one.";

/** Whether the browser gives this page cameras at all: only to pages by https, of the same machine, or from a file. */
export const isThere = () => "mediaDevices" in navigator && "getUserMedia" in navigator.mediaDevices;

export class Camera {
  /** @type {HTMLVideoElement} */
  #video;
  /** @type {(pixels: ImageData) => void} */
  #onFrame;
  /** @type {(problem: string) => void} */
  #onEnd;
  #stream = /** @type {MediaStream | null} */ (null);
  #openings = 0; // the newest one counts

  /** @param {HTMLVideoElement} video @param {(pixels: ImageData) => void} onFrame takes the middle square of a frame
      @param {(problem: string) => void} onEnd is told why: a sentence, or "" if it was closed */
  constructor(video, onFrame, onEnd) {
    [this.#video, this.#onFrame, this.#onEnd] = [video, onFrame, onEnd];
    document.addEventListener("visibilitychange", () => document.hidden && this.close());
    addEventListener("pagehide", () => this.close());
  }

  /** Ask for the camera; true once it runs. */
  async open() {
    this.close();
    const opening = ++this.#openings;
    try {
      const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size } });
      if (opening !== this.#openings) return stop(stream);
      this.#stream = stream;
      for (const track of stream.getTracks())
        track.addEventListener("ended", () => this.close("The camera was disconnected."));
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      if (opening !== this.#openings) return false;
      this.#openings++;
      this.#release();
      this.#onEnd(PROBLEMS[error instanceof DOMException ? error.name : ""] ?? FAILED);
      return false;
    }
    this.#follow(opening);
    return opening === this.#openings;
  }

  /** Stop the camera, or the wait for it. @param {string} [reason] */
  close(reason = "") {
    this.#openings++;
    if (!this.#stream) return;
    this.#release();
    this.#onEnd(reason);
  }

  #release() {
    if (this.#stream) stop(this.#stream);
    this.#stream = this.#video.srcObject = null;
  }

  /** Hand frames over, for at most three quarters of the time: the rest is the page's. @param {number} opening */
  #follow(opening) {
    const video = this.#video;
    let free = 0; // when the next frame may be taken
    const next = () => {
      if (opening !== this.#openings) return;
      const began = performance.now();
      const side = Math.min(video.videoWidth, video.videoHeight);
      if (began >= free && side) {
        const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
        this.#onFrame(scaled(video, { left, top, width: side, height: side }));
        const now = performance.now();
        free = now + (now - began) / 3;
      }
      wait();
    };
    const wait = () =>
      video.requestVideoFrameCallback ? video.requestVideoFrameCallback(next) : requestAnimationFrame(next);
    wait();
  }
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
  return false;
}
