/** The runs in one list, to be compared and chosen from. */
/** @import { Run } from "../../state/runs.js" */
import { inWords } from "../../engine/settings.js";
import { writeSafetensors } from "../../engine/weights-files.js";
import { LOSS, stepChart } from "../../parts/chart.js";
import { save } from "../../parts/download.js";
import { percent } from "../../parts/numbers.js";
import * as training from "../../state/runs.js";
import { html, nothing } from "../../vendor/lit-html.js";

export function list() {
  const all = [...training.runs.value, ...(training.sharedRun.value ? [training.sharedRun.value] : [])];
  return html`<table class="train-runs">
    <caption class="sr-only">Runs</caption>
    <thead>
      <tr>
        <th scope="col"><h3>Runs</h3></th>
        <th scope="col">trained for</th>
        <th scope="col">loss</th>
        <th scope="col">validation</th>
        <th scope="col">your drawing</th>
        <td></td>
      </tr>
    </thead>
    <tbody>${all.map(row)}</tbody>
  </table>`;
}

/** @param {Run} run */
function row(run) {
  const { number, settings, points } = run;
  const isShown = run === training.shown.value;
  const accuracy = training.accuracyOf(run);
  const words = number ? inWords(settings) : [];
  const line = words.map(([each, isOther], i) => html`${i > 1 ? " · " : " "}${isOther ? html`<b>${each}</b>` : each}`);
  return html`<tr class=${isShown ? "is-shown" : ""}>
    <th scope="row">
      <label>
        <input type="radio" name="train-run" .checked=${isShown} @change=${() => training.show(run)} />
        <span><strong>${number || "Pretrained"}</strong>${number ? line : " the network that this page brings"}</span>
      </label>
    </th>
    <td>${trainedFor(run)}</td>
    <td>${stepChart([{ points }], points.at(-1)?.step ?? 1, { ...LOSS, ticks: [] }, null, "")}</td>
    <td><b>${accuracy === null ? "" : percent(accuracy)}</b></td>
    <td>${prediction(run)}</td>
    <td>${number && run.parameters ? buttons(run) : nothing}</td>
  </tr>`;
}

/** @param {Run} run */
function buttons(run) {
  const { number, shape, parameters } = run;
  const saveWeights = () => {
    if (parameters) save(`run-${number}.safetensors`, writeSafetensors(parameters, shape));
  };
  return html`<button type="button" class="is-plain" title="Weights (.safetensors)"
      aria-label="Save the weights of Run ${number}" @click=${saveWeights}>↓</button><button type="button"
      class="is-plain" title="Delete" aria-label="Delete Run ${number}" ?disabled=${training.isUnderWay(run)}
      @click=${() => training.remove(number)}>✕</button>`;
}

/** @param {Run} run */
function trainedFor({ state, epoch, epochs }) {
  const words = epoch === epochs ? String(epochs) : `${epoch.toFixed(1)} of ${epochs}`;
  return `${state === "diverged" ? "diverged after " : ""}${words} ${epochs === 1 ? "epoch" : "epochs"}`;
}

/** @param {Run} run */
function prediction(run) {
  const { digit, probabilities } = training.predictionOf(run);
  if (digit === null) return "–";
  const share = probabilities[digit];
  return html`<b>${digit}</b><i class="bar is-ink" style="--share: ${share}"></i>${percent(share, 0)}`;
}
