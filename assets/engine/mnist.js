/** MNIST in the page: its four files as the repository has them, gzip and IDX (model/data/mnist.py), unpacked on the way.
    Images arrive in order, and are ready to be trained on as soon as as many as asked for have arrived. */
/** @import { Samples } from "./evaluation.js" */
import { SIDE } from "./preprocessing.js";
import { PIXELS } from "./settings.js";

/** Gives the contents of one of the four files. @typedef {(name: string) => Response | Promise<Response>} Source */
/** The address of a folder with the files, which ends with a slash; or the files themselves, by name, where a page from a
 *  disk can't fetch any. @typedef {string | Record<string, Uint8Array<ArrayBuffer>>} Place */

const PACKED = 9_912_422; // bytes of training images, if a server does not say
const HEADER = 16; // bytes before the images
const GZIP = [0x1f, 0x8b]; // a file's first bytes
export const VALIDATION = 5_000; // the last of MNIST's training digits are held out; of fewer than all, a fifth

class MNISTError extends Error {}

/** @param {Place} place @returns {Source} */
export function filesAt(place) {
  if (typeof place === "string") return (name) => fetch(new URL(name, place));
  return (name) => new Response(place[name], { headers: { "Content-Length": String(place[name].length) } });
}

export class MNIST {
  /** @param {Source} source @param {(loaded: number, total: number) => void} [onProgress] bytes of images so far */
  constructor(source, onProgress = () => {}) {
    this._source = source;
    this._onProgress = onProgress;
    /** Training and test digits, once the first images are there. @type {Map<string, Promise<ReturnType<typeof arriving>>>} */
    this._sets = new Map();
  }

  /** The first so many training digits, or all that there are, as soon as they are there.
      @param {number} count @throws {MNISTError} */
  training(count) {
    return this._some("train", (all, heldOut) => [0, Math.min(count, all - heldOut)]);
  }

  /** @throws {MNISTError} */
  validation() {
    return this._some("train", (all, heldOut) => [all - heldOut, all]);
  }

  /** @throws {MNISTError} */
  test() {
    return this._some("t10k", (all) => [0, all]);
  }

  /** @param {"train" | "t10k"} name @param {(all: number, heldOut: number) => [first: number, end: number]} choose
      @returns {Promise<Samples>} */
  async _some(name, choose) {
    try {
      const opened = this._sets.get(name) ?? this._open(name);
      this._sets.set(name, opened);
      const { labels } = await opened;
      const [first, end] = choose(labels.length, Math.min(VALIDATION, Math.floor(labels.length / 5)));
      const images = await (await opened).until(end);
      return { images: images.subarray(first * PIXELS), labels: labels.subarray(first, end) };
    } catch (error) {
      this._sets.delete(name); // the next call tries again
      if (error instanceof MNISTError) throw error;
      throw new MNISTError("MNIST could not be loaded: check the connection, and try again.", { cause: error });
    }
  }

  /** @param {"train" | "t10k"} name */
  async _open(name) {
    const file = await new Response(await unpacked(await this._source(`${name}-labels-idx1-ubyte.gz`))).arrayBuffer();
    const labels = content(new Uint8Array(file), [file.byteLength - 8]);
    const response = await this._source(`${name}-images-idx3-ubyte.gz`);
    const total = Number(response.headers.get("Content-Length")) || PACKED;
    const stream = await unpacked(response, (loaded) => this._onProgress(loaded, Math.max(loaded, total)));
    return arriving(labels, stream.getReader());
  }
}

/** Digits whose images are on their way.
    @param {Uint8Array} labels @param {ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>} reader of the images' file */
function arriving(labels, reader) {
  const file = new Uint8Array(HEADER + labels.length * PIXELS);
  let length = 0; // bytes that are there
  let reading = /** @type {Promise<void> | null} */ (null);

  async function read() {
    const { value } = await reader.read();
    if (!value) throw new Error("The connection ended too early.");
    file.set(value.subarray(0, file.length - length), length);
    length += value.length;
    reading = null;
  }

  /** The first so many images, once they are there. @param {number} count */
  async function until(count) {
    while (length < HEADER + count * PIXELS) await (reading ??= read());
    return content(file, [labels.length, SIDE, SIDE]).subarray(0, count * PIXELS);
  }

  return { labels, until };
}

/** What follows an IDX header that says these sizes. @param {Uint8Array<ArrayBuffer>} file @param {number[]} sizes */
function content(file, sizes) {
  const header = [0x800 + sizes.length, ...sizes]; // 8 stands for bytes
  const numbers = new DataView(file.buffer);
  const start = 4 * header.length;
  const isRight = file.length >= start && header.every((number, i) => numbers.getUint32(4 * i) === number);
  if (!isRight) throw new MNISTError("What is served as MNIST is another file: reload the page, or tell who runs it.");
  return file.subarray(start);
}

/** A file's contents; unpacked, unless a server has done that on the way.
    @param {Response} response @param {(loaded: number) => void} [onLoaded] bytes so far
    @returns {Promise<ReadableStream<Uint8Array<ArrayBuffer>>>} */
async function unpacked(response, onLoaded = () => {}) {
  if (!response.ok || !response.body) throw new MNISTError(`MNIST could not be loaded (HTTP ${response.status}).`);
  let loaded = 0;
  const counted = new TransformStream({
    transform(part, controller) {
      onLoaded((loaded += part.length));
      controller.enqueue(part);
    },
  });
  const [start, file] = response.body.pipeThrough(counted).tee();
  const reader = start.getReader();
  const { value } = await reader.read();
  reader.cancel();
  return value?.[0] === GZIP[0] && value[1] === GZIP[1] ? file.pipeThrough(new DecompressionStream("gzip")) : file;
}
