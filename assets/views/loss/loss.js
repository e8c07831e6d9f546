/** Ten logits, each to be moved; softmax; the cross-entropy loss for the digit that was meant; and one step of gradient
    descent on the drawing. */
/** @import { Drawn, MountContext } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { argmax, clip, crossEntropy, largest, powers, softmax, sum } from "../../engine/math.js";
import { afterOneStep, gradientSize } from "../../engine/reference.js";
import { slider } from "../../parts/fields.js";
import { brief, percent, small } from "../../parts/numbers.js";
import { classifier } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, isEmpty } from "../../state/prediction.js";
import { state } from "../../state/state.js";
import { computed, signal } from "../../vendor/signals-core.js";
import { html, nothing, svg } from "../../vendor/lit-html.js";
import { COUNT, recognized } from "../../state/mini-sets.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1];
const REACH = 30; // a logit can be moved this far from 0, and as far as any logit is
const QUIET = 0.005; // what is less has no number
const [WIDTH, HEIGHT, HIGHEST] = [220, 120, 6]; // of the curve, and the loss at its top

/** Logits as they were moved, and the image whose logits they were. */
const moved = signal({
  of: /** @type {Uint8Array | null} */ (null),
  logits: /** @type {Float64Array} */ (new Float64Array()),
});

/** The logits as they were moved for this drawing; null if they were not. @param {Drawn} now */
export const movedLogits = ({ image }) => (moved.value.of === image ? moved.value.logits : null);

/** @param {MountContext} context */
export function mount({ element }) {
  view("loss", element, () => {
    const now = current.value;
    return html`<section class="view loss" id="view-loss" aria-label="Softmax & loss">
      <header class="view-head">
        <h2>How sure, and how surprised?</h2>
        <p class="view-lead">Softmax makes probabilities of logits; the loss is the surprise at the digit you meant.</p>
      </header>
      ${isEmpty(now) ? html`<p class="view-empty">Draw a digit first.</p>` : pictures(now)}
    </section>`;
  });
}

/** @param {Drawn} now */
function pictures(now) {
  const label = state.label.value;
  const moved = movedLogits(now);
  return html`<div class="loss-body">
    <div class="loss-digits">${softmaxPicture(now)}</div>
    <div class="loss-cards">
      ${lossCurve(label === null ? null : (moved ?? now.logits), label ?? 0)}
      ${label === null || moved ? nothing : stepPicture(now, label)}
    </div>
  </div>`;
}

/** Logits, their powers and their probabilities, digit by digit; the digit that was meant is chosen here. @param {Drawn} now */
export function softmaxPicture(now) {
  const logits = movedLogits(now) ?? now.logits;
  const move = (/** @type {number} */ digit, /** @type {number} */ logit) =>
    (moved.value = { of: now.image, logits: logits.with(digit, logit) });
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
        const share = Math.abs(logit) / reach / 2;
        const place = `--share: ${share}; --from: ${(100 * (0.5 + Math.min(logit, 0) / reach / 2)) / (1 - share)}%`;
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
              <i class="bar" style=${place}></i>
              ${slider(`Logit of ${digit}`, logit, (value) => move(digit, value), options)}
            </span>
            <b>${brief(logit)}</b>
          </td>
          <td>${bar(exponentials[digit], exponentials[digit] < QUIET ? "" : brief(exponentials[digit]))}</td>
          <td>${bar(probabilities[digit], probabilities[digit] < QUIET ? "" : percent(probabilities[digit]))}</td>
        </tr>`;
      })}
    </tbody>
  </table>
    <button type="button" ?disabled=${logits === now.logits} @click=${() => (moved.value = { of: null, logits })}>
      Reset logits
    </button>`;
}

/** @param {number} share @param {string} words */
const bar = (share, words) => html`<i class="bar" style="--share: ${share}"></i><b>${words}</b>`;

/** The curve of −ln p, with a dot at the probability of the digit that was meant.
    @param {Float64Array | null} logits null while none was meant @param {number} label */
export function lossCurve(logits, label) {
  const p = logits ? softmax(logits)[label] : 1;
  const loss = logits ? crossEntropy(logits, label) : 0;
  const down = (/** @type {number} */ value) => HEIGHT * (1 - clip(value, 0, HIGHEST) / HIGHEST);
  const places = Array.from({ length: 100 }, (_, i) => ((i + 1) / 100) ** 2);
  const points = places.map((place) => `${place * WIDTH},${down(-Math.log(place))}`).join(" ");
  const tick = (/** @type {number} */ value) => down(value) + 4;
  return html`<section class="card">
    <h3>Cross-entropy</h3>
    <p class="loss-formula">
      ${
        logits
          ? html`−ln p(${label}) = −ln ${small(p)} = <strong>${practically(loss)}</strong>`
          : "Say which digit you meant, in the first column."
      }
    </p>
    <svg class="graph loss-curve" viewBox="-22 -12 252 150" role="img"
      aria-label="The curve of −ln p${logits ? `: at p = ${small(p)}, the loss is ${brief(loss)}` : ""}">
      <path class="loss-axis" d="M0 0V${HEIGHT}H${WIDTH}" />
      <path class="loss-guess" d="M0 ${down(Math.log(DIGITS))}H${WIDTH}" />
      <polyline points=${points} />
      <text x="-6" y=${tick(0)} text-anchor="end">0</text>
      <text x="-6" y=${tick(3)} text-anchor="end">3</text>
      <text x="-6" y=${tick(6)} text-anchor="end">6</text>
      <text x="0" y=${HEIGHT + 16} text-anchor="middle">0</text>
      <text x=${WIDTH} y=${HEIGHT + 16} text-anchor="middle">1</text>
      <text x=${WIDTH / 2} y=${HEIGHT + 16} text-anchor="middle">p</text>
      <text x=${WIDTH} y=${tick(Math.log(DIGITS)) - 8} text-anchor="end">guessing: ln 10 = 2.3</text>
      ${logits ? dot(p * WIDTH, down(loss), loss > HIGHEST ? `▲ ${brief(loss)}` : "") : nothing}
    </svg>
  </section>`;
}

/** @param {number} x @param {number} y @param {string} words */
const dot = (x, y, words) => svg`<circle cx=${x} cy=${y} r="6" /><text x=${x + 12} y=${y + 4}>${words}</text>`;

/** The network after one step on this drawing alone, for each learning rate; fewer where the loss is no number any more. */
const steps = computed(() => {
  const [now, label] = [current.value, state.label.value];
  if (isEmpty(now) || label === null) return [];
  const { network } = classifier();
  return RATES.map((rate) => {
    const stepped = afterOneStep(network, now, label, rate);
    return { rate, stepped, logits: stepped(now.input) };
  });
});

/** How the loss changes with one step of gradient descent, by learning rate, and what the step does to other digits.
    @param {Drawn} now @param {number} label */
function stepPicture(now, label) {
  const before = crossEntropy(now.logits, label);
  const losses = steps.value.map(({ logits }) => crossEntropy(logits, label));
  const high = Math.min(Math.max(before, ...losses.filter(Number.isFinite)), Math.max(2 * before, Math.log(DIGITS)));
  const share = (/** @type {number} */ loss) => (Number.isFinite(loss) ? clip(loss / high, 0, 1) : 1);
  const near = RATES.map((rate) => Math.abs(Math.log(rate / state.rate.value)));
  const chosen = near.indexOf(Math.min(...near));
  const { logits, stepped } = steps.value[chosen];
  const after = losses[chosen];
  const rate = RATES[chosen] < 1e-4 ? RATES[chosen].toFixed(5) : String(RATES[chosen]);
  const options = { max: RATES.length - 1, step: 1, text: rate, name: "is-wide" };
  const { length } = gradientSize(classifier().network, now, label);
  const counts = now.penIsDown
    ? null
    : recognized("validation", classifier(), [(input) => classifier().network.forward(input).logits, stepped]);
  return html`<section class="card">
    <h3>One step of gradient descent</h3>
    <p>
      On this drawing alone. Bars: the loss after it; dashed: before. Length of the gradient: ${practically(length)}
    </p>
    <div class="loss-rates" style="--before: ${share(before)}" aria-hidden="true">
      ${losses.map(
        (loss, i) =>
          html`<i class="${i === chosen ? "is-ink" : ""} ${loss > high || !Number.isFinite(loss) ? "is-beyond" : ""}"
            style="--share: ${share(loss)}"></i>`,
      )}
    </div>
    ${slider("Learning rate", chosen, (i) => (state.rate.value = RATES[i]), options)}
    <dl>
      <dt>learning rate</dt>
      <dd>${rate}</dd>
      <dt>loss</dt>
      <dd>${practically(before)} → <strong>${practically(after)}</strong> ${after > before ? "it overshoots" : ""}</dd>
      <dt>p(${label})</dt>
      <dd>${percent(now.probabilities[label])} → <strong>${percent(softmax(logits)[label])}</strong></dd>
      ${
        counts
          ? html`<dt>of ${COUNT} validation digits</dt>
              <dd class="loss-accuracy">${counts[0]} → <strong>${counts[1]}</strong></dd>`
          : nothing
      }
    </dl>
    <details>
      <summary>More</summary>
      <p>
        One example a step is stochastic gradient descent. It fits this drawing to the label that you gave, right or
        wrong, and can cost accuracy on all other digits. The ${COUNT} are validation digits, by which a rate may be chosen.
      </p>
    </details>
  </section>`;
}

/** @param {number} value 0 or more */
const practically = (value) =>
  Number.isFinite(value) ? (value < 1e-6 ? "practically 0" : brief(value)) : "no number any more";
