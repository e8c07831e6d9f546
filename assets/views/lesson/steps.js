/** The lesson as data, in the order of the course's chapter: one idea a step, something to try, and a picture to try it in.
    Terms stand between asterisks where they come first; the lines of PyTorch are in code.js. */
/** @import { Facts } from "./facts.js" */
import { argmax, crossEntropy, topTwo } from "../../engine/math.js";
import { parameterCount } from "../../engine/settings.js";
import { extent } from "../../parts/ink.js";
import { grouped, number, percent, withArticle, withSign } from "../../parts/numbers.js";
import { state } from "../../state/state.js";
import { preprocessingSteps } from "../input/input.js";
import { movedLogits } from "../loss/loss.js";
import * as facts from "./facts.js";
import * as pictures from "./pictures.js";

/** `yours` says what the idea means for the drawing. `sets` is the state that the exercise is about, which has to be set
    anew for each drawing. `reached` returns what came of the exercise once all of it is done; it is asked whenever
    something changes, and counts when the pen has rested for a second. It remembers in `memo`, which begins anew with each
    step, drawing and network. `network` is the one that the step is about.
    @typedef {{ title: string, idea: string, network?: "baseline", yours: (known: Facts) => string, exercise: string,
    picture: (known: Facts | null) => unknown, sets?: keyof typeof state,
    reached: (known: Facts, memo: Record<string, any>, isAtRest: boolean) => string | false | undefined | null }} Step */

const SMALL = 70; // pixels: half of the canvas
const RISE = 1; // of a neuron's sum
const MOST_OFF = 126; // neurons: the last one of each layer stays
const NEAR = 0.01; // of the loss: this close to the lowest one is the lowest
const SMILEY = 4; // strokes: a face, two eyes and a mouth

/** @type {Step[]} */
export const STEPS = [
  {
    title: "Images come in batches",
    idea: "To a network, an image is numbers: one *tone* for each *pixel*. PyTorch stacks the images of a *batch* into one *tensor* of shape (N, C, H, W): number of images, *channels*, height, width. A gray image has one channel, a color image three: red, green and blue.",
    yours: ({ now }) =>
      `${facts.countPositive(now.image)} of the 784 pixels of yours, the first of the batch, have ink.`,
    exercise: "Draw a digit: it is the first of the batch. Then make it a batch in color.",
    picture: pictures.batch,
    sets: "color",
    reached: ({ now }) =>
      state.color.value &&
      now.verdict !== "not a digit" &&
      "a color image is three numbers for each pixel. Gray digits need one: (32, 1, 28, 28).",
  },
  {
    title: "Prepared as MNIST was",
    idea: "*Preprocessing* crops your drawing, shrinks it to 20 × 20 pixels and centers it, as the digits of *MNIST* were prepared. *Normalization* subtracts MNIST’s *mean* and divides by its *standard deviation*: paper becomes −0.42, full ink 2.82. A network recognizes what looks like what it learned from.",
    yours: ({ now: { input } }) =>
      `Your 784 inputs go from ${number(Math.min(...input))} to ${number(Math.max(...input))}; their mean is ${number(facts.mean(input))}.`,
    exercise: "Draw a small 7 in a corner. Switch steps off until the answer changes.",
    picture: preprocessingSteps,
    sets: "without",
    reached({ now, classifier }) {
      const { digit, verdict } = classifier.predictInk(now.ink);
      return (
        digit === 7 &&
        verdict === "digit" &&
        extent(now.strokes) <= SMALL &&
        state.without.value.length > 0 &&
        now.digit !== digit &&
        `the ${digit} became ${withArticle(now.digit)}.`
      );
    },
  },
  {
    title: "An image becomes a row",
    idea: "The network *flattens* each image: 28 rows, one behind the other, make 784 numbers, and the batch goes from (N, 1, 28, 28) to (N, 784). A row no longer says which pixels were neighbors; the network has to learn what it needs of that.",
    yours({ now }) {
      const at = argmax(now.input);
      return `One of your darkest pixels, in row ${Math.floor(at / 28) + 1} and column ${(at % 28) + 1}, becomes number ${at + 1} of 784.`;
    },
    exercise: "Pull the slider until the 28 rows of your image lie one behind the other.",
    picture: pictures.flattening,
    sets: "unrolled",
    reached: () => state.unrolled.value === 1 && "28 × 28 became 784. The pixel below is now 28 places away.",
  },
  {
    title: "A neuron is a weighted sum",
    idea: "A *neuron* multiplies each input by a *weight* of its own, adds up the products, and adds a *bias*. Where a weight is orange, ink raises the sum; where it is blue, ink lowers it. Training finds weights and biases.",
    yours: (known) =>
      `Neuron ${facts.neuronOf(known) + 1} of layer 1 has a sum of ${number(known.now.sums[0][facts.neuronOf(known)])} for yours.`,
    exercise: "Keep this neuron. Add ink where its weights are orange, until its sum has risen by 1.",
    picture: pictures.neuron,
    reached(known, memo, isAtRest) {
      const neuron = facts.neuronOf(known);
      const value = known.now.sums[0][neuron];
      if (isAtRest && memo.neuron !== neuron && known.now.verdict === "digit") {
        state.neuron.value = [0, neuron]; // the next stroke may make another the strongest
        Object.assign(memo, { neuron, first: value });
      }
      return (
        memo.neuron === neuron &&
        value >= memo.first + RISE &&
        `the sum went from ${number(memo.first)} to ${number(value)}.`
      );
    },
  },
  {
    title: "ReLU: max(0, z)",
    idea: "The *activation function* here, *ReLU*, passes a positive sum on as it is and makes a negative one 0: max(0, z). A neuron that passes on 0 is *inactive*. Without this bend between them, three layers could do no more than one.",
    yours: ({ now: { hidden } }) =>
      `For yours, ${facts.countPositive(hidden[0])} of ${hidden[0].length} neurons of layer 1 are active, and ${facts.countPositive(hidden[1])} of ${hidden[1].length} of layer 2.`,
    exercise: "Choose an inactive neuron, and draw on until it becomes active.",
    picture: pictures.relu,
    sets: "neuron",
    reached(known, memo) {
      const neuron = facts.neuronOf(known);
      const value = known.now.hidden[0][neuron];
      if (value === 0) memo.inactive = neuron;
      return (
        value > 0 && memo.inactive === neuron && `neuron ${neuron + 1} was inactive and now passes on ${number(value)}.`
      );
    },
  },
  {
    title: "Two layers of 64",
    idea: "A *layer* is many neurons with the same inputs; their *activations* are the inputs of the next layer. Here: 784 inputs, two *fully connected* *hidden layers* of 64, ten outputs. Such a *multilayer perceptron* spreads what it knows over all of its *parameters*.",
    yours({ description }) {
      const { parameters, weights, biases } = parameterCount(description.network.widths);
      return `${description.network.widths.join("–")}: ${grouped(parameters)} parameters, ${grouped(weights)} weights and ${biases} biases.`;
    },
    exercise:
      "Vote first: how many neurons can go before the answer changes? Then switch off the weaker half, again and again.",
    picture: pictures.layers,
    sets: "off",
    reached({ now, classifier }) {
      const { digit } = classifier.whole.predict(now.image);
      const off = state.off.value.length;
      if (off && now.digit !== digit) return `with ${off} switched off, the ${digit} became ${withArticle(now.digit)}.`;
      return off >= MOST_OFF && `even with ${off} of 128 switched off, it says ${digit}.`;
    },
  },
  {
    title: "Logits and softmax",
    idea: "The last layer has ten neurons, one for each digit; their sums are the *logits*. *Softmax* raises e to the power of each and divides by the sum of all ten powers. These are the *probabilities*: between 0 and 1, together 1.",
    yours({ now: { logits, probabilities } }) {
      const [first, second] = topTwo(logits);
      return `Your highest logits: ${number(logits[first])} for ${first} and ${number(logits[second])} for ${second}. As probabilities: ${percent(probabilities[first])} and ${percent(probabilities[second])}.`;
    },
    exercise: "Guess how far the second logit must rise to win. Then pull it there.",
    picture: pictures.softmax,
    sets: "logits",
    reached({ now }) {
      const pulled = movedLogits(now);
      const second = topTwo(now.logits)[1];
      const rise = pulled ? pulled[second] - now.logits[second] : 0;
      return (
        pulled &&
        rise > 0 &&
        argmax(pulled) === second &&
        pulled.every((logit, digit) => digit === second || Math.abs(logit - now.logits[digit]) < 0.1) &&
        `${second} wins once its logit has risen by ${number(now.logits[now.digit] - now.logits[second])}; you pulled it by ${number(rise)}.`
      );
    },
  },
  {
    title: "Cross-entropy: the price of an answer",
    network: "baseline",
    idea: "The *loss* is *cross-entropy*: −ln of the probability that the network gave to the *label*, the ground truth. Sure and right costs almost nothing; sure and wrong costs a lot. Guessing, one tenth for each, costs ln 10 = 2.30.",
    yours: ({ now, label }) =>
      `If ${withArticle(label)} was meant, the loss is ${number(crossEntropy(now.logits, label))}.`,
    exercise: "Which label costs least, and which one most? Decide first, then choose both.",
    picture: pictures.crossEntropyCurve,
    sets: "label",
    reached({ now }, memo) {
      const label = state.label.value;
      const [least, most] = [now.digit, argmax(now.logits.map((logit) => -logit))];
      memo.least ||= label === least;
      memo.most ||= label === most;
      const [low, high] = [least, most].map((digit) => number(crossEntropy(now.logits, digit)));
      return memo.least && memo.most && `${low} for ${least}, ${high} for ${most}.`;
    },
  },
  {
    title: "One weight, one slope",
    network: "baseline",
    idea: "How should a weight change? Nudge it and watch the loss: the slope of the curve is the *derivative*. The derivatives for all parameters together are the *gradient*; training steps against it, downhill.",
    yours(known) {
      const slope = facts.nudged(known).slope(0);
      return `Its slope at first is ${number(slope)}: a little more of this weight ${slope < 0 ? "lowers" : "raises"} the loss.`;
    },
    exercise: "Move the weight until the loss is the lowest on this curve.",
    picture: pictures.nudge,
    sets: "nudge",
    reached(known) {
      const { loss } = facts.nudged(known);
      const here = loss(pictures.nudgeOf());
      return (
        here <= loss(pictures.REACH) + NEAR &&
        `the loss went from ${number(loss(0))} to ${number(here)}. Training does this for all 55,050 parameters at once.`
      );
    },
  },
  {
    title: "Backpropagation: all slopes at once",
    network: "baseline",
    idea: "Each output asks for a change: 1 minus its probability if it is the label, 0 minus its probability if not. *Backpropagation* hands the requests back through the weights and adds them up, layer by layer. For a batch, the gradients of its images are averaged.",
    yours(known) {
      const asked = facts.requests(known);
      const loudest = argmax(asked.map(Math.abs));
      return `With ${known.label} as the label, ${loudest} asks for the largest change: ${withSign(asked[loudest])}.`;
    },
    exercise: "Choose the digit that was meant, then a neuron of layer 2: which outputs ask it for more?",
    picture: pictures.backpropagation,
    sets: "neuron",
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
    yours: () => "The chapter’s recipe: Adam, 0.001, batches of 32, 5 epochs. Each epoch takes 1,719 steps.",
    exercise: "Predict three curves first, one for each learning rate. Then train.",
    picture: pictures.rates,
    reached: pictures.ratesReached,
  },
  {
    title: "Learned by heart",
    network: "baseline",
    idea: "Settings are chosen by *validation digits*, which take no part in training; *test digits* are looked at once, at the end. A network that does far better on its training digits than on others *overfits*. With few digits, it can learn them all by heart.",
    yours: () => "5,000 of MNIST’s 60,000 training digits are for validation; the 10,000 test digits are apart.",
    exercise: "Train on 100 digits. How high does each of the two curves end?",
    picture: pictures.overfitting,
    reached: pictures.overfittingReached,
  },
  {
    title: "What it cannot know",
    idea: "Softmax shares out 100 % among ten digits, even for a smiley: a high probability proves nothing. A second small network, the *non-digit detector*, tries to tell digits from everything else. It errs, too.",
    yours(known) {
      const { digit, probabilities } = facts.mirrored(known);
      return `Mirrored from top to bottom, yours is ${withArticle(digit ?? 0)} to it, with ${percent(probabilities[digit ?? 0])}.`;
    },
    exercise: "Draw a smiley: a face, two eyes and a mouth. How sure is the network, and of what?",
    picture: pictures.detector,
    reached: ({ now: { verdict, digit, probabilities, strokes } }) =>
      verdict === "not a digit" &&
      strokes.length >= SMILEY &&
      `softmax gives ${percent(probabilities[digit])} to ${digit}; the detector says that it is not a digit.`,
  },
  {
    title: "Why this digit, and how to fool it",
    idea: "*Attribution* shares out the lead of one digit over another among the pixels, by ink times gradient. Orange ink speaks for it, blue ink against it. The *smallest change* of the answer is often hard to see.",
    yours(known) {
      const pair = topTwo(known.now.logits);
      const [lead, ink] = [known.now.logits[pair[0]] - known.now.logits[pair[1]], facts.attributed(known, pair)];
      return `${pair[0]} leads ${pair[1]} by ${number(lead)}: ${withSign(ink)} from your ink, ${withSign(lead - ink)} from paper and biases.`;
    },
    exercise: "Set your digit against another one: which ink speaks for it?",
    picture: pictures.attribution,
    sets: "pair",
    reached(known) {
      const pair = state.pair.value;
      const { digit, logits } = known.now;
      if (!pair?.includes(digit)) return;
      const other = pair[0] === digit ? pair[1] : pair[0];
      return `${digit} leads ${other} by ${number(logits[digit] - logits[other])}, ${withSign(facts.attributed(known, [digit, other]))} of it from your ink.`;
    },
  },
];
