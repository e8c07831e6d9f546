/** Why one digit and not another: what the ink adds to the difference of their logits, what happens without some of it, and
    the smallest change that makes another digit win. */
/** @import { Drawn, MountContext } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { dot, sum, topTwo } from "../../engine/math.js";
import { size, smallestChange } from "../../engine/perturbation.js";
import { contributions } from "../../engine/reference.js";
import { digitSelect } from "../../parts/fields.js";
import { answer, brief, briefWithSign, percent } from "../../parts/numbers.js";
import { sumBars } from "../../parts/bars.js";
import "../../parts/tiles.js";
import { drawing } from "../../state/drawing.js";
import { classifier } from "../../state/networks.js";
import { view } from "../../state/painting.js";
import { current, image, isEmpty } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { computed } from "../../vendor/signals-core.js";
import { html, nothing } from "../../vendor/lit-html.js";

/** The two digits that are compared: the chosen ones, or the winner and the runner-up. */
const pair = computed(() => {
  const now = current.value;
  const [one, other] = state.pair.value ?? [];
  if (one !== other) return [one, other];
  return isEmpty(now) ? [0, 1] : topTwo(now.logits);
});

/** The weight of each logit in the difference. */
const ofLogits = computed(() => {
  const [one, other] = pair.value;
  return Array.from({ length: DIGITS }, (_, digit) => Number(digit === one) - Number(digit === other));
});

/** @param {MountContext} context */
export function mount({ element }) {
  view("why", element, () => {
    const now = current.value;
    return html`<section class="view why" id="view-why" aria-label="Why?">
      <header class="view-head">
        <h2>Why ${choice(0, "Why this digit")} and not ${choice(1, "And not that one")}?</h2>
        <p class="view-lead">Two logits, one difference: each pixel of ink raises it or lowers it.</p>
        ${
          state.pair.value
            ? html`<button type="button" @click=${() => reset("pair")}>Winner and runner-up</button>`
            : nothing
        }
      </header>
      ${isEmpty(now) ? html`<p class="view-empty">Draw a digit, and its ink is colored by what it adds.</p>` : pictures(now)}
    </section>`;
  });
}

/** Choose one of the two digits. @param {number} which @param {string} label */
export function choice(which, label) {
  const choose = (/** @type {number | null} */ digit) => {
    const chosen = pair.value.with(which, digit ?? 0);
    state.pair.value = chosen[0] === chosen[1] ? pair.value.toReversed() : chosen; // the same twice: they change places
  };
  return digitSelect(label, pair.value[which], choose);
}

/** @param {Drawn} now */
function pictures(now) {
  return html`${differenceMap(now)}
    <div class="why-tests ${now.penIsDown ? "is-waiting" : ""}">${eraseTest(now)} ${changePicture(now)}</div>`;
}

/** What the ink adds, and whether the sum is exact. With tanh or sigmoid, gradient × ink is an approximation, and the rest
    is whatever it leaves. @param {Drawn} now */
function shares(now) {
  const { shares, intercept } = contributions(classifier(), now, now.image, ofLogits.value);
  const [raises, lowers] = [1, -1].map((sign) => sum(shares.filter((share) => sign * share > 0)));
  const isExact = classifier().network.isPiecewiseLinear;
  const rest = isExact ? intercept : dot(now.logits, ofLogits.value) - raises - lowers;
  return { shares, raises, lowers, rest, isExact };
}

/** The ink, colored by what it adds to the difference of two logits, and the sum as bars. @param {Drawn} now */
export function differenceMap(now) {
  const [one, other] = pair.value;
  const { shares: ofInk, raises, lowers, rest, isExact } = shares(now);
  const terms = /** @type {[string, number][]} */ ([
    [`orange ink, for ${one}`, raises],
    [`blue ink, for ${other}`, lowers],
    [isExact ? "biases and paper" : "biases, paper, and what is not linear", rest],
  ]);
  return html`<div class="why-difference">
    <figure>
      <figcaption><i class="bar is-up"></i> for ${one} <i class="bar is-down"></i> for ${other}</figcaption>
      <signed-image class="why-map" role="img"
        aria-label="Your ink: what raises ${one} above ${other} adds ${briefWithSign(raises)}, what lowers it ${briefWithSign(lowers)}"
        .values=${ofInk} .full=${null}></signed-image>
    </figure>
    <div class="card" role="group" aria-label="The sum">
      ${sumBars(terms, `logit of ${one} − logit of ${other}`)}
      <p>${brief(now.logits[one])} − ${bracketed(now.logits[other])}</p>
      <details>
        <summary>${isExact ? "The sum is exact, the coloring is one choice" : "An approximation"}</summary>
        <p>
          ${
            isExact
              ? "As long as no neuron crosses 0, each logit is a weighted sum of the pixels. The map is gradient × ink, compared with blank paper; other attributions exist."
              : `Only a piecewise linear network is such a sum. With ${classifier().network.activation}, the map is gradient × ink: what a small change of each pixel would do.`
          }
        </p>
      </details>
    </div>
  </div>`;
}

/** The image without its orange or its blue ink: the change of the difference that the sum predicts, and the actual one.
    @param {Drawn} now */
function eraseTest(now) {
  const [one, other] = pair.value;
  const ofInk = shares(now).shares;
  const difference = dot(now.logits, ofLogits.value);
  const tests = [-1, 1].map((sign) => {
    const without = now.image.map((tone, i) => (sign * ofInk[i] > 0 ? 0 : tone));
    const predicted = -sum(ofInk.filter((share) => sign * share > 0));
    const actual = dot(classifier().forward(without).logits, ofLogits.value) - difference;
    return { sign, without, predicted, actual, after: classifier().predict(without) };
  });
  const most = Math.max(...tests.flatMap(({ predicted, actual }) => [Math.abs(predicted), Math.abs(actual)]));
  const bar = (/** @type {string} */ label, /** @type {number} */ value) =>
    html`<dt>${label}</dt>
      <dd class="bar ${value < 0 ? "is-down" : "is-up"}" style="--share: ${Math.abs(value) / (most || 1)}"></dd>
      <dd>${briefWithSign(value)}</dd>`;
  return html`<section class="card">
    <h3>Erase some ink</h3>
    <p>How the lead of ${one} over ${other} changes. Without that ink, other neurons are active.</p>
    ${tests.map(({ sign, without, predicted, actual, after }) => {
      const name = `without the ${sign < 0 ? "blue" : "orange"} ink`;
      return html`<figure class="why-erased">
        <ink-image role="img" aria-label="Your image ${name}" .tones=${without}></ink-image>
        <dl aria-label=${name}>${bar("predicted", predicted)} ${bar("actual", actual)}</dl>
        <figcaption>${name}: <strong>${answer(after)}</strong></figcaption>
      </figure>`;
    })}
  </section>`;
}

/** The image with the smallest change found, of a drawing at rest, for it takes a moment. */
const changed = computed(() => (drawing.value.penIsDown ? null : smallestChange(classifier(), image.value)));

/** The image, plus the smallest change that makes another digit win, is the changed image. @param {Drawn} now */
export function changePicture(now) {
  const after = changed.value ? classifier().predict(changed.value) : null;
  if (!changed.value || !after) {
    return html`<section class="card">
      <h3>The smallest change that fools it</h3>
      <p>${now.penIsDown ? "Lift the pen." : "None was found that makes another digit win."}</p>
    </section>`;
  }
  const change = Float64Array.from(changed.value, (tone, i) => tone - now.image[i]);
  const share = size(change) / size(Float64Array.from(now.image));
  const most = change.reduce((high, by) => Math.max(high, Math.abs(by)), 0);
  return html`<section class="card">
    <h3>The smallest change that fools it</h3>
    <p>An adversarial example: almost nothing for you, another digit for the network.</p>
    <div class="equation why-change">
      <figure>
        <ink-image role="img" aria-label="Your image" .tones=${now.image}></ink-image>
        <figcaption>${answer(now)}</figcaption>
      </figure>
      <span>+</span>
      <figure>
        <signed-image
          role="img"
          aria-label="The change, at most ${most} of 255"
          .values=${change}
          .full=${255}
        ></signed-image>
        <figcaption>${percent(share, 0)} of the ink</figcaption>
      </figure>
      <span>=</span>
      <figure>
        <ink-image role="img" aria-label="The changed image" .tones=${changed.value}></ink-image>
        <figcaption>${answer(after)}</figcaption>
      </figure>
    </div>
  </section>`;
}

/** A number after an operator. @param {number} value */
const bracketed = (value) => (value < 0 ? `(${brief(value)})` : brief(value));
