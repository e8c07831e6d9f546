/**
 * The types that modules share. There is no code in here: other files import these with `@import`.
 *
 * @typedef {import("../engine/classifier.js").Classifier} Classifier
 *
 * A point [x, y] in pixels of the canvas, which is 140 x 140; and the points of a stroke: at least one, which is a dot.
 * @typedef {[number, number]} Point
 * @typedef {Point[]} Stroke
 *
 * A drawing: every stroke, including the one being drawn; its ink, 140 x 140, 0 for none to 255 for the darkest, which
 * is changed in place while the pen moves; and whether it is about to change: the pen is down, or a sample draws itself.
 * @typedef {{ strokes: Stroke[], ink: Uint8Array, penIsDown: boolean }} Drawing
 *
 * A gray image, row by row.
 * @typedef {{ width: number, height: number, values: Float32Array }} Gray
 *
 * Which preprocessing steps are taken.
 * @typedef {{ crop: boolean, square: boolean, resize: boolean, center: boolean }} Steps
 *
 * In pixels.
 * @typedef {{ left: number, top: number, width: number, height: number }} Rectangle
 *
 * What each preprocessing step found.
 * @typedef {Extract<ReturnType<typeof import("../engine/preprocessing.js").preprocessingStages>, { crop: Rectangle }>} PreprocessingStages
 *
 * A linear layer: weights (outputs x inputs, row by row) and biases (outputs).
 * @typedef {{ inputs: number, outputs: number, weights: Float32Array, biases: Float32Array }} Layer
 *
 * Everything that a forward pass computes: from the input, 784 normalized tones, over the sums of each hidden layer and
 * what it passes on, the sums after ReLU, to 10 logits.
 * @typedef {{ input: Float64Array, sums: Float64Array[], hidden: Float64Array[], logits: Float64Array }} ForwardPass
 *
 * A neuron: layer 0 is the first hidden one, the last is the output.
 * @typedef {{ layer: number, neuron: number }} NeuronPlace
 *
 * A prediction; `digit` is the most probable one.
 * @typedef {{ verdict: "digit" | "unsure" | "not a digit", digit: number, probabilities: Float64Array }} DigitPrediction
 * @typedef {{ verdict: "blank", digit: null, probabilities: Float64Array } & Record<keyof ForwardPass, null>} BlankPrediction
 * @typedef {(DigitPrediction & ForwardPass) | BlankPrediction} Prediction
 *
 * A prediction with the drawing and the 28 x 28 pixels that it belongs to.
 * @typedef {Prediction & Drawing & { image: Uint8Array }} Current
 * @typedef {BlankPrediction & Drawing & { image: Uint8Array }} EmptyCurrent
 * @typedef {Extract<Current, ForwardPass>} Drawn
 *
 * A network: all parameters, layer by layer; or, where the weights are quantized, int8 `weights` with one float32 of
 * `scales` for each neuron, and float32 `biases`. Each as numbers, or as base64 of little-endian ones. The activation
 * follows each hidden layer.
 * @typedef {"relu" | "leaky_relu" | "tanh" | "sigmoid" | "none"} Activation
 * @typedef {{ widths: number[], weights: string | Int8Array, scales: string | Float32Array,
 *   biases: string | Float32Array }} QuantizedLayers
 * @typedef {{ widths: number[], parameters: string | Float32Array }} FloatLayers
 * @typedef {(FloatLayers | QuantizedLayers) & { activation: Activation }} NetworkDescription
 *
 * What a classifier is made of. An answer counts as sure from the confidence threshold on; mean and std are those of
 * MNIST's tones, 0 to 1; the fingerprint is the same for the same parameters.
 * @typedef {{ network: NetworkDescription, detector?: { network: NetworkDescription, threshold: number } | null,
 *   confidenceThreshold: number, mean: number, std: number, fingerprint?: string }} ClassifierParts
 *
 * A classifier with its provenance: recipe's name, recipe in words, and a sentence on where it comes from.
 * @typedef {ClassifierParts & { name: string, recipe: string, testAccuracy: number | null, steps: number | null,
 *   batchSize: number, origin: string, shaping?: Shaping }} ClassifierDescription
 *
 * How a training went, at a glance: [step, loss], and one neuron's weights at four steps, as base64 of int8 in one
 * scale.
 * @typedef {{ losses: [number, number][], weights: string[] }} Shaping
 *
 * A network that can predict: its name in the state, its title on the page, and what it was made from.
 * @typedef {{ name: string, title: string, classifier: Classifier, description: ClassifierDescription }} LoadedNetwork
 *
 * What each part's `mount` is given: the element that it fills.
 * @typedef {{ element: HTMLElement }} MountContext
 */

export {};
