/** Questions that a few trainings answer: each runs the comparison, and says what came of it. */
/** @import { Settings } from "../../engine/settings.js" */
import { DEFAULTS } from "../../engine/settings.js";
import { percent } from "../../parts/numbers.js";
import { accuracyOf, current, queue, runs, startAll } from "../../state/runs.js";
import { computed, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { isSame } from "./form.js";

/** `common` are changes of the chapter's values for all runs, `variants` those of each, by its name. `explanation` is said if
 *  the figures show what it explains: `isShown` is told the runs' validation accuracies.
 *  @typedef {{ question: string, common?: Partial<Settings>, variants: Record<string, Partial<Settings>>,
 *    isShown: (accuracies: number[]) => boolean, explanation: string }} Experiment */

const SHORT = { epochs: 1, digits: 20_000 };
/** @type {Experiment[]} */
const EXPERIMENTS = [
  {
    question: "What if all weights start at zero?",
    common: SHORT,
    variants: { "random weights": {}, "all zeros": { initialization: "zeros" } },
    isShown: ([random, zeros]) => zeros < random - 0.3,
    explanation: `With zeros, all neurons of a layer compute the same and get the same gradient: nothing ever makes them
      differ. Random weights break this symmetry.`,
  },
  {
    question: "What if they start ten times too large?",
    common: SHORT,
    variants: { "PyTorch’s default": {}, "ten times as large": { initialization: "large" } },
    isShown: ([usual, large]) => large < usual - 0.005,
    explanation: `Large weights make a confident network of noise: its first loss is far above guessing, and much of the
      training only undoes it.`,
  },
  {
    question: "Why not sigmoid in three layers?",
    common: { ...SHORT, hiddenLayers: 3, optimizer: "sgd", learningRate: 0.1 },
    variants: { ReLU: {}, sigmoid: { activation: "sigmoid" } },
    isShown: ([relu, sigmoid]) => sigmoid < relu - 0.3,
    explanation: `Sigmoid’s slope is at most 1/4, so each layer leaves at most a quarter of the gradient: after three, the
      first layer hardly learns. The gradients vanish.`,
  },
  {
    question: "Why an activation at all?",
    common: { epochs: 2 },
    variants: { ReLU: {}, none: { activation: "none" } },
    isShown: ([relu, none]) => none < relu - 0.02,
    explanation: "Without one, layer after layer is still one linear map, as if there were no hidden layer.",
  },
  {
    question: "Do hidden layers help?",
    common: { epochs: 2 },
    variants: { "two hidden layers": {}, none: { hiddenLayers: 0 } },
    isShown: ([two, none]) => none < two - 0.02,
    explanation: "Without them, each pixel votes for or against a digit on its own: no strokes, no loops.",
  },
  {
    question: "Are 100 digits enough?",
    variants: { "55,000 digits": { epochs: 1 }, "100 digits": { digits: 100, epochs: 50 } },
    isShown: ([many, few]) => few < many - 0.1,
    explanation: `The 100 are learned by heart, as the training accuracy shows, and say little about others: the network
      overfits.`,
  },
  {
    question: "Does augmentation help?",
    common: { digits: 1000, epochs: 50 },
    variants: { "the same 1,000 digits": {}, "distorted anew in each epoch": { augmentation: 1 } },
    isShown: ([same, augmented]) => augmented > same + 0.01,
    explanation: "No image comes twice, so there is nothing to learn by heart.",
  },
  {
    question: "What does a high learning rate do?",
    common: SHORT,
    variants: { 0.001: {}, 0.01: { learningRate: 0.01 }, 0.1: { learningRate: 0.1 } },
    isShown: ([low, , high]) => high < low - 0.05,
    explanation: `The gradient tells the way, but only nearby: long steps overshoot, and the loss jumps about or rises.`,
  },
  {
    question: "What do RMSProp and Adam do better than SGD?",
    common: SHORT,
    variants: {
      ...{ SGD: { optimizer: "sgd" }, "with momentum": { optimizer: "momentum" }, RMSProp: { optimizer: "rmsprop" } },
      Adam: {},
    },
    isShown: ([sgd, , rmsprop, adam]) => Math.min(rmsprop, adam) > sgd + 0.1,
    explanation: `Both divide each parameter’s step by the usual size of its gradient, so that a rate of 0.001 suits all;
      SGD needs one many times as high.`,
  },
  {
    question: "Small batches or large ones?",
    common: SHORT,
    variants: { "batches of 8": { batchSize: 8 }, "of 32": {}, "of 1,024": { batchSize: 1024 } },
    isShown: ([, middle, large]) => large < middle - 0.02,
    explanation: "Large batches give a steadier gradient, but fewer steps for the same digits.",
  },
];

const chosen = signal(/** @type {{ experiment: Experiment, settings: Settings[] } | null} */ (null));

/** The newest run with these settings, which is repeated exactly by another. @param {Settings} settings */
export function runOf(settings) {
  return runs.value.find((run) => isSame(run.settings, settings) && run.state !== "stopped");
}

/** @param {Experiment} experiment */
function begin(experiment) {
  const changes = Object.values(experiment.variants);
  const settings = changes.map((each) => ({ ...DEFAULTS, ...experiment.common, ...each }));
  chosen.value = { experiment, settings };
  startAll(settings.filter((each) => !runOf(each)));
}

/** What came of the experiment; undefined while it goes on. */
const outcome = computed(() => {
  if (!chosen.value) return undefined;
  const { experiment, settings } = chosen.value;
  const its = settings.map(runOf);
  if (!its.every((run) => run && run !== current.value)) return undefined;
  const accuracies = its.map((run) => (run && accuracyOf(run)) ?? 0);
  const figures = Object.keys(experiment.variants).map((name, i) => `${name}: ${percent(accuracies[i])}`);
  const isShown = experiment.isShown(accuracies);
  return {
    figures: figures.join("; "),
    words: isShown ? experiment.explanation : "This time it made little difference.",
  };
});

export function experiments() {
  /** @type {(event: any, experiment: Experiment) => void} */
  const choose = (event, experiment) => {
    event.target.closest("details").open = false;
    begin(experiment);
  };
  return html`<details class="train-experiments">
    <summary>Try an experiment ▾</summary>
    <ul>
      ${EXPERIMENTS.map(
        (each) =>
          html`<li>
            <button type="button" class="train-plain" @click=${(/** @type {any} */ event) => choose(event, each)}>
              ${each.question}
            </button>
          </li>`,
      )}
    </ul>
  </details>`;
}

export function verdict() {
  if (!chosen.value) return nothing;
  const { experiment, settings } = chosen.value;
  const isStopped = !outcome.value && !current.value && !queue.value.length;
  const number = settings.length - queue.value.length;
  const words = outcome.value
    ? html`<b>${outcome.value.figures}.</b> ${outcome.value.words}`
    : isStopped
      ? "It was ended before all runs were over."
      : `Run ${number} of ${settings.length} …`;
  return html`<p class="train-verdict" aria-live="polite">
    <strong>${experiment.question}</strong> ${words}
    <button type="button" class="train-plain" aria-label="Close the experiment" @click=${() => (chosen.value = null)}>
      ✕
    </button>
  </p>`;
}
