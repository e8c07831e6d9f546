/** Questions that a few trainings answer: each runs the comparison, and says what came of it. */
/** @import { Settings } from "../../engine/settings.js" */
import { DEFAULTS } from "../../engine/settings.js";
import { percent } from "../../parts/numbers.js";
import { accuracyOf, current, queue, runOf, startAll } from "../../state/runs.js";
import { signal } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";

/** `common` are changes of the chapter's values for all runs, `variants` those of each, by its name. The `explanation` is
 *  said if the first variant's validation accuracy is `by` so much higher than the last one's.
 *  @typedef {{ question: string, common?: Partial<Settings>, variants: Record<string, Partial<Settings>>, by: number,
 *    explanation: string }} Experiment */

const SHORT = { epochs: 1, digits: 20_000 };
/** @type {Experiment[]} */
const EXPERIMENTS = [
  {
    question: "What if all weights start at zero?",
    common: SHORT,
    variants: { "random weights": {}, "all zeros": { initialization: "zeros" } },
    by: 0.3,
    explanation: `With zeros, all neurons of a layer compute the same and get the same gradient: nothing ever makes them
      differ. Random weights break this symmetry.`,
  },
  {
    question: "Why not sigmoid in three layers?",
    common: { ...SHORT, hiddenLayers: 3, optimizer: "sgd", learningRate: 0.1 },
    variants: { ReLU: {}, sigmoid: { activation: "sigmoid" } },
    by: 0.3,
    explanation: `Sigmoid’s slope is at most 1/4, so each layer leaves at most a quarter of the gradient: after three, the
      first layer hardly learns. The gradients vanish.`,
  },
  {
    question: "Why hidden layers, and an activation?",
    common: { epochs: 2 },
    variants: { both: {}, "no activation": { activation: "none" }, "no hidden layer": { hiddenLayers: 0 } },
    by: 0.02,
    explanation: `Without an activation, layer after layer is still one linear map, as if there were no hidden layer: each
      pixel votes for or against a digit on its own.`,
  },
  {
    question: "Are 100 digits enough?",
    variants: { "55,000 digits": { epochs: 1 }, "100 digits": { digits: 100, epochs: 50 } },
    by: 0.1,
    explanation: `The 100 are learned by heart, as the training accuracy shows, and say little about others: the network
      overfits.`,
  },
  {
    question: "Does augmentation help?",
    common: { digits: 1000, epochs: 50 },
    variants: { "1,000 digits, distorted anew in each epoch": { augmentation: true }, "always the same": {} },
    by: 0.01,
    explanation: "No image comes twice, so there is nothing to learn by heart.",
  },
  {
    question: "What does a high learning rate do?",
    common: SHORT,
    variants: { 0.001: {}, 0.01: { learningRate: 0.01 }, 0.1: { learningRate: 0.1 } },
    by: 0.05,
    explanation:
      "The gradient tells the way, but only nearby: long steps overshoot, and the loss jumps about or rises.",
  },
  {
    question: "What do RMSProp and Adam do better than SGD?",
    common: SHORT,
    variants: { Adam: {}, RMSProp: { optimizer: "rmsprop" }, SGD: { optimizer: "sgd" } },
    by: 0.1,
    explanation: `Both divide each parameter’s step by the usual size of its gradient, so that a rate of 0.001 suits all;
      SGD needs one many times as high.`,
  },
  {
    question: "Small batches or large ones?",
    common: SHORT,
    variants: { "batches of 8": { batchSize: 8 }, "of 32": {}, "of 1,024": { batchSize: 1024 } },
    by: 0.02,
    explanation: "Large batches give a steadier gradient, but fewer steps for the same digits.",
  },
];

const chosen = signal(/** @type {{ experiment: Experiment, settings: Settings[] } | null} */ (null));

export function experiments() {
  /** @param {any} event @param {Experiment} experiment */
  const begin = ({ target }, experiment) => {
    target.closest("details").open = false;
    const variants = Object.values(experiment.variants);
    const settings = variants.map((each) => ({ ...DEFAULTS, ...experiment.common, ...each }));
    chosen.value = { experiment, settings };
    startAll(settings.filter((each) => !runOf(each)));
  };
  const button = (/** @type {Experiment} */ each) =>
    html`<button type="button" @click=${(/** @type {any} */ event) => begin(event, each)}>${each.question}</button>`;
  return html`<details>
    <summary>Try an experiment</summary>
    <div class="buttons">${EXPERIMENTS.map(button)}</div>
  </details>`;
}

export function verdict() {
  if (!chosen.value) return nothing;
  return html`<p class="train-verdict" aria-live="polite">
    <strong>${chosen.value.experiment.question}</strong> ${outcome(chosen.value)}
    <button type="button" class="is-plain" aria-label="Close the experiment" @click=${() => (chosen.value = null)}>
      ✕
    </button>
  </p>`;
}

/** What came of an experiment, or how far it is. @param {{ experiment: Experiment, settings: Settings[] }} chosen */
function outcome({ experiment: { variants, by, explanation }, settings }) {
  const its = settings.flatMap((each) => runOf(each) ?? []);
  const isOver = its.length === settings.length && !its.some((run) => run === current.value);
  if (!isOver && current.value) return `Run ${settings.length - queue.value.length} of ${settings.length} …`;
  if (!isOver) return "It was ended before all runs were over.";
  const accuracies = its.map((run) => accuracyOf(run) ?? 0);
  const figures = Object.keys(variants).map((name, i) => `${name}: ${percent(accuracies[i])}`);
  const isShown = accuracies[0] - accuracies[accuracies.length - 1] > by;
  return html`<b>${figures.join("; ")}.</b> ${isShown ? explanation : "This time it made little difference."}`;
}
