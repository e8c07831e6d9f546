/** MNIST in the page: its four files as the repository has them, gzip and IDX (model/data/mnist.py), unpacked on the way.
    The training images arrive in order, and are ready to be trained on as soon as as many as asked for have arrived. */
/** @import { Samples } from "./evaluation.js" */
import { PIXELS } from "./backpropagation.js";

/** Gives the contents of one of the four files. @typedef {(name: string) => Response | Promise<Response>} Source */
/** @typedef {ReadableStream<Uint8Array<ArrayBuffer>>} Stream */
/** @typedef {(loaded: number, total: number) => void} OnProgress in bytes */

const PACKED = 9_912_422; // bytes of training images, if a server does not say
const IMAGES_HEADER = 16; // bytes
const LABELS_HEADER = 8;
const SIDE = 28;
const GZIP = [0x1f, 0x8b]; // a file's first bytes
const VALIDATION = 5_000; // the last of MNIST's training digits are held out; of fewer than all, a fifth

class MNISTError extends Error {}

/** Files below an address. @param {string} folder ends with a slash @returns {Source} */
export function filesAt(folder) {
  return (name) => fetch(new URL(name, folder));
}

/** Files at hand: where a page from a disk can't fetch any, a script brings the first digits.
    @param {Record<string, Uint8Array<ArrayBuffer>>} files by their names @returns {Source} */
export function filesAtHand(files) {
  return (name) => {
    if (!files[name]) throw new MNISTError("A page opened from a disk has no test digits: open it from a server.");
    return new Response(files[name], { headers: { "Content-Length": String(files[name].length) } });
  };
}

export class MNIST {
  /** @param {Source} source @param {OnProgress} [onProgress] called while the training digits arrive */
  constructor(source, onProgress = () => {}) {
    this._source = source;
    this._onProgress = onProgress;
    /** The training digits, once their first part is there. @type {Promise<Arriving> | null} */
    this._arriving = null;
    /** @type {Promise<Samples> | null} */
    this._test = null;
  }

  /** The first so many training digits, or all that there are, as soon as they are there.
      @param {number} count @returns {Promise<Samples>} @throws {MNISTError} */
  training(count) {
    return this._some((all, heldOut) => [0, Math.min(count, all - heldOut)]);
  }

  /** The validation digits. @returns {Promise<Samples>} @throws {MNISTError} */
  validation() {
    return this._some((all, heldOut) => [all - heldOut, all]);
  }

  /** The test digits. @returns {Promise<Samples>} @throws {MNISTError} */
  test() {
    return (this._test ??= this._loadTest().catch((error) => {
      this._test = null; // the next call tries again
      throw sentence(error);
    }));
  }

  /** @param {(all: number, heldOut: number) => [first: number, end: number]} choose @returns {Promise<Samples>} */
  async _some(choose) {
    try {
      const digits = await (this._arriving ??= this._begin());
      const all = digits.labels.length;
      const [first, end] = choose(all, Math.min(VALIDATION, Math.floor(all / 5)));
      const images = await digits.until(end);
      return { images: images.subarray(first * PIXELS), labels: digits.labels.subarray(first, end) };
    } catch (error) {
      this._arriving = null; // the next call tries again
      throw sentence(error);
    }
  }

  async _begin() {
    const labels = await this._labels("train");
    const response = await this._source("train-images-idx3-ubyte.gz");
    const total = Number(response.headers.get("Content-Length")) || PACKED;
    const stream = await unpacked(response, (loaded) => this._onProgress(loaded, Math.max(loaded, total)));
    return new Arriving(labels, stream.getReader());
  }

  async _loadTest() {
    const labels = await this._labels("t10k");
    const file = await bytes(await unpacked(await this._source("t10k-images-idx3-ubyte.gz")));
    return { images: content(file, [labels.length, SIDE, SIDE]), labels };
  }

  /** @param {"train" | "t10k"} name */
  async _labels(name) {
    const file = await bytes(await unpacked(await this._source(`${name}-labels-idx1-ubyte.gz`)));
    return content(file, [file.length - LABELS_HEADER]);
  }
}

/** Digits whose images are on their way. */
class Arriving {
  /** @param {Uint8Array} labels @param {ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>} reader of the images' file */
  constructor(labels, reader) {
    this.labels = labels;
    this._reader = reader;
    this._file = new Uint8Array(IMAGES_HEADER + labels.length * PIXELS);
    this._length = 0; // bytes that are there
    /** @type {Promise<void> | null} */
    this._reading = null;
  }

  /** The first so many images, once they are there. @param {number} count */
  async until(count) {
    const end = IMAGES_HEADER + count * PIXELS;
    while (this._length < end) await (this._reading ??= this._read());
    return content(this._file, [this.labels.length, SIDE, SIDE]).subarray(0, count * PIXELS);
  }

  async _read() {
    const { value } = await this._reader.read();
    if (!value) throw new Error("The connection ended too early.");
    this._file.set(value.subarray(0, this._file.length - this._length), this._length);
    this._length += value.length;
    this._reading = null;
  }
}

/** What follows an IDX header that says these sizes. @param {Uint8Array<ArrayBuffer>} file @param {number[]} sizes */
function content(file, sizes) {
  const header = [0x800 + sizes.length, ...sizes]; // 8 stands for bytes
  const numbers = new DataView(file.buffer, file.byteOffset);
  const start = 4 * header.length;
  const isRight = file.length >= start && header.every((number, i) => numbers.getUint32(4 * i) === number);
  if (!isRight) throw new MNISTError("What is served as MNIST is another file: reload the page, or tell who runs it.");
  return file.subarray(start);
}

/** Why MNIST could not be loaded. @param {unknown} error */
function sentence(error) {
  if (error instanceof MNISTError) return error;
  return new MNISTError("MNIST could not be loaded: check the connection, and try again.", { cause: error });
}

/** A file's contents; unpacked, unless a server has done that on the way.
    @param {Response} response @param {(loaded: number) => void} [onLoaded] bytes so far @returns {Promise<Stream>} */
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

/** @param {Stream} stream */
async function bytes(stream) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
