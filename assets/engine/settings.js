/** The settings of a training, with model/training/recipe.py's ranges. Recipe "baseline" is the defaults. */

/** `augmentation` distorts each digit a little, and `penStrokes` adds digits that people wrote with a pen. Fine-tuning alone
 *  has `isOneCycle`: the learning rate rises and falls.
 *  @typedef {{ learningRate: number, batchSize: number, epochs: number, digits: number, hiddenLayers: number, hidden: number,
 *   seed: number, optimizer: keyof typeof OPTIMIZERS, activation: keyof typeof ACTIVATIONS,
 *   initialization: keyof typeof INITIALIZATIONS, augmentation: boolean, penStrokes: boolean, isOneCycle?: boolean }} Settings */

export const PIXELS = 784; // inputs of each network
export const DIGITS = 10; // outputs
export const OPTIMIZERS = { adam: "Adam", rmsprop: "RMSProp", momentum: "SGD with momentum", sgd: "SGD" };
export const ACTIVATIONS = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "sigmoid", none: "none" };
export const INITIALIZATIONS = {
  default: "PyTorch’s default",
  he: "He",
  zeros: "all zeros",
  large: "ten times too large",
};
export const MAX_STEPS = 100_000; // of a training: a minute or two with the widest layers
/** Lowest and highest; all but the learning rate are whole numbers. @type {Record<string, [number, number]>} */
export const RANGES = {
  learningRate: [1e-9, 100],
  batchSize: [1, 4_096],
  epochs: [1, 50],
  digits: [100, 55_000],
  hiddenLayers: [0, 3],
  hidden: [8, 256], // neurons of each hidden layer
  seed: [0, 999_999_999],
};

/** The chapter's values. @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  learningRate: 0.001,
  batchSize: 32,
  epochs: 5,
  digits: 55_000,
  hiddenLayers: 2,
  hidden: 64,
  seed: 0,
  optimizer: "adam",
  activation: "relu",
  initialization: "default",
  augmentation: false,
  penStrokes: false,
});

/** How many steps a training takes. @param {Settings} settings */
export function stepCount({ epochs, batchSize, digits }) {
  return epochs * Math.ceil(digits / batchSize);
}

/** The widths of input, hidden layers and output. @param {Settings} settings */
export function widthsOf({ hiddenLayers, hidden }) {
  return [PIXELS, ...Array.from({ length: hiddenLayers }, () => hidden), DIGITS];
}

/** How many parameters a network of these widths has, and how many of them are weights and biases.
    @param {number[]} widths of input, hidden layers and output */
export function parameterCount(widths) {
  let [weights, biases] = [0, 0];
  for (let layer = 1; layer < widths.length; layer++) {
    weights += widths[layer - 1] * widths[layer];
    biases += widths[layer];
  }
  return { parameters: weights + biases, weights, biases };
}

/** @param {Settings} some @param {Settings} others */
export function isSame(some, others) {
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(DEFAULTS));
  return names.every((name) => some[name] === others[name]);
}

/** The settings in words: optimizer, rate, batch size, and whatever else is not the chapter's; each with whether it differs
    from that. @param {Settings} settings @returns {[string, boolean][]} */
export function inWords(settings) {
  const { optimizer, learningRate, batchSize, hiddenLayers, hidden, activation, initialization, digits, seed } =
    settings;
  const widths = hiddenLayers ? `${Array(hiddenLayers).fill(hidden).join(" – ")} neurons` : "no hidden layer";
  /** @type {[string, ...(keyof Settings)[]][]} */
  const parts = [
    [OPTIMIZERS[optimizer], "optimizer"],
    [String(learningRate), "learningRate"],
    [`batch ${batchSize}`, "batchSize"],
    [widths, "hiddenLayers", "hidden"],
    [activation === "none" ? "no activation" : ACTIVATIONS[activation], "activation"],
    [INITIALIZATIONS[initialization], "initialization"],
    [`${digits.toLocaleString("en")} digits`, "digits"],
    ["augmentation", "augmentation"],
    ["pen strokes", "penStrokes"],
    [`seed ${seed}`, "seed"],
  ];
  const all = parts.map(([words, ...names]) => {
    return /** @type {[string, boolean]} */ ([words, names.some((name) => settings[name] !== DEFAULTS[name])]);
  });
  return all.filter(([, isOther], i) => isOther || i < 3);
}

/** The same as one text. @param {Settings} settings */
export function asText(settings) {
  return inWords(settings)
    .map(([words]) => words)
    .join(", ");
}
