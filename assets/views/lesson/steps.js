/** The lesson as data: each step's idea, what it says about the drawing on the pad, something to try, and its views. */
/** @import { ClassifierDescription, Current, ForwardPass } from "../../state/types.js" */
import { SIDE } from "../../engine/preprocessing.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { crossEntropy, sum, topTwo } from "../../engine/math.js";
import { parameterCount } from "../../engine/network.js";
import { active } from "../../state/classifiers.js";
import { grouped, number, percent } from "../../parts/numbers.js";

const NO_STEPS = { crop: false, square: false, resize: false, center: false };

/** @param {ArrayLike<number>} values */
const countPositive = (values) => Array.from(values).filter((value) => value > 0).length;

/** `yours` is about the drawing on the pad; `views` are the names of those that show it.
    @typedef {{ title: string, text: string, exercise: string, views: string[],
    yours: (current: Extract<Current, ForwardPass>, description: ClassifierDescription) => string }} LessonStep */

/** @type {LessonStep[]} */
export const STEPS = [
  {
    title: "A drawing is numbers",
    text: "The pad is a canvas of 140 × 140 pixels. Each pixel holds one number: 0 is background, 255 is full ink. Nothing else about your drawing reaches the network: not its strokes, not their order, not their speed.",
    yours: ({ ink }) =>
      `Yours: ${grouped(countPositive(ink))} of ${grouped(CANVAS_SIDE * CANVAS_SIDE)} pixels have ink.`,
    exercise: "Draw a 1 from the top down, then from the bottom up: only where the ink lies counts.",
    views: ["replay"],
  },
  {
    title: "Every digit is preprocessed in the same way",
    text: "The network was trained on 55,000 of MNIST’s 60,000 training digits, written by hundreds of people; the other 5,000 are held out for validation. All were prepared in the same way: crop to the ink, resize it to 20 × 20, and shift it so that its center of mass comes to lie near 14.5 of 28 pixels. How exactly was lost; the page does what Yadav and Bottou reconstructed in 2019. A drawing that is prepared otherwise is often misclassified, however clear it is.",
    yours({ image, probabilities, digit, ink }) {
      const shrunk = active().classifier.predictInk(ink, NO_STEPS);
      return (
        `Yours has ink in ${countPositive(image)} of the 784 pixels; the prediction is ${digit} (${percent(probabilities[digit])}). ` +
        `For the whole canvas, just shrunk, it is ${shrunk.digit} (${percent(shrunk.probabilities[shrunk.digit ?? 0])}).`
      );
    },
    exercise: "Draw a small 7 in a corner, and switch off cropping and centering.",
    views: ["input"],
  },
  {
    title: "Inputs centered on zero",
    text: "Each pixel is divided by 255, then MNIST’s mean, 0.1307, is subtracted, and the result is divided by MNIST’s standard deviation, 0.3081. Background becomes −0.42, and full ink becomes 2.82. Training is faster when the inputs are centered on zero and have a similar spread.",
    yours: ({ input }) =>
      `Your 784 inputs go from ${number(Math.min(...input))} to ${number(Math.max(...input))}; their mean is ${number(sum(input) / input.length)}.`,
    exercise: "Choose a neuron of hidden layer 1 and look at its inputs: what is the largest value they can have?",
    views: ["neurons"],
  },
  {
    title: "An image becomes a row",
    text: "A batch of N images is a tensor of shape (N, 1, 28, 28). PyTorch’s order is (N, C, H, W): images, channels, height, width; a course that writes (N, C, W, H) means the same tensor, as digits are square. This network flattens each image into a row of 784 numbers, which gives the shape (N, 784). It does not know which pixels are neighbors; it has to learn from the data what it needs of that.",
    yours({ input }) {
      const brightest = Math.max(...input);
      const [first, ties] = [input.indexOf(brightest), input.filter((value) => value === brightest).length];
      return (
        `Yours is a batch of one: (1, 1, 28, 28), then (1, 784). ${ties > 1 ? `The first of your ${ties} brightest pixels` : "Your brightest pixel"}, ` +
        `in row ${Math.floor(first / SIDE) + 1} and column ${(first % SIDE) + 1}, becomes number ${first + 1} of the row, counted from 1.`
      );
    },
    exercise:
      "Draw a digit small, then large. Preprocessing makes them the same size, but the pen has one width, so the strokes of the large one end up thinner.",
    views: ["input"],
  },
  {
    title: "A neuron is a weighted sum",
    text: "It multiplies each of its 784 inputs by a weight of its own, adds up the products, and adds a bias. Where a weight is positive, ink raises the sum; where it is negative, ink lowers it. Training finds the weights and the biases.",
    yours({ hidden1 }) {
      const strongest = Math.max(...hidden1);
      return `The strongest for yours is neuron ${hidden1.indexOf(strongest) + 1} of hidden layer 1, with ${number(strongest)}.`;
    },
    exercise: "Choose the strongest neuron of hidden layer 1, then draw along the orange pixels of its weights.",
    views: ["neurons"],
  },
  {
    title: "ReLU: max(0, z)",
    text: "ReLU turns a negative sum into 0 and leaves a positive one as it is: max(0, z). Without such a nonlinearity, three layers could do no more than one. With it, each drawing activates a set of neurons of its own.",
    yours: ({ hidden1, hidden2 }) =>
      `For yours, ${countPositive(hidden1)} of ${hidden1.length} neurons are active in layer 1, and ${countPositive(hidden2)} of ${hidden2.length} in layer 2.`,
    exercise: "Watch the tiles while you draw: which neurons become active when you close a curve?",
    views: ["neurons"],
  },
  {
    title: "Layer upon layer",
    text: "The activations of the first hidden layer are the inputs of the second, and its activations are the inputs of ten outputs, one for each digit. These ten sums have no ReLU. They are called logits: the higher a logit, the more the network favors that digit.",
    yours({ logits }) {
      const [first, second] = topTwo(logits);
      return `Yours: the highest logits are ${number(logits[first])} for ${first} and ${number(logits[second])} for ${second}.`;
    },
    exercise: "Choose an output, and follow its strongest inputs back to the pixels.",
    views: ["neurons"],
  },
  {
    title: "Why this digit?",
    text: "As long as no neuron switches between active and inactive, each logit is a weighted sum of the pixels. So it can be split up among the ink, pixel by pixel. The sum is exact; the attribution is one choice among several: gradient × ink, compared with a blank canvas.",
    yours({ logits }) {
      const [first, second] = topTwo(logits);
      return `Yours: ${first} and not ${second}, by ${number(logits[first] - logits[second])}.`;
    },
    exercise: "Draw a 7 without a bar, then add the bar. Does it raise the logit of 7?",
    views: ["why"],
  },
  {
    title: "Softmax: logits become probabilities",
    text: "For each logit z, e is raised to the power z, and the result is divided by the sum of all ten powers. The quotients lie between 0 and 1 and add up to 1: these are the bars. A high probability is no guarantee: the network must choose among ten digits, even for a smiley. A second small network, the non-digit detector, tries to tell when a drawing is not a digit at all: it rejects about 1 % of people’s digits, and lets about a quarter of the letters pass that look like no digit.",
    yours: ({ probabilities, digit, verdict }) =>
      `Yours: ${percent(probabilities[digit], 2)} for ${digit}; all ten add up to ${sum(probabilities).toFixed(4)}. The verdict: ${verdict}.`,
    exercise: "Draw something between a 4 and a 9, and slowly close its top.",
    views: ["loss"],
  },
  {
    title: "Cross-entropy: how surprised the network is",
    text: "The loss of a drawing is −ln of the probability that the network gave to the true digit. Confident and right costs almost nothing, unsure costs some, confident and wrong costs a lot. Ten equal probabilities cost ln 10 = 2.303. PyTorch’s CrossEntropyLoss takes the logits and applies softmax itself.",
    yours: ({ logits, digit }) => `If you meant ${digit}, your loss is ${crossEntropy(logits, digit).toFixed(4)}.`,
    exercise: "Say that you meant another digit than the predicted one, and look at the loss.",
    views: ["loss"],
  },
  {
    title: "Training: downhill, step by step",
    text: "The gradient says for each parameter how the loss changes with it. Each parameter moves a little against its gradient, so that the loss falls. For some 4 to 5 % of the parameters the gradient of a batch is exactly zero: their neurons are inactive for all of its 32 digits, or the pixel is always blank. One step is taken for each batch, and one epoch is a pass over all training digits. The baseline recipe takes 1,719 steps with 32 digits each to pass over 55,000 digits, and 8,595 steps in its 5 epochs. Its optimizer, Adam, adapts the length of the step to each parameter.",
    yours(_, { network, recipe }) {
      const { parameters, weights, biases } = parameterCount(network.widths);
      return (
        `The network that classifies yours has ${grouped(parameters)} parameters ` +
        `(${grouped(weights)} weights and ${biases} biases). Its training: ${recipe}.`
      );
    },
    exercise:
      "Move the slider from the untrained network to the last epoch; then train a network of your own, also with a learning rate of 10.",
    views: ["history", "train"],
  },
  {
    title: "Testing: digits it was not trained on",
    text: "A network could memorize its training digits. So it is evaluated on 10,000 test digits that were not used for training, and better still on yours. If it fails on your handwriting, it was trained on too few digits that look like yours.",
    yours: ({ digit, probabilities }) =>
      `Yours was not among its training digits either: it predicts ${digit}, with ${percent(probabilities[digit])}.`,
    exercise: "Write twenty digits, fine-tune the network on your handwriting, and see what it forgets.",
    views: ["handwriting"],
  },
];
