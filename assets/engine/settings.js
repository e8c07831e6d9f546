/** The settings of a training, with model/training/recipe.py's ranges. Recipe "baseline" is the defaults. */

/** @typedef {{ learningRate: number, batchSize: number, epochs: number, digits: number, hiddenLayers: number,
 *   hidden: number, seed: number, optimizer: keyof typeof OPTIMIZERS, activation: keyof typeof ACTIVATIONS,
 *   initialization: keyof typeof INITIALIZATIONS, augmentation: number, schedule: keyof typeof SCHEDULES }} Settings */

export const OPTIMIZERS = { adam: "Adam", rmsprop: "RMSProp", momentum: "SGD with momentum", sgd: "SGD" };
export const ACTIVATIONS = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "sigmoid", none: "none" };
export const INITIALIZATIONS = {
  default: "PyTorch's default",
  he: "He",
  zeros: "all zeros",
  large: "ten times too large",
};
export const SCHEDULES = { constant: "constant", "one-cycle": "one-cycle" };
const CHOICES = {
  optimizer: OPTIMIZERS,
  activation: ACTIVATIONS,
  initialization: INITIALIZATIONS,
  schedule: SCHEDULES,
};
export const MAX_STEPS = 100_000; // of a training: a minute or two with the widest layers
export const RANGES = {
  learningRate: [0, 100], // above 0
  batchSize: [1, 4_096],
  epochs: [1, 50],
  digits: [100, 55_000],
  hiddenLayers: [0, 3],
  hidden: [8, 256], // neurons of each hidden layer
  seed: [0, Number.MAX_SAFE_INTEGER],
  augmentation: [0, 3], // strength of the random affine maps: 0 for none, 1 is mild
};
const REAL = ["learningRate", "augmentation"]; // all others are whole numbers

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
  augmentation: 0,
  schedule: "constant",
});

/** What is wrong with settings, in one sentence that names the setting; "" if nothing is. @param {Record<string, unknown>} settings */
export function settingsError(settings) {
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = settings[name];
    const kind = REAL.includes(name) ? "number" : "whole number";
    const isKind = typeof value === "number" && (kind === "number" ? Number.isFinite(value) : Number.isInteger(value));
    if (isKind && value >= low && value <= high && (name !== "learningRate" || value > 0)) continue;
    const above =
      name === "learningRate" ? `above 0 and at most ${high}` : `from ${low} to ${high.toLocaleString("en")}`;
    return `${name} must be a ${kind} ${above}.`;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (!Object.hasOwn(choices, String(settings[name])))
      return `${name} must be one of ${Object.keys(choices).join(", ")}.`;
  }
  const steps = stepCount(/** @type {Settings} */ (settings));
  return steps <= MAX_STEPS
    ? ""
    : `That makes ${steps.toLocaleString("en")} steps, and a training has at most ${MAX_STEPS.toLocaleString("en")}: ` +
        "choose larger batches or fewer epochs.";
}

/** How many steps a training takes. @param {Settings} settings @param {number} [samples] trained on */
export function stepCount({ epochs, batchSize, digits }, samples = digits) {
  return epochs * Math.ceil(samples / batchSize);
}

/** The widths of input, hidden layers and output. @param {Settings} settings */
export function widthsOf({ hiddenLayers, hidden }) {
  return [784, ...Array.from({ length: hiddenLayers }, () => hidden), 10];
}

/** The settings in words, as one line. @param {Settings} settings */
export function describeSettings(settings) {
  const { learningRate, batchSize, epochs, digits, hiddenLayers, hidden, seed } = settings;
  const layers = hiddenLayers === 1 ? "1 hidden layer" : `${hiddenLayers} hidden layers`;
  return [
    OPTIMIZERS[settings.optimizer],
    `learning rate ${learningRate}${settings.schedule === "one-cycle" ? ", one-cycle" : ""}`,
    `batches of ${batchSize}`,
    epochs === 1 ? "1 epoch" : `${epochs} epochs`,
    ...(settings.augmentation ? [`augmentation ${settings.augmentation}`] : []),
    hiddenLayers ? `${layers} of ${hidden}` : "no hidden layer",
    ...(hiddenLayers ? [settings.activation === "none" ? "no activation" : ACTIVATIONS[settings.activation]] : []),
    ...(settings.initialization === "default" ? [] : [`initialization: ${INITIALIZATIONS[settings.initialization]}`]),
    ...(digits < DEFAULTS.digits ? [`${digits.toLocaleString("en")} training digits`] : []),
    `seed ${seed}`,
  ].join(", ");
}
