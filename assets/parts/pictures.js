/** Pictures, from a file or from the camera, as pixels in the size in which digits are looked for. */
import { PICTURE_SIDE } from "../engine/pictures.js";
import { newCanvas } from "./dom.js";

const MOST_MEGABYTES = 30;
const MOST_MEGAPIXELS = 60;
const HEIC = "This is a HEIC photo, which this browser can’t show; share or save it as JPEG.";

/** The pixels of a picture file.
    @param {File} file @returns {Promise<{ pixels: ImageData } | { problem: string }>} the problem is a sentence */
export async function readPicture(file) {
  if (file.size > MOST_MEGABYTES * 1e6) {
    return { problem: `The picture has more than ${MOST_MEGABYTES} MB; make it smaller.` };
  }
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: address }));
    const { naturalWidth: width, naturalHeight: height } = image;
    if (width * height > MOST_MEGAPIXELS * 1e6) {
      return { problem: `The picture has more than ${MOST_MEGAPIXELS} megapixels; make it smaller.` };
    }
    return { pixels: scaled(image, { left: 0, top: 0, width, height }) };
  } catch {
    const isHeic = /hei[cf]/i.test(`${file.type} ${file.name}`);
    return { problem: isHeic ? HEIC : "This file is damaged, or it is no picture that this browser can show." };
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The pixels of an animation's last frame; null if the file is none, or the browser can't tell. @param {File} file */
export async function readLastFrame(file) {
  if (!("ImageDecoder" in window) || !(await ImageDecoder.isTypeSupported(file.type))) return null;
  const decoder = new ImageDecoder({ data: file.stream(), type: file.type });
  await decoder.completed;
  const frames = decoder.tracks.selectedTrack?.frameCount ?? 1;
  if (frames < 2) return null;
  const { image } = await decoder.decode({ frameIndex: frames - 1 });
  return scaled(image, { left: 0, top: 0, width: image.displayWidth, height: image.displayHeight });
}

/** A part of a picture, with a longer side of 280 pixels. Browsers leave pixels out when they shrink a picture by more
    than half at once, so it is done in steps.
    @param {CanvasImageSource} source @param {import("../state/types.js").Rectangle} part
    @throws {DOMException} if the picture can't be decoded */
export function scaled(source, { left, top, width, height }) {
  const scale = PICTURE_SIDE / Math.max(width, height);
  const [across, down] = [width, height].map((side) => Math.max(Math.round(scale * side), 1));
  const context = newCanvas(across, down, { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.imageSmoothingEnabled = scale < 1; // the pixels of a small picture stay squares
  if (scale > 0.5) {
    context.drawImage(source, left, top, width, height, 0, 0, across, down);
  } else {
    const half = { left: 0, top: 0, width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
    const smaller = newCanvas(half.width, half.height);
    smaller.drawImage(source, left, top, width, height, 0, 0, half.width, half.height);
    return scaled(smaller.canvas, half);
  }
  return context.getImageData(0, 0, across, down);
}
