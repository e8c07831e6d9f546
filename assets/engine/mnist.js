/** MNIST in the page: its four files as the repository has them, gzip and IDX (model/data/mnist.py), unpacked on the way.
    The training images arrive in order, and are ready to be trained on as soon as as many as asked for have arrived. */
/** @import { Samples } from "./evaluation.js" */
import { PIXELS } from "./backpropagation.js";

/** Gives the contents of one of the four files. @typedef {(name: string) => Response | Promise<Response>} Source */
/** @typedef {(loaded: number, total: number) => void} OnProgress in bytes */

const TRAIN_IMAGES = "train-images-idx3-ubyte.gz";
const TRAIN_LABELS = "train-labels-idx1-ubyte.gz";
const TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
const TEST_LABELS = "t10k-labels-idx1-ubyte.gz";
const PACKED = 9_912_422; // bytes of training images, if a server does not say
const IMAGES_HEADER = 16; // bytes
const LABELS_HEADER = 8;
const SIDE = 28;
const GZIP = [0x1f, 0x8b]; // a file's first bytes
const VALIDATION = 5_000; // the last of MNIST's training digits are held out; of fewer than all, a fifth

export class MNISTError extends Error {}

/** Files below an address. @param {string} folder ends with a slash @returns {Source} */
export function filesAt(folder) {
  return (name) => fetch(new URL(name, folder));
}

/** Files at hand: where a page from a disk can't fetch any, a script brings the first digits.
    @param {Record<string, Uint8Array<ArrayBuffer>>} files by their names @returns {Source} */
export function filesAtHand(files) {
  return (name) => {
    if (!files[name]) throw new MNISTError("A page opened from a disk has no test digits: open it from a server.");
    return new Response(files[name]);
  };
}

export class MNIST {
  /** @param {Source} source @param {OnProgress} [onProgress] called while the training digits arrive */
  constructor(source, onProgress = () => {}) {
    this._source = source;
    this._onProgress = onProgress;
    this._images = new Uint8Array();
    this._labels = new Uint8Array();
    this._arrived = 0; // images
    /** @type {{ count: number, resolve: () => void, reject: (error: unknown) => void }[]} */
    this._waiting = [];
    /** @type {Promise<void> | null} */
    this._started = null;
    /** @type {Promise<Samples> | null} */
    this._test = null;
  }

  /** Whether all training digits are there, and with them the validation digits. */
  get isComplete() {
    return this._arrived > 0 && this._arrived === this._labels.length;
  }

  /** The first so many training digits, or all that there are, as soon as they are there.
      @param {number} count @returns {Promise<Samples>} @throws {MNISTError} */
  async training(count) {
    await this._start();
    const digits = Math.min(count, this._labels.length - this._heldOut);
    return this._whenArrived(0, digits);
  }

  /** The validation digits. @returns {Promise<Samples>} @throws {MNISTError} */
  async validation() {
    await this._start();
    return this._whenArrived(this._labels.length - this._heldOut, this._labels.length);
  }

  /** The test digits. @returns {Promise<Samples>} @throws {MNISTError} */
  test() {
    const failed = (/** @type {unknown} */ error) => {
      this._test = null; // the next call tries again
      throw sentence(error);
    };
    return (this._test ??= this._loadTest().catch(failed));
  }

  get _heldOut() {
    return Math.min(VALIDATION, Math.floor(this._labels.length / 5));
  }

  /** @param {number} first @param {number} end @returns {Promise<Samples>} */
  async _whenArrived(first, end) {
    if (this._arrived < end) {
      await new Promise((/** @type {(value: void) => void} */ resolve, reject) =>
        this._waiting.push({ count: end, resolve, reject }),
      );
    }
    return { images: this._images.subarray(first * PIXELS, end * PIXELS), labels: this._labels.subarray(first, end) };
  }

  /** Resolves once the labels are there, and the images on their way. */
  _start() {
    const failed = (/** @type {unknown} */ error) => {
      this._started = null; // the next call tries again
      for (const { reject } of this._waiting.splice(0)) reject(sentence(error));
    };
    return (this._started ??= this._loadLabels().then(
      () => void this._loadImages().catch(failed),
      (error) => {
        failed(error);
        throw sentence(error);
      },
    ));
  }

  async _loadLabels() {
    const file = await all(unpacked(await this._source(TRAIN_LABELS)));
    this._labels = content(file, [file.length - LABELS_HEADER]);
  }

  async _loadImages() {
    const response = await this._source(TRAIN_IMAGES);
    const total = Number(response.headers.get("Content-Length")) || PACKED;
    const progress = (/** @type {number} */ loaded) => this._onProgress(loaded, Math.max(loaded, total));
    const size = IMAGES_HEADER + this._labels.length * PIXELS;
    const file = new Uint8Array(size);
    let length = 0;
    for await (const part of unpacked(response, progress)) {
      file.set(part.subarray(0, size - length), length);
      length = Math.min(length + part.length, size);
      if (length < IMAGES_HEADER) continue;
      this._images = content(file, [this._labels.length, SIDE, SIDE]);
      this._arrived = Math.floor((length - IMAGES_HEADER) / PIXELS);
      this._waiting = this._waiting.filter(({ count, resolve }) => {
        if (count <= this._arrived) resolve();
        return count > this._arrived;
      });
    }
    if (this._arrived < this._labels.length) throw new Error("The connection ended too early.");
  }

  async _loadTest() {
    const labels = await all(unpacked(await this._source(TEST_LABELS)));
    const images = await all(unpacked(await this._source(TEST_IMAGES)));
    const count = labels.length - LABELS_HEADER;
    return { images: content(images, [count, SIDE, SIDE]), labels: content(labels, [count]) };
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

/** A file's contents, part by part; unpacked, unless a server has done that on the way.
    @param {Response} response @param {(loaded: number) => void} [onLoaded] bytes so far
    @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>} */
async function* unpacked(response, onLoaded = () => {}) {
  if (!response.ok || !response.body) throw new MNISTError(`MNIST could not be loaded (HTTP ${response.status}).`);
  const reader = response.body.getReader();
  let loaded = 0;
  const next = async () => {
    const { value } = await reader.read();
    onLoaded((loaded += value?.length ?? 0));
    return value;
  };
  let part = await next();
  if (part?.[0] !== GZIP[0] || part[1] !== GZIP[1]) {
    for (; part; part = await next()) yield part;
    return;
  }
  const packed = new ReadableStream({
    async pull(controller) {
      if (part) controller.enqueue(part);
      else controller.close();
      part = part && (await next());
    },
  });
  const unpacking = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (let { value } = await unpacking.read(); value; { value } = await unpacking.read()) yield value;
}

/** @param {AsyncGenerator<Uint8Array<ArrayBuffer>>} parts */
async function all(parts) {
  const kept = [];
  for await (const part of parts) kept.push(part);
  return new Uint8Array(await new Blob(kept).arrayBuffer());
}
