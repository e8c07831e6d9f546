/** The runs in one list, to be compared and chosen from. */
/** @import { Settings } from "../../engine/settings.js" */
/** @import { Run } from "../../state/runs.js" */
import * as engine from "../../engine/settings.js";
import { sparkline } from "../../parts/chart.js";
import { grouped, percent } from "../../parts/numbers.js";
import {
  accuracyOf,
  isUnderWay,
  predictionOf,
  remove,
  runs,
  sharedRun,
  show,
  shown,
  titleOf,
} from "../../state/runs.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { saveWeights } from "./result.js";
import { LOSS } from "./train.js";

/** The settings in one line: parts, and whether each differs from the chapter's. @param {Settings} settings
    @returns {[string, boolean][]} */
function inOneLine(settings) {
  const is = engine.DEFAULTS;
  /** @type {(names: (keyof Settings)[]) => boolean} */
  const differs = (names) => names.some((name) => (settings[name] || 0) !== (is[name] || 0));
  const { hiddenLayers, hidden, digits } = settings;
  /** @type {[string, (keyof Settings)[], boolean?][]} */
  const parts = [
    [engine.OPTIMIZERS[settings.optimizer], ["optimizer"], true],
    [String(settings.learningRate), ["learningRate"], true],
    [`batch ${settings.batchSize}`, ["batchSize"], true],
    [
      hiddenLayers ? `${Array(hiddenLayers).fill(hidden).join(" – ")} neurons` : "no hidden layer",
      ["hiddenLayers", "hidden"],
    ],
    [settings.activation === "none" ? "no activation" : engine.ACTIVATIONS[settings.activation], ["activation"]],
    [engine.INITIALIZATIONS[settings.initialization], ["initialization"]],
    [`${grouped(digits)} digits`, ["digits"]],
    ["augmentation", ["augmentation"]],
    ["pen strokes", /** @type {any} */ (["penStrokes"])],
    [`seed ${settings.seed}`, ["seed"]],
  ];
  return parts.flatMap(([words, names, isAlways]) => {
    const isOther = differs(names);
    return isAlways || isOther ? [/** @type {[string, boolean]} */ ([words, isOther])] : [];
  });
}

export function list() {
  const all = [...runs.value, ...(sharedRun.value ? [sharedRun.value] : [])];
  return html`<table class="train-runs">
    <caption class="sr-only">Runs</caption>
    <thead>
      <tr>
        <th scope="col"><h3>Runs</h3></th>
        <th scope="col">trained for</th>
        <th scope="col">loss</th>
        <th scope="col">validation</th>
        <th scope="col">reads your drawing as</th>
        <td></td>
      </tr>
    </thead>
    <tbody>${all.map(row)}</tbody>
  </table>`;
}

/** @param {Run} run */
function row(run) {
  const { number, settings } = run;
  const isShown = run === shown.value;
  const accuracy = accuracyOf(run);
  const line = number
    ? inOneLine(settings).map(
        ([words, isOther], i) => html`${i > 1 ? " · " : " "}${isOther ? html`<b>${words}</b>` : words}`,
      )
    : html` the network that this page brings`;
  const title = titleOf(run);
  return html`<tr class=${isShown ? "is-shown" : ""}>
    <th scope="row">
      <label>
        <input type="radio" name="train-run" .checked=${isShown} @change=${() => show(run)} />
        <span><strong>${number || "Pretrained"}</strong>${line}</span>
      </label>
    </th>
    <td>${trainedFor(run)}</td>
    <td>
      ${sparkline(
        run.points.map(({ step, loss }) => [step, loss]),
        LOSS,
      )}
    </td>
    <td>
      <b title="of the validation digits"
        >${accuracy === null ? "" : percent(accuracy)}</b>
    </td>
    <td>${reading(run)}</td>
    <td class="train-buttons">
      ${
        number && run.parameters
          ? html`<button type="button" class="train-plain" title="Weights (.safetensors)"
            aria-label=${`Save the weights of ${title}`} @click=${() => saveWeights(run)}>
                ↓</button><button type="button" class="train-plain" title="Delete" aria-label=${`Delete ${title}`}
                  ?disabled=${isUnderWay(run)} @click=${() => remove(number)}>✕</button>`
          : nothing
      }
    </td>
  </tr>`;
}

/** @param {Run} run */
function trainedFor({ state, epoch, epochs }) {
  const whole = epoch === epochs;
  const words = whole ? String(epochs) : epoch.toFixed(1);
  const ended = state === "diverged" ? "diverged after " : "";
  return `${ended}${words}${whole ? "" : ` of ${epochs}`} ${epochs === 1 ? "epoch" : "epochs"}`;
}

/** @param {Run} run */
function reading(run) {
  const { digit, probabilities } = predictionOf(run);
  if (digit === null) return "–";
  const share = probabilities[digit];
  return html`<span class="train-reading"
    ><b>${digit}</b><span class="track"><span style="--share: ${share.toFixed(3)}"></span></span>${percent(share, 0)}</span>`;
}
