/** Ten logits, each to be moved; softmax; the cross-entropy loss for the digit that was meant; and one step of gradient
    descent on the drawing. */
/** @import { Drawn, MountContext } from "../../state/types.js" */
import { argmax, crossEntropy, largest, powers, softmax, sum } from "../../engine/math.js";
import { afterOneStep } from "../../engine/reference.js";
import { DIGITS } from "../../engine/settings.js";
import { slider } from "../../parts/fields.js";
import { between } from "../../parts/figures.js";
import { brief, percent } from "../../parts/numbers.js";
import { active, classifier } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { computed, effect } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { COUNT, recognized } from "../../state/mini-sets.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1];
const REACH = 30; // a logit can be moved this far from 0, and as far as any logit is
const QUIET = 0.005; // what is less has no number
const [WIDTH, HEIGHT, HIGHEST] = [220, 120, 6]; // of the curve, and the loss at its top

/** The logits as they were moved for this drawing; null if they were not. @param {Drawn} now */
export const movedLogits = ({ penIsDown }) =>
  penIsDown ? null : state.logits.value && Float64Array.from(state.logits.value);

// Moved logits belong to those that they were moved from: to one drawing and one network, once that has arrived.
const atRest = computed(() => {
  const now = current.value;
  const isThere = active.value?.name === state.network.value && !now.penIsDown && !isEmpty(now);
  return isThere ? now.logits.join() : null;
});
let last = atRest.peek();
effect(() => {
  if (atRest.value === null) return;
  if (last !== null && atRest.value !== last) reset("logits");
  last = atRest.value;
});

/** @param {MountContext} context */
export function mount({ element }) {
  view("loss", element, () => {
    const now = current.value;
    return html`<header class="view-head">
        <h2>How sure, and how surprised?</h2>
        <p class="view-lead">Softmax makes probabilities of logits; the loss is the surprise at the digit you meant.</p>
      </header>
      ${isEmpty(now) ? html`<p class="view-lead">Draw a digit first.</p>` : pictures(now)}`;
  });
}

/** @param {Drawn} now */
function pictures(now) {
  const label = state.label.value;
  const moved = movedLogits(now);
  const step = label === null || moved ? null : afterStep(now, label);
  return html`<div class="split">
    <div class="stack">${softmaxPicture(now)}</div>
    <div class="stack">
      ${lossCurve(label === null ? null : (moved ?? now.logits), label ?? 0, step?.logits)}
      ${step && stepCard(now, label ?? 0, step)}
    </div>
  </div>`;
}

/** Logits, their powers and their probabilities, digit by digit; the digit that was meant is chosen here. @param {Drawn} now */
export function softmaxPicture(now) {
  const logits = movedLogits(now) ?? now.logits;
  const move = (/** @type {number} */ digit, /** @type {number} */ logit) =>
    (state.logits.value = [...logits.with(digit, logit)]);
  const exponentials = powers(logits);
  const probabilities = softmax(logits);
  const winner = argmax(logits);
  const reach = Math.max(REACH, Math.ceil(largest(logits)));
  return html`<table class="loss-table" aria-label="Digit by digit">
    <thead>
      <tr>
        <th scope="col">I meant</th>
        <th scope="col">logit z</th>
        <th scope="col">e<sup>z − ${brief(Math.max(...logits))}</sup></th>
        <th scope="col">÷ ${brief(sum(exponentials))} = p</th>
      </tr>
    </thead>
    <tbody>
      ${Array.from(logits, (logit, digit) => {
        const options = { min: -reach, max: reach, step: 0.1, text: brief(logit) };
        return html`<tr class="${digit === winner ? "is-ink" : ""} ${digit === state.label.value ? "is-meant" : ""}">
          <th scope="row">
            <label>
              <input type="radio" name="meant" .checked=${digit === state.label.value}
                @change=${() => (state.label.value = digit)} />${digit}
            </label>
          </th>
          <td>
            <span class="loss-logit">
              <i class="bar" style=${between(0, logit, -reach, 2 * reach)}></i>
              ${slider(`Logit of ${digit}`, logit, (value) => move(digit, value), options)}
            </span>
            <b>${brief(logit)}</b>
          </td>
          <td>${bar(exponentials[digit], brief)}</td>
          <td>${bar(probabilities[digit], percent)}</td>
        </tr>`;
      })}
    </tbody>
  </table>
    <div class="buttons">
      <button type="button" ?disabled=${logits === now.logits} @click=${() => reset("logits")}>Reset logits</button>
    </div>`;
}

/** @param {number} share @param {(share: number) => string} format */
const bar = (share, format) =>
  html`<i class="bar" style="--share: ${share}"></i><b>${share < QUIET ? "" : format(share)}</b>`;

/** The curve of −ln p, with a dot at the probability of the digit that was meant, and a ring at that after a step.
    @param {Float64Array | null} logits null while none was meant @param {number} label @param {Float64Array} [after] */
export function lossCurve(logits, label, after) {
  const x = (/** @type {number} */ p) => p * WIDTH;
  const y = (/** @type {number} */ loss) => HEIGHT * (1 - Math.min(loss, HIGHEST) / HIGHEST);
  const points = Array.from({ length: 100 }, (_, i) => ((i + 1) / 100) ** 2).map((p) => `${x(p)},${y(-Math.log(p))}`);
  const loss = logits && crossEntropy(logits, label);
  const dot = (/** @type {Float64Array} */ at, /** @type {string} */ name) =>
    svg`<circle class=${name} cx=${x(softmax(at)[label])} cy=${y(crossEntropy(at, label))} r="6" />`;
  return html`<section class="card">
    <h3>Cross-entropy</h3>
    <p class="loss-formula">
      ${
        logits && loss !== null
          ? html`−ln p(${label}) = −ln ${brief(softmax(logits)[label], Number.MIN_VALUE)} = <strong>${practically(loss)}</strong>`
          : "Say which digit you meant, in the first column."
      }
    </p>
    <svg class="graph loss-curve" viewBox="-22 -12 252 150" role="img"
      aria-label="The curve of −ln p${loss === null ? "" : `, with the loss, ${brief(loss)}`}">
      <path d="M0 0V${HEIGHT}H${WIDTH}M0 ${y(Math.log(DIGITS))}H${WIDTH}" />
      <polyline points=${points.join(" ")} />
      ${[0, 3, HIGHEST].map((tick) => svg`<text x="-6" y=${y(tick) + 4} text-anchor="end">${tick}</text>`)}
      ${[0, 1].map((tick) => svg`<text x=${x(tick)} y=${HEIGHT + 16} text-anchor="middle">${tick}</text>`)}
      <text x=${WIDTH / 2} y=${HEIGHT + 16} text-anchor="middle">p</text>
      <text x=${WIDTH} y=${y(Math.log(DIGITS)) - 4} text-anchor="end">guessing: ln 10 = 2.3</text>
      ${logits && dot(logits, "")} ${after ? dot(after, "loss-after") : nothing}
      ${loss !== null && loss > HIGHEST ? svg`<text x="12" y="4">▲ ${brief(loss)}</text>` : nothing}
    </svg>
  </section>`;
}

/** The place of the chosen learning rate. */
const rateAt = () => Math.max(RATES.findIndex((rate) => rate >= state.rate.value), 0); // prettier-ignore

/** The network after one step on this drawing alone, as a function from input to logits; and the drawing's logits then.
    @param {Drawn} now @param {number} label */
function afterStep(now, label) {
  const network = afterOneStep(classifier().network, now, label, RATES[rateAt()]);
  return { network, logits: network(now.input) };
}

/** What one step of gradient descent changes, for this drawing and for other digits.
    @param {Drawn} now @param {number} label @param {ReturnType<typeof afterStep>} step */
function stepCard(now, label, { network, logits }) {
  const at = rateAt();
  const [before, after] = [now.logits, logits].map((some) => crossEntropy(some, label));
  const options = { max: RATES.length - 1, step: 1, text: String(RATES[at]) };
  const forward = (/** @type {Float64Array} */ input) => classifier().network.forward(input).logits;
  const counts = now.penIsDown ? null : recognized("validation", classifier(), [forward, network]);
  return html`<section class="card">
    <h3>One step of gradient descent</h3>
    <p>On this drawing alone: the ring is its loss after the step.</p>
    ${slider("Learning rate", at, (i) => (state.rate.value = RATES[i]), options)}
    <dl>
      <dt>learning rate</dt>
      <dd>${RATES[at]}</dd>
      <dt>loss</dt>
      <dd>${practically(before)} → <strong>${practically(after)}</strong> ${after > before ? "it overshoots" : ""}</dd>
      <dt>p(${label})</dt>
      <dd>${percent(now.probabilities[label])} → <strong>${percent(softmax(logits)[label])}</strong></dd>
      ${
        counts
          ? html`<dt>of ${COUNT} validation digits</dt>
              <dd>${counts[0]} → <strong>${counts[1]}</strong></dd>`
          : nothing
      }
    </dl>
    <p>It fits this drawing to your label, right or wrong, and can cost accuracy on all other digits.</p>
  </section>`;
}

/** @param {number} value 0 or more */
const practically = (value) =>
  Number.isFinite(value) ? (value < 1e-6 ? "practically 0" : brief(value)) : "no number any more";
