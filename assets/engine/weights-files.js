/** Networks as files: .safetensors, written and read, and NumPy's .npz, read. A file is anybody's: everything about it is
    checked, and what is wrong is said in one sentence. */
/** @import { Activation } from "../state/types.js" */
/** @import { Shape } from "./backpropagation.js" */
import { ACTIVATIONS, DIGITS, PIXELS, RANGES } from "./settings.js";

/** An array of a file: weights have two dimensions, biases one.
 *  @typedef {{ name: string, shape: number[], values: ArrayLike<number> }} NamedArray */
/** A network of a file: parameters in PyTorch's order, and what the file's metadata says, or null.
 *  @typedef {{ widths: number[], parameters: Float32Array, activation: Activation | null, mean: number | null,
 *    std: number | null }} ReadNetwork */

const MAX_BYTES = 10 * 2 ** 20; // of a file, and of what one unpacks to; the largest network has 2.7 million in float64
const MAX_LAYERS = RANGES.hiddenLayers[1] + 1;

const NOT_FLOATS = "The file's numbers must be float32 or float64.";

/** A file that is not a network for this page; the message says why. */
class WeightsFileError extends Error {}

/** @param {Blob} file @returns {Promise<ReadNetwork>} @throws {WeightsFileError} */
export async function readNetwork(file) {
  if (file.size > MAX_BYTES) {
    throw new WeightsFileError(
      `The file has ${Math.ceil(file.size / 2 ** 20)} MB; a network that this page can open has at most ${MAX_BYTES / 2 ** 20}.`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    const { arrays, metadata } = isZip ? { arrays: await readNpz(bytes), metadata: {} } : readSafetensors(bytes);
    return { ...networkOf(arrays), ...described(metadata) };
  } catch (error) {
    if (error instanceof WeightsFileError) throw error;
    throw new WeightsFileError("This is no whole .safetensors or .npz file.", { cause: error });
  }
}

/** A network as a .safetensors file, under the names that it has in script.js's nn.Sequential.
    @param {Float32Array} parameters in PyTorch's order @param {Shape} shape */
export function writeSafetensors(parameters, { widths, activation, mean, std }) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { format: "pt", activation, mean: String(mean), std: String(std) } };
  let at = 0;
  const entry = (/** @type {number[]} */ ...shape) => {
    const start = at;
    at += 4 * shape.reduce((product, size) => product * size, 1);
    return { dtype: "F32", shape, data_offsets: [start, at] };
  };
  widths.slice(1).forEach((outputs, i) => {
    const index = 1 + i * (activation === "none" ? 1 : 2); // nn.Flatten is 0
    header[`${index}.weight`] = entry(outputs, widths[i]);
    header[`${index}.bias`] = entry(outputs);
  });
  const text = JSON.stringify(header);
  const padded = text.padEnd(8 * Math.ceil(text.length / 8)); // so that the numbers begin at a multiple of 8
  return new Blob([BigUint64Array.of(BigInt(padded.length)), padded, new Float32Array(parameters)]);
}

// --- from arrays to a network -----------------------------------------------------------------------------------------

/** Weights and biases of a layer have a common name, or else come in the same order; the layers are in the first order, of
    all, in which they lead from the pixels to the digits. @param {NamedArray[]} arrays */
function networkOf(arrays) {
  if (arrays.some(({ values }) => !/^Float/.test(values.constructor.name))) throw new WeightsFileError(NOT_FLOATS);
  const [weights, all] = [2, 1].map((dimensions) => arrays.filter(({ shape }) => shape.length === dimensions));
  const layer = (/** @type {NamedArray} */ { name }) => name.replace(/(weight|bias)$/, "");
  const biases = weights.map((weight, i) => all.find((bias) => layer(bias) === layer(weight)) ?? all[i]);
  const isPaired = weights.length === all.length && 2 * weights.length === arrays.length;
  const orders = isPaired && weights.length <= MAX_LAYERS ? permutations([...weights.keys()]) : [];
  const order = orders.find((order) => leadsToDigits(order.map((i) => [...weights[i].shape, ...biases[i].shape])));
  if (!order) throw wrongShapes(arrays);
  const layers = order.flatMap((i) => [weights[i], biases[i]]);
  for (const { name, values } of layers) {
    if (Float32Array.from(values).every(Number.isFinite)) continue;
    throw new WeightsFileError(`"${name.slice(0, 40)}" has values that are not finite.`);
  }
  const widths = [PIXELS, ...order.map((i) => biases[i].shape[0])];
  return { widths, parameters: Float32Array.from(layers.flatMap(({ values }) => Array.from(values))) };
}

/** @param {number[][]} layers of each, the outputs and inputs of its weights, and the number of its biases */
function leadsToDigits(layers) {
  const [lowest, highest] = RANGES.hidden;
  const widths = [PIXELS, ...layers.map(([outputs]) => outputs)];
  const isChain = layers.every(([, inputs, biases], i) => inputs === widths[i] && biases === widths[i + 1]);
  const hidden = widths.slice(1, -1);
  return isChain && widths.at(-1) === DIGITS && hidden.every((width) => width >= lowest && width <= highest);
}

/** @template T @param {T[]} items @returns {T[][]} in order of their positions */
function permutations(items) {
  if (!items.length) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((others) => [item, ...others]));
}

/** @param {NamedArray[]} arrays */
function wrongShapes(arrays) {
  const shapes = arrays.slice(0, 2 * MAX_LAYERS).map(({ shape }) => shape.slice(0, 4).join(" x "));
  return new WeightsFileError(
    "The file must have weights (outputs x inputs) and biases that lead from 784 pixels over 0 to 3 hidden layers of 8 to " +
      `256 neurons to 10 digits; its ${arrays.length} arrays are ${shapes.join(", ")}.`,
  );
}

/** What metadata says of a network. @param {Record<string, unknown>} metadata */
function described({ activation = null, ...others }) {
  const [mean, std] = [others.mean, others.std].map((text) => (text === undefined ? null : Number(text)));
  const isKnown = activation === null || Object.hasOwn(ACTIVATIONS, String(activation));
  if (isKnown && Math.abs(mean ?? 0) <= 255 && (std ?? 1) >= 1e-3 && (std ?? 1) <= 255) {
    return { activation: /** @type {Activation | null} */ (activation), mean, std };
  }
  const activations = Object.keys(ACTIVATIONS).join(", ");
  throw new WeightsFileError(
    `The file's metadata is not valid: "activation" is one of ${activations}, and "mean" and "std" are those of the pixels, 0 to 1.`,
  );
}

// --- formats ----------------------------------------------------------------------------------------------------------

/** https://huggingface.co/docs/safetensors: length of the header, header as JSON, numbers. @param {Uint8Array} bytes */
function readSafetensors(bytes) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  const { __metadata__: metadata = {}, ...entries } = header;
  const names = Object.keys(entries).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const arrays = names.map((name) => {
    const { dtype, shape, data_offsets } = entries[name];
    const [start, end] = data_offsets.map((/** @type {number} */ offset) => 8 + length + offset);
    const kinds = /** @type {Record<string, Kind>} */ ({ F32: "f4", F64: "f8" });
    return { name, shape, values: numbers(bytes.subarray(start, end), kinds[dtype], shape) };
  });
  return { arrays, metadata };
}

/** A zip file with an .npy file for each array: the central directory says where it is. 
    @param {Uint8Array} bytes */
export async function readNpz(bytes) {
  const view = new DataView(bytes.buffer);
  let end = bytes.length - 22; // where a directory's end is, if no comment follows
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  const arrays = [];
  let entry = view.getUint32(end + 16, true);
  let room = MAX_BYTES;
  for (let left = view.getUint16(end + 10, true); left; left--) {
    const [method, packedSize] = [view.getUint16(entry + 10, true), view.getUint32(entry + 20, true)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => view.getUint16(entry + at, true));
    const name = new TextDecoder().decode(bytes.subarray(entry + 46, entry + 46 + nameLength));
    const local = view.getUint32(entry + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.slice(start, start + packedSize);
    const file = method ? await inflated(packed, room) : packed;
    room -= file.length;
    arrays.push({ name: name.replace(/\.npy$/, ""), ...readNpy(file) });
    entry += 46 + nameLength + extraLength + commentLength;
  }
  return arrays;
}

/** Deflated bytes, inflated; never more than so many. @param {Uint8Array<ArrayBuffer>} packed @param {number} most */
async function inflated(packed, most) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  for (let { value } = await reader.read(); value; { value } = await reader.read()) {
    if ((most -= value.length) < 0) throw new WeightsFileError("The file unpacks to more than any network has.");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html @param {Uint8Array} bytes */
function readNpy(bytes) {
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) !== 0x934e554d) throw new Error("no .npy file"); // \x93NUM
  const end = 10 + view.getUint16(8, true); // version 1.0: a later one is for headers longer than these
  const header = new TextDecoder().decode(bytes.subarray(10, end));
  const type = /'descr': '[<|](\w+)'/.exec(header)?.[1];
  const shape = (/'shape': \(([\d, ]*)\)/.exec(header)?.[1].match(/\d+/g) ?? []).map(Number);
  const isFortran = /'fortran_order': True/.test(header);
  const values = numbers(bytes.subarray(end), /** @type {Kind} */ (type), shape);
  return { shape, values: isFortran && shape.length === 2 ? transposed(values, shape) : values };
}

/** Column by column to row by row. @param {ArrayLike<number>} values @param {number[]} shape rows, columns */
function transposed(values, [rows, columns]) {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => values[(i % columns) * rows + Math.floor(i / columns)],
  );
}

/** @typedef {"f4" | "f8" | "u1" | "u2" | "b1"} Kind */

/** Little-endian numbers. @param {Uint8Array} bytes @param {Kind | undefined} kind @param {number[]} shape */
function numbers(bytes, kind, shape) {
  const Type = kind && { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, b1: Uint8Array }[kind];
  if (!Type) throw new WeightsFileError(NOT_FLOATS);
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length < count * Type.BYTES_PER_ELEMENT) throw new Error("too short");
  return new Type(bytes.slice().buffer, 0, count);
}
