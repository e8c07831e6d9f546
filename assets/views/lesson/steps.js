/** The lesson as data, in the order of the course's chapter: one idea a step, something to try, and a picture to try it in.
    Terms stand between asterisks where they come first, and are in glossary.js; the lines of PyTorch are in code.js. */
/** @import { Facts } from "./facts.js" */
import { argmax, crossEntropy, topTwo } from "../../engine/math.js";
import { parameterCount } from "../../engine/network.js";
import { grouped, number, percent, withArticle, withSign } from "../../parts/numbers.js";
import { state } from "../../state/state.js";
import { movedLogits } from "../loss/loss.js";
import { attributed, countPositive, mean, mirrored, neuronOf } from "./facts.js";
import * as pictures from "./pictures.js";

/** `yours` says what the step's idea means for the drawing. `reached` is asked when the pen has rested for a second; it
    remembers in `memo`, which is empty when the step is opened and when another network predicts, and returns what came of
    the exercise once all of it is done; `prepare` is called before. `network` is the one that the step is about.
    @typedef {{ title: string, idea: string, view: string, network?: "baseline", yours: (facts: Facts) => string,
    exercise: string, picture: (facts: Facts | null) => unknown, prepare?: (facts: Facts) => void,
    reached: (facts: Facts, memo: Record<string, any>) => string | false | undefined | null }} Step */

/** @type {Step[]} */
export const STEPS = [
  {
    title: "Images come in batches",
    idea: "To a network, an image is numbers: one *tone* for each *pixel*. PyTorch stacks the images of a *batch* into one *tensor* of shape (N, C, H, W): number of images, *channels*, height, width. A gray image has one channel, a color image three: red, green and blue.",
    view: "input",
    yours: ({ now }) => `${countPositive(now.image)} of the 784 pixels of yours, the first of the batch, have ink.`,
    exercise: "Draw a digit: it is the first of the batch. Then make it a batch in color.",
    picture: pictures.batch,
    reached: () =>
      state.color.value && "a color image is three numbers for each pixel. Gray digits need one: (32, 1, 28, 28).",
  },
  {
    title: "Prepared as MNIST was",
    idea: "*Preprocessing* crops your drawing, shrinks it to 20 × 20 pixels and centers it, as the digits of *MNIST* were prepared. *Normalization* subtracts MNIST’s *mean* and divides by its *standard deviation*: paper becomes −0.42, full ink 2.82. A network recognizes what looks like what it learned from.",
    view: "input",
    yours: ({ now: { input } }) =>
      `Your 784 inputs go from ${number(Math.min(...input))} to ${number(Math.max(...input))}; their mean is ${number(mean(input))}.`,
    exercise: "Draw a small 7 in a corner. Switch steps off until the answer changes.",
    picture: pictures.preprocessing,
    reached({ now, classifier }) {
      const { digit } = classifier.predictInk(now.ink);
      return state.without.value.length > 0 && now.digit !== digit && `the ${digit} became ${withArticle(now.digit)}.`;
    },
  },
  {
    title: "An image becomes a row",
    idea: "The network *flattens* each image: 28 rows, one behind the other, make 784 numbers, and the batch goes from (N, 1, 28, 28) to (N, 784). Which pixels were neighbors is not said any more. The network has to learn what it needs of that.",
    view: "input",
    yours({ now }) {
      const at = argmax(now.input);
      return `Your first darkest pixel, in row ${Math.floor(at / 28) + 1} and column ${(at % 28) + 1}, becomes number ${at + 1} of 784.`;
    },
    exercise: "Pull the slider until the 28 rows of your image lie one behind the other.",
    picture: pictures.flattening,
    reached: () => state.unrolled.value === 1 && "28 × 28 became 784. The pixel below is now 28 places away.",
  },
  {
    title: "A neuron is a weighted sum",
    idea: "A *neuron* multiplies each input by a *weight* of its own, adds up the products, and adds a *bias*. Where a weight is orange, ink raises the sum; where it is blue, ink lowers it. Training finds weights and biases.",
    view: "neurons",
    yours: (facts) =>
      `Neuron ${neuronOf(facts) + 1} of layer 1 has a sum of ${number(facts.now.sums[0][neuronOf(facts)])} for yours.`,
    exercise: "Keep this neuron. Add ink where its weights are orange, until its sum has risen by 1.",
    picture: pictures.neuron,
    prepare(facts) {
      if (!state.neuron.value) state.neuron.value = [0, neuronOf(facts)]; // the next stroke may make another the strongest
    },
    reached(facts, memo) {
      const neuron = neuronOf(facts);
      const value = facts.now.sums[0][neuron];
      if (memo.neuron !== neuron || memo.drawing !== facts.drawing) {
        Object.assign(memo, { neuron, drawing: facts.drawing, first: value });
      }
      return value >= memo.first + 1 && `the sum went from ${number(memo.first)} to ${number(value)}.`;
    },
  },
  {
    title: "ReLU: max(0, z)",
    idea: "*ReLU* passes a positive sum on as it is and makes a negative one 0: max(0, z). A neuron that passes on 0 is *inactive*. Without this bend between them, three layers could do no more than one.",
    view: "neurons",
    yours: ({ now: { hidden } }) =>
      `For yours, ${countPositive(hidden[0])} of ${hidden[0].length} neurons of layer 1 are active, and ${countPositive(hidden[1])} of ${hidden[1].length} of layer 2.`,
    exercise: "Choose an inactive neuron, and draw until it becomes active.",
    picture: pictures.relu,
    reached(facts, memo) {
      const [layer, neuron] = state.neuron.value ?? [];
      if (layer !== 0 || neuron === undefined || neuron >= facts.now.hidden[0].length) return;
      const value = facts.now.hidden[0][neuron];
      if (memo.drawing !== facts.drawing) Object.assign(memo, { drawing: facts.drawing, inactive: null });
      if (value === 0) memo.inactive = neuron;
      return (
        value > 0 && memo.inactive === neuron && `neuron ${neuron + 1} was inactive and now passes on ${number(value)}.`
      );
    },
  },
  {
    title: "Two layers of 64",
    idea: "A *layer* is many neurons with the same inputs; their *activations* are the inputs of the next layer. Here: 784 inputs, two *hidden layers* of 64, ten outputs. Such a *multilayer perceptron* spreads what it knows over all of its *parameters*.",
    view: "neurons",
    yours({ description }) {
      const { parameters, weights, biases } = parameterCount(description.network.widths);
      return `${description.network.widths.join("–")}: ${grouped(parameters)} parameters, ${grouped(weights)} weights and ${biases} biases.`;
    },
    exercise: "Vote first: how many neurons of layer 1 can go before the answer changes? Then switch them off.",
    picture: pictures.layers,
    reached({ now, classifier }) {
      const { digit } = classifier.whole.predict(now.image);
      const off = state.off.value.length;
      if (off && now.digit !== digit) return `with ${off} switched off, the ${digit} became ${withArticle(now.digit)}.`;
      return off >= 64 && `even with all 64 switched off, it says ${digit}: the biases decide.`;
    },
  },
  {
    title: "Logits and softmax",
    idea: "The last layer has ten neurons, one for each digit; their sums are the *logits*. *Softmax* raises e to the power of each and divides by the sum of all ten powers. These are the *probabilities*: between 0 and 1, together 1.",
    view: "loss",
    yours({ now: { logits, probabilities } }) {
      const [first, second] = topTwo(logits);
      return `Your highest logits: ${number(logits[first])} for ${first} and ${number(logits[second])} for ${second}. As probabilities: ${percent(probabilities[first])} and ${percent(probabilities[second])}.`;
    },
    exercise: "Guess how far the second logit must rise to win. Then pull it there.",
    picture: pictures.softmax,
    reached(facts) {
      const { now } = facts;
      const pulled = movedLogits(now);
      if (!pulled) return;
      const winner = argmax(pulled);
      return (
        winner !== now.digit &&
        `${winner} wins once its logit has risen by ${number(pulled[winner] - now.logits[winner])}.`
      );
    },
  },
  {
    title: "Cross-entropy: the price of an answer",
    network: "baseline",
    idea: "The *loss* is *cross-entropy*: −ln of the probability that the network gave to the *label*, the digit that was meant. Sure and right costs almost nothing; sure and wrong costs a lot. Guessing, one tenth for each, costs ln 10 = 2.30.",
    view: "loss",
    yours: ({ now, label }) =>
      `If ${withArticle(label)} was meant, the loss is ${number(crossEntropy(now.logits, label))}.`,
    exercise: "Which label costs least, and which one most? Decide first, then choose both.",
    picture: pictures.crossEntropyCurve,
    reached({ now, drawing }, memo) {
      const label = state.label.value;
      if (memo.drawing !== drawing) Object.assign(memo, { drawing, least: false, most: false });
      if (label === null) return;
      const worst = argmax(now.logits.map((logit) => -logit));
      memo.least ||= label === now.digit;
      memo.most ||= label === worst;
      const [least, most] = [now.digit, worst].map((digit) => number(crossEntropy(now.logits, digit)));
      return memo.least && memo.most && `${least} for ${now.digit}, ${most} for ${worst}.`;
    },
  },
  {
    title: "One weight, one slope",
    network: "baseline",
    idea: "How should a weight change? Nudge it and watch the loss: the slope of the curve is the *derivative*. The derivatives for all parameters together are the *gradient*; training steps against it, downhill.",
    view: "loss",
    yours: (facts) => pictures.nudgeWords(facts),
    exercise: "Move the weight until the loss is the lowest on this curve.",
    picture: pictures.nudge,
    reached: (facts) => pictures.nudgeReached(facts),
  },
  {
    title: "Backpropagation: all slopes at once",
    network: "baseline",
    idea: "Each output asks for a change: probability minus 1 for the label, minus 0 for the others. *Backpropagation* hands the requests back through the weights and adds them up, layer by layer. For a batch, the gradients of its images are averaged.",
    view: "neurons",
    yours({ now, label }) {
      const asked = now.probabilities.map((share, digit) => share - Number(digit === label));
      const loudest = argmax(asked.map((value) => Math.abs(value)));
      return `With ${label} as the label, ${loudest} asks for the largest change: ${withSign(asked[loudest])}.`;
    },
    exercise: "Choose the digit that was meant, then a neuron of layer 2: which outputs ask it for more?",
    picture: pictures.backpropagation,
    reached({ label }) {
      const [layer, neuron] = state.neuron.value ?? [];
      return (
        state.label.value !== null &&
        layer === 1 &&
        neuron !== undefined &&
        `the requests of all ten outputs meet in neuron ${neuron + 1}; a step makes ${label} more probable.`
      );
    },
  },
  {
    title: "Training: step by step downhill",
    network: "baseline",
    idea: "An *optimizer* turns gradients into steps: *SGD* subtracts the gradient times the *learning rate*; *RMSProp* and *Adam* also adapt the step to each parameter. One step takes one batch; one pass over all *training digits* is an *epoch*.",
    view: "train",
    yours: () => "The chapter’s recipe: Adam, 0.001, batches of 32, 5 epochs. Each epoch takes 1,719 steps.",
    exercise: "Predict the three curves first. Then train with each of the three rates.",
    picture: pictures.rates,
    reached: () => pictures.ratesReached(),
  },
  {
    title: "Learned by heart",
    idea: "Settings are chosen by *validation digits*, which take no part in training; *test digits* are looked at once, at the end. A network that does far better on its training digits than on others *overfits*. With few digits, it can learn them all by heart.",
    view: "train",
    yours: () => "5,000 of MNIST’s 60,000 training digits are for validation; the 10,000 test digits are apart.",
    exercise: "Train on 100 digits. How high does each of the two curves end?",
    picture: pictures.overfitting,
    reached: () => pictures.overfittingReached(),
  },
  {
    title: "What it cannot know",
    idea: "Softmax shares out 100 % among ten digits, even for a smiley: a high probability proves nothing. A second small network, the *non-digit detector*, tries to tell digits from everything else. It errs, too.",
    view: "replay",
    yours(facts) {
      const { digit, probabilities } = mirrored(facts);
      return `Mirrored from top to bottom, yours is ${withArticle(digit ?? 0)} to it, with ${percent(probabilities[digit ?? 0])}.`;
    },
    exercise: "Draw a smiley. How sure is the network, and of what?",
    picture: pictures.detector,
    reached: ({ now: { verdict, digit, probabilities } }) =>
      verdict === "not a digit" &&
      `softmax gives ${percent(probabilities[digit])} to ${digit}; the detector says that it is not a digit.`,
  },
  {
    title: "Why this digit, and how to fool it",
    idea: "*Attribution* shares out the lead of one digit over another among the pixels: here, each pixel’s ink times its gradient. Orange ink speaks for the digit, blue ink against it. The *smallest change* that alters the answer is often hard to see.",
    view: "why",
    yours(facts) {
      const [first, second] = topTwo(facts.now.logits);
      const [difference, ink] = [
        facts.now.logits[first] - facts.now.logits[second],
        attributed(facts, [first, second]),
      ];
      return `${first} leads ${second} by ${number(difference)}: ${withSign(ink)} from your ink, ${withSign(difference - ink)} from paper and biases.`;
    },
    exercise: "Set your digit against another one: which ink speaks for it?",
    picture: pictures.attribution,
    reached(facts) {
      const pair = state.pair.value;
      const { digit, logits } = facts.now;
      if (!pair?.includes(digit)) return;
      const other = pair[0] === digit ? pair[1] : pair[0];
      return `${digit} leads ${other} by ${number(logits[digit] - logits[other])}, ${withSign(attributed(facts, [digit, other]))} of it from your ink.`;
    },
  },
];
