/** The lesson as data: one idea a step, what it says about the drawing on the pad, something to try, and its view. The
    lines of PyTorch are in pytorch.js; terms stand between asterisks where they come first, and are in glossary.js. */
/** @import { ClassifierDescription, Current, ForwardPass, LoadedClassifier } from "../../state/types.js" */
import { crossEntropy, sum, topTwo } from "../../engine/math.js";
import { parameterCount } from "../../engine/network.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { SIDE } from "../../engine/preprocessing.js";
import { afterOneStep, contributions, gradientSize } from "../../engine/reference.js";
import { bracketed, grouped, number, percent, withSign } from "../../parts/numbers.js";

/** What a step can count on: the prediction; the classifier that makes it; the digit that was meant, or else the
    predicted one; the learning rate of one step, 0 until a digit was meant; and any field of the link.
    @typedef {Omit<LoadedClassifier, "description"> & { now: Extract<Current, ForwardPass>, label: number, rate: number,
    description: ClassifierDescription, read: (field: string) => string }} Facts */

/** `solved` is asked whenever the pen is up. It remembers in `memo`, which is empty when the step opens and where
    `cleared` is set whenever the pad is empty; it returns a sentence on the outcome once the exercise is solved.
    @typedef {{ title: string, idea: string, view: string, yours: (facts: Facts) => string, exercise: string,
    solved: (facts: Facts, memo: Record<string, any>) => string | false | undefined }} Step */

const NO_STEPS = { crop: false, square: false, resize: false, center: false };
export const RATE = 0.001; // where none was chosen

/** @param {ArrayLike<number>} values */
export const countPositive = (values) => Array.from(values).filter((value) => value > 0).length;

/** @param {ArrayLike<number>} values */
export const mean = (values) => sum(values) / values.length;

/** The neuron of a link's field, as [layer, neuron]; null where none was chosen. @param {Facts} facts */
const chosenNeuron = ({ read }) => (read("neuron") ? read("neuron").split(".").map(Number) : null);

/** The neuron of hidden layer 1 that the text and the code are about: the strongest. @param {Facts} facts */
export const strongest = ({ now }) => now.hidden[0].indexOf(Math.max(...now.hidden[0]));

/** The first of the brightest inputs. @param {Facts} facts */
export const brightest = ({ now }) => now.input.indexOf(Math.max(...now.input));

/** The image upside down, and what the network says to it. @param {Facts} facts */
export function upsideDown({ now, classifier }) {
  const rows = Array.from({ length: SIDE }, (_, row) => now.image.subarray(row * SIDE, (row + 1) * SIDE));
  return classifier.predict(Uint8Array.from(rows.reverse().flatMap((row) => [...row])));
}

/** The sum of the ink's contributions to the difference of two logits. @type {(facts: Facts, pair: number[]) => number} */
export function attributed({ now, classifier }, [one, other]) {
  const ofLogits = now.logits.map((_, digit) => Number(digit === one) - Number(digit === other));
  return sum(contributions(classifier, now, now.image, ofLogits).shares);
}

/** The loss after one step of gradient descent. @type {(facts: Facts, rate?: number) => number} */
export function lossAfter({ now, classifier, label, rate: chosen }, rate = chosen || RATE) {
  return crossEntropy(afterOneStep(classifier.network, now, label, rate)(now.input), label);
}

/** @type {Step[]} */
export const STEPS = [
  {
    title: "A drawing is numbers",
    idea: "The pad is a canvas of 140 × 140 *pixel*s. Each holds one number, its *tone*: 0 where there is no ink, 255 for full ink. In a picture of paper it is the other way round, white is 255, so such a picture is inverted first.",
    view: "replay",
    yours: ({ now }) =>
      `${grouped(countPositive(now.ink))} of your ${grouped(CANVAS_SIDE * CANVAS_SIDE)} pixels have ink. Nothing else about your drawing reaches the network.`,
    exercise: "Draw a 1 from the top down. Clear the pad, and draw it from the bottom up.",
    solved({ now: { strokes, digit } }, memo) {
      if (strokes.length !== 1) return;
      const [first, last] = [strokes[0][0], strokes[0][strokes[0].length - 1]];
      if (Math.abs(last[1] - first[1]) > CANVAS_SIDE / 4) memo[last[1] > first[1] ? "down" : "up"] = digit;
      return memo.up === memo.down && `a ${digit} either way. Only where the ink lies counts, not how it got there.`;
    },
  },
  {
    title: "Preprocessing: as MNIST was made",
    idea: "*Preprocessing* crops the drawing to its ink, shrinks it to 20 × 20, and shifts it so that its *center of mass* lies near 14.5 of 28 pixels. The digits of *MNIST*, from which the network learned, were prepared like this, as Yadav and Bottou reconstructed in 2019. One that is prepared otherwise is often misclassified, however clear it is.",
    view: "input",
    yours({ now, classifier }) {
      const shrunk = classifier.predictInk(now.ink, NO_STEPS);
      return (
        `Your image has ink in ${countPositive(now.image)} of its 784 pixels; the prediction is ${now.digit} (${percent(now.probabilities[now.digit])}). ` +
        `For the whole canvas, just shrunk, it is ${shrunk.digit} (${percent(shrunk.probabilities[shrunk.digit ?? 0])}).`
      );
    },
    exercise: "Draw a 7. Move it to a corner, small, and switch steps off until it is no longer a 7.",
    solved({ now, classifier }) {
      const { digit } = classifier.predictInk(now.ink);
      return now.digit !== digit && `the ${digit} became a ${now.digit}.`;
    },
  },
  {
    title: "Inputs centered on zero",
    idea: "*Normalization* divides each tone by 255, subtracts MNIST’s *mean*, 0.1307, and divides by its *standard deviation*, 0.3081. Background becomes −0.42, and full ink becomes 2.82. Training is faster when the inputs are centered on zero and have a similar spread.",
    view: "input",
    yours: ({ now: { input } }) =>
      `Your 784 inputs go from ${number(Math.min(...input))} to ${number(Math.max(...input))}; their mean is ${number(mean(input))}.`,
    exercise: "Draw a digit whose mean is below 0, and another one whose mean is above 0.",
    solved({ now: { input, digit } }, memo) {
      const average = mean(input);
      memo[average < 0 ? "below" : "above"] = `the ${digit} has a mean of ${number(average)}`;
      return memo.below && memo.above && `${memo.below}, ${memo.above}. Over all of MNIST it is 0.`;
    },
  },
  {
    title: "An image becomes a row",
    idea: "N images at once are a *batch*: a *tensor* of shape (N, 1, 28, 28), in PyTorch’s order (N, C, H, W) of images, channels, height, width; a course that writes (N, C, W, H) means the same, as digits are square. The network *flatten*s each image into a row of 784 numbers. It does not know which pixels are neighbors; it has to learn what it needs of that.",
    view: "input",
    yours(facts) {
      const at = brightest(facts);
      return `Yours is a batch of one: (1, 1, 28, 28), then (1, 784). The first of your brightest pixels, in row ${Math.floor(at / SIDE) + 1} and column ${(at % SIDE) + 1}, becomes number ${at + 1} of the row, counted from 1.`;
    },
    exercise: "Pull the slider until the 28 rows of your image lie behind one another.",
    solved: (_, { unrolled }) => unrolled === 1 && "28 × 28 became 784. Below and above are now 28 places away.",
  },
  {
    title: "A neuron is a weighted sum",
    idea: "A *neuron* multiplies each of its inputs by a *weight* of its own, adds up the products, and adds a *bias*. Where a weight is positive, ink raises the sum; where it is negative, ink lowers it. Training finds the weights and the biases.",
    view: "neurons",
    yours: (facts) =>
      `The strongest for yours is neuron ${strongest(facts) + 1} of hidden layer 1, with ${number(Math.max(...facts.now.hidden[0]))}.`,
    exercise: "Choose a neuron of hidden layer 1, and raise its sum by 1: draw where its weights are orange.",
    solved(facts, memo) {
      const [layer, neuron] = chosenNeuron(facts) ?? [];
      if (layer !== 0 || neuron === undefined) return;
      const value = facts.now.sums[0][neuron];
      if (memo.neuron !== neuron) Object.assign(memo, { neuron, value });
      return (
        value >= memo.value + 1 &&
        `the sum of neuron ${neuron + 1} went from ${number(memo.value)} to ${number(value)}.`
      );
    },
  },
  {
    title: "ReLU: max(0, z)",
    idea: "*ReLU* turns a negative sum into 0 and leaves a positive one as it is: max(0, z). A neuron whose sum is not above 0 is *inactive*. Without such a nonlinearity, three layers could do no more than one.",
    view: "neurons",
    yours: ({
      now: {
        hidden: [hidden1, hidden2],
      },
    }) =>
      `For yours, ${countPositive(hidden1)} of ${hidden1.length} neurons are active in layer 1, and ${countPositive(hidden2)} of ${hidden2.length} in layer 2.`,
    exercise: "Choose an inactive neuron of hidden layer 1, and draw until it becomes active.",
    solved(facts, memo) {
      const [layer, neuron] = chosenNeuron(facts) ?? [];
      if (layer !== 0 || neuron === undefined) return;
      const value = facts.now.hidden[0][neuron];
      if (memo.neuron !== neuron) Object.assign(memo, { neuron, wasInactive: value === 0 });
      memo.wasInactive ||= value === 0;
      return memo.wasInactive && value > 0 && `neuron ${neuron + 1} was inactive, and is now at ${number(value)}.`;
    },
  },
  {
    title: "Layer upon layer",
    idea: "A *layer* is many neurons with the same inputs. What they pass on, their *activation*s, are the inputs of the next layer: 784 pixels, two *hidden layer*s of 64 neurons, ten outputs. Together they are a *multilayer perceptron*; its weights and biases are its *parameter*s.",
    view: "neurons",
    yours({ description }) {
      const { parameters, weights, biases } = parameterCount(description.network.widths);
      return `The network that classifies yours, ${description.network.widths.join("–")}, has ${grouped(parameters)} parameters: ${grouped(weights)} weights and ${biases} biases.`;
    },
    exercise: "Choose an output, then its strongest input in layer 2, then the strongest input of that in layer 1.",
    solved(facts, memo) {
      const [layer, neuron] = chosenNeuron(facts) ?? [];
      if (layer === 2 || (layer === 1 && memo.output !== undefined)) memo[layer === 2 ? "output" : "second"] = neuron;
      if (layer !== 0 || memo.second === undefined) return;
      return `from the output ${memo.output} over neuron ${memo.second + 1} of layer 2 to neuron ${(neuron ?? 0) + 1} of layer 1.`;
    },
  },
  {
    title: "Logits: ten sums",
    idea: "The last layer has ten neurons without ReLU, one for each digit. Their sums are called *logit*s: the higher a logit, the more the network favors that digit. Only differences between logits matter: adding 1 to all ten changes nothing.",
    view: "neurons",
    yours({ now: { logits } }) {
      const [first, second] = topTwo(logits);
      return `Your highest logits are ${number(logits[first])} for ${first} and ${number(logits[second])} for ${second}.`;
    },
    exercise: "Draw something between a 4 and a 9, or between two others, until their logits differ by less than 1.",
    solved({ now: { logits } }) {
      const [first, second] = topTwo(logits);
      const difference = logits[first] - logits[second];
      return difference < 1 && `the logits of ${first} and ${second} differ by ${number(difference)}.`;
    },
  },
  {
    title: "Softmax: logits become probabilities",
    idea: "*Softmax*: for each logit z, e is raised to the power z, and the result is divided by the sum of all ten powers. Each quotient, between 0 and 1, is the *probability* of a digit, and all ten add up to 1: these are the bars.",
    view: "loss",
    yours: ({ now: { probabilities, digit } }) =>
      `Yours: ${percent(probabilities[digit], 2)} for ${digit}; all ten add up to ${sum(probabilities).toFixed(4)}.`,
    exercise: "Draw one digit twice: once so that it gets more than 99 %, once so that it wins with less than 90 %.",
    solved({ now: { probabilities, digit } }, memo) {
      const seen = (memo[digit] ??= {});
      if (probabilities[digit] > 0.99) seen.clear = percent(probabilities[digit], 2);
      if (probabilities[digit] < 0.9) seen.unclear = percent(probabilities[digit], 2);
      return seen.clear && seen.unclear && `one ${digit} got ${seen.clear}, the other ${seen.unclear}.`;
    },
  },
  {
    title: "Cross-entropy: how surprised the network is",
    idea: "The *loss* of a drawing is its *cross-entropy*, −ln of the probability that the network gave to its *label*, the digit that was meant. Confident and right costs almost nothing, confident and wrong a lot. Ten equal probabilities cost ln 10 = 2.303.",
    view: "loss",
    yours: ({ now, label }) => `If you meant ${label}, your loss is ${crossEntropy(now.logits, label).toFixed(4)}.`,
    exercise: "Say that you meant a digit for which the loss is larger than by guessing.",
    solved({ now, label, read }) {
      const loss = crossEntropy(now.logits, label);
      return read("label") && loss > Math.log(10) && `with ${label} as the label, the loss is ${loss.toFixed(2)}.`;
    },
  },
  {
    title: "Backpropagation: who is to blame",
    idea: "The *gradient* says for each parameter how the loss changes with it. *Backpropagation* computes it from the end to the start: at the logits the error is probability minus 1 for the label and minus 0 for the others; each layer hands it on through its weights. Inactive neurons hand on nothing: even in a batch of 32, some 4 to 5 % of the parameters have a gradient of exactly zero.",
    view: "loss",
    yours({ now, classifier, label, description }) {
      const { length, zeros } = gradientSize(classifier.network, now, label);
      const { parameters } = parameterCount(description.network.widths);
      return `With ${label} as the label, your gradient has the length ${length.toPrecision(3)}. For ${grouped(zeros)} of ${grouped(parameters)} parameters it is exactly 0.`;
    },
    exercise: "Choose the right label, then a wrong one: how much longer does the gradient become?",
    solved({ now, classifier, label, read }, memo) {
      if (!read("label")) return;
      memo[label === now.digit ? "right" : "wrong"] = gradientSize(classifier.network, now, label).length.toPrecision(
        3,
      );
      return (
        memo.right && memo.wrong && `its length is ${memo.right} for ${now.digit}, and ${memo.wrong} for a wrong label.`
      );
    },
  },
  {
    title: "Optimizer and learning rate",
    idea: "An *optimizer* turns gradients into steps. *Gradient descent* subtracts the gradient times the *learning rate* from the parameters: too low a rate learns slowly, too high a rate overshoots. *Adam*, which trained this network, also adapts the length of the step to each parameter.",
    view: "loss",
    yours(facts) {
      const [before, after] = [crossEntropy(facts.now.logits, facts.label), lossAfter(facts)].map((loss) =>
        loss.toFixed(4),
      );
      const outcome = before === after ? `leaves its loss at ${after}` : `changes its loss from ${before} to ${after}`;
      return `One step of gradient descent on your ${facts.label} alone, with a learning rate of ${facts.rate || RATE}, ${outcome}.`;
    },
    exercise: "Say that you meant a digit that was not predicted, and try two learning rates.",
    solved(facts, memo) {
      const { rate, label, now } = facts;
      if (!rate || label === now.digit) return;
      memo[rate] = `${lossAfter(facts).toFixed(4)} with ${rate}`;
      const tried = Object.values(memo);
      return tried.length > 1 && `from ${crossEntropy(now.logits, label).toFixed(4)} to ${tried.join(" and to ")}.`;
    },
  },
  {
    title: "Epochs and batches",
    idea: "Training takes one step for each batch, and one pass over all training digits is an *epoch*. The baseline recipe trains on 55,000 of MNIST’s 60,000 training digits: it takes 1,719 steps with 32 digits each to pass over 55,000 digits, and 8,595 steps in its 5 epochs.",
    view: "history",
    yours: ({ now, description }) =>
      `The network that says ${now.digit} to yours was trained like this: ${description.recipe}.`,
    exercise:
      "Move the slider to the untrained network, then to a later one: from which on is your drawing recognized?",
    solved({ read, now }, memo) {
      const snapshot = Number(read("snapshot") || Infinity);
      memo.untrained ||= snapshot === 0;
      return memo.untrained && snapshot > 0 && `training led from a guess to ${now.digit}.`;
    },
  },
  {
    title: "Training and test",
    idea: "A network could memorize its training digits. So it is evaluated on 10,000 *test digits* that took no part in the training: the share that it classifies correctly is its *accuracy*. If it fails on your handwriting, it has seen too few digits that look like yours.",
    view: "handwriting",
    yours: ({ now, description }) =>
      `MNIST’s test digits: ${percent(description.testAccuracy, 2)} correct. Yours was not among the training digits either: ${now.digit}, with ${percent(now.probabilities[now.digit])}.`,
    exercise: "Make a test of your own: draw 0, 1, 2, 3 and 4, one after the other, and clear the pad before each.",
    solved({ now }, memo) {
      memo.seen ??= [];
      memo.seen.splice(memo.cleared ? Infinity : -1, 1, now.digit);
      memo.cleared = false;
      const right = memo.seen
        .slice(-5)
        .filter((/** @type {number} */ digit, /** @type {number} */ i) => digit === i).length;
      return memo.seen.length >= 5 && `${right} of your 5 test digits were classified correctly.`;
    },
  },
  {
    title: "Overfitting and validation",
    idea: "A network that does better on its training digits than on others *overfit*s: it has learned them by heart. Settings are therefore compared on *validation digits*, 5,000 that are held out of the training. The test digits are looked at once, at the end; choosing by them would fit the choice to them.",
    view: "train",
    yours: ({ now: { other, digit } }) =>
      other && other.digit !== null
        ? `Two networks, one drawing: ${digit} says the one, ${other.digit} the other (${percent(other.probabilities[other.digit])}).`
        : `For yours, there is only one network’s prediction so far: ${digit}.`,
    exercise: "Let two networks predict at once, and find a drawing on which they differ.",
    solved: ({ now: { other, digit } }) =>
      other && other.digit !== null && other.digit !== digit && `one says ${digit}, the other ${other.digit}.`,
  },
  {
    title: "What it cannot know",
    idea: "Softmax shares out 100 % among ten digits, even for a smiley: a high probability is no guarantee. A second small network, the *non-digit detector*, tries to tell when a drawing is not a digit at all. It rejects about 1 % of people’s digits, and lets about a fifth of the letters pass that look like no digit.",
    view: "replay",
    yours(facts) {
      const { digit, probabilities } = upsideDown(facts);
      return `Upside down, yours would be a ${digit}, with ${percent(probabilities[digit ?? 0])}.`;
    },
    exercise: "Draw a smiley, a letter or a house.",
    solved: ({ now: { verdict, digit, probabilities } }) =>
      verdict === "not a digit" &&
      `the detector says that it is not a digit. Softmax still gives ${percent(probabilities[digit])} to ${digit}.`,
  },
  {
    title: "Attribution: why this digit?",
    idea: "As long as no neuron switches between active and inactive, each logit is a weighted sum of the pixels. So the difference of two logits can be shared out among the ink: this is an *attribution*. The sum is exact; the shares are one choice among several, here gradient × ink.",
    view: "why",
    yours(facts) {
      const [first, second] = topTwo(facts.now.logits);
      const difference = facts.now.logits[first] - facts.now.logits[second];
      const ink = attributed(facts, [first, second]);
      return `Yours: ${first} rather than ${second}, by ${number(difference)}: ${withSign(ink)} from the ink, the rest, ${bracketed(difference - ink)}, from the biases.`;
    },
    exercise: "Draw a 7 without a bar, then add the bar. Does the bar raise the logit of 7?",
    solved({ now: { strokes, logits } }, memo) {
      const [first, second] = memo.cleared || !memo.pair ? topTwo(logits) : memo.pair;
      const difference = logits[first] - logits[second];
      const change = difference - memo.difference;
      const isNew = memo.cleared === false && strokes.length > memo.strokes;
      Object.assign(memo, { pair: [first, second], strokes: strokes.length, difference, cleared: false });
      const spoke = change > 0 ? "speaks" : "does not speak";
      return isNew && `the new stroke ${spoke} for ${first}: its lead over ${second} changed by ${withSign(change)}.`;
    },
  },
];
