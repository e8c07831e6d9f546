/** Questions that a few trainings answer: each runs the comparison, and says what came of it. */
/** @import { Settings } from "../../engine/settings.js" */
/** @import { Run } from "../../state/runs.js" */
import { DEFAULTS } from "../../engine/settings.js";
import { percent } from "../../parts/numbers.js";
import { accuracyOf, current, queue, runs, startAll } from "../../state/runs.js";
import { computed, signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { isSame } from "./form.js";

/** `common` are changes of the chapter's values for all of its runs, `variants` those of each. `explanation` is said if the
 *  figures show what it explains: `isShown` is told the runs' validation accuracies and the runs.
 *  @typedef {{ question: string, common: Partial<Settings>, variants: Partial<Settings>[], names: string[],
 *    isShown: (accuracies: number[], runs: Run[]) => boolean, explanation: string }} Experiment */

const SHORT = { epochs: 1, digits: 20_000 };
/** @type {Experiment[]} */
const EXPERIMENTS = [
  {
    question: "What if all weights start at zero?",
    ...{ common: SHORT, variants: [{}, { initialization: "zeros" }], names: ["random weights", "all zeros"] },
    isShown: ([random, zeros]) => zeros < random - 0.3,
    explanation:
      "With zeros, all neurons of a layer compute the same and get the same gradient: nothing ever makes them differ. " +
      "Random weights break this symmetry.",
  },
  {
    question: "What if they start ten times too large?",
    ...{
      common: SHORT,
      variants: [{}, { initialization: "large" }],
      names: ["PyTorch’s default", "ten times as large"],
    },
    isShown: ([usual, large]) => large < usual - 0.005,
    explanation:
      "Large weights make a confident network of noise: its first loss is far above guessing, and much of the training only undoes it.",
  },
  {
    question: "Why not sigmoid in three layers?",
    common: { ...SHORT, hiddenLayers: 3, optimizer: "sgd", learningRate: 0.1 },
    ...{ variants: [{}, { activation: "sigmoid" }], names: ["ReLU", "sigmoid"] },
    isShown: ([relu, sigmoid]) => sigmoid < relu - 0.3,
    explanation:
      "Sigmoid’s slope is at most 1/4, so each layer leaves at most a quarter of the gradient: after three, the first layer hardly learns. " +
      "The gradients vanish.",
  },
  {
    question: "Why an activation at all?",
    ...{ common: { epochs: 2 }, variants: [{}, { activation: "none" }], names: ["ReLU", "none"] },
    isShown: ([relu, none]) => none < relu - 0.02,
    explanation: "Without one, layers after layers are still one linear map, as if there were no hidden layer.",
  },
  {
    question: "Do hidden layers help?",
    ...{ common: { epochs: 2 }, variants: [{}, { hiddenLayers: 0 }], names: ["two hidden layers", "none"] },
    isShown: ([two, none]) => none < two - 0.02,
    explanation: "Without hidden layers, each pixel votes for or against a digit on its own: no strokes, no loops.",
  },
  {
    question: "Are 100 digits enough?",
    ...{ common: {}, variants: [{ epochs: 1 }, { digits: 100, epochs: 50 }], names: ["55,000 digits", "100 digits"] },
    isShown: ([many, few], [, run]) => few < many - 0.1 && (run.points.at(-1)?.accuracy ?? 0) > 0.98,
    explanation:
      "The 100 are learned by heart, at training accuracies of up to 100 %, and say little about others: overfitting.",
  },
  {
    question: "Does augmentation help?",
    common: { digits: 1000, epochs: 50 },
    ...{ variants: [{}, { augmentation: 1 }], names: ["the same 1,000 digits", "distorted anew in each epoch"] },
    isShown: ([same, augmented]) => augmented > same + 0.01,
    explanation: "No image comes twice, so there is nothing to learn by heart.",
  },
  {
    question: "What does a high learning rate do?",
    common: SHORT,
    ...{ variants: [{}, { learningRate: 0.01 }, { learningRate: 0.1 }], names: ["0.001", "0.01", "0.1"] },
    isShown: ([low, , high]) => high < low - 0.05,
    explanation:
      "The gradient tells the way, but only nearby: long steps overshoot, and the loss jumps about or rises.",
  },
  {
    question: "What do RMSProp and Adam do better than SGD?",
    common: SHORT,
    variants: [{ optimizer: "sgd" }, { optimizer: "momentum" }, { optimizer: "rmsprop" }, {}],
    names: ["SGD", "with momentum", "RMSProp", "Adam"],
    isShown: ([sgd, , rmsprop, adam]) => Math.min(rmsprop, adam) > sgd + 0.1,
    explanation:
      "Both divide each parameter’s step by the usual size of its gradient, so that a rate of 0.001 suits all; SGD needs one many times as high.",
  },
  {
    question: "Small batches or large ones?",
    common: SHORT,
    ...{ variants: [{ batchSize: 8 }, {}, { batchSize: 1024 }], names: ["8", "32", "1,024"] },
    isShown: ([, middle, large]) => large < middle - 0.02,
    explanation: "Large batches give a steadier gradient, but fewer steps for the same digits.",
  },
];

const chosen = signal(/** @type {{ experiment: Experiment, settings: Settings[] } | null} */ (null));

/** The newest run with these settings, which is repeated exactly by another. @param {Settings} settings */
function runOf(settings) {
  return runs.value.find((run) => isSame(run.settings, settings) && run.state !== "stopped");
}

/** @param {Experiment} experiment */
function begin(experiment) {
  const settings = experiment.variants.map((changes) => ({ ...DEFAULTS, ...experiment.common, ...changes }));
  chosen.value = { experiment, settings };
  startAll(settings.filter((each) => !runOf(each)));
}

/** What came of the experiment; undefined while it goes on. */
const outcome = computed(() => {
  if (!chosen.value) return undefined;
  const { experiment, settings } = chosen.value;
  const its = settings.map(runOf);
  if (its.includes(undefined) || its.some((run) => run === current.value)) return undefined;
  const found = /** @type {Run[]} */ (its);
  const accuracies = found.map((run) => accuracyOf(run) ?? 0);
  const figures = experiment.names.map((name, i) => `${name}: ${percent(accuracies[i])}`).join("; ");
  const isShown = experiment.isShown(accuracies, found);
  return { figures, words: isShown ? experiment.explanation : "This time it made little difference." };
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
