/** Why one digit and not another: what the ink adds to the difference of their logits, what happens without some of it, and
    the smallest change that makes another digit win. */
/** @import { Drawn, MountContext } from "../../state/types.js" */
import { dot, sum, topTwo } from "../../engine/math.js";
import { size, smallestChange } from "../../engine/perturbation.js";
import { contributions } from "../../engine/reference.js";
import { DIGITS } from "../../engine/settings.js";
import { bars, equation, figure, sumBars } from "../../parts/figures.js";
import { digitSelect } from "../../parts/fields.js";
import { answer, briefWithSign, percent } from "../../parts/numbers.js";
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
const ofLogits = computed(() =>
  Array.from({ length: DIGITS }, (_, digit) => Number(digit === pair.value[0]) - Number(digit === pair.value[1])),
);

/** @param {MountContext} context */
export function mount({ element }) {
  view("why", element, () => {
    const now = current.value;
    return html`<header class="view-head">
        <h2>Why ${choice(0, "Why this digit")} and not ${choice(1, "And not that one")}?</h2>
        <p class="view-lead">Two logits, one difference: each pixel of ink raises it or lowers it.</p>
        ${
          state.pair.value
            ? html`<button type="button" @click=${() => reset("pair")}>Winner and runner-up</button>`
            : nothing
        }
      </header>
      ${
        isEmpty(now)
          ? html`<p class="view-lead">Draw a digit, and its ink is colored by what it adds.</p>`
          : html`${differenceMap(now)}
              <div class="columns" style="--least: 20rem">${eraseTest(now)} ${changePicture(now)}</div>`
      }`;
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

/** What the ink adds, pixel by pixel; what raises the difference, and what lowers it. @param {Drawn} now */
function shares(now) {
  const ofInk = contributions(classifier(), now, now.image, ofLogits.value);
  const [raises, lowers] = [1, -1].map((sign) => sum(ofInk.filter((share) => sign * share > 0)));
  return { ofInk, raises, lowers };
}

/** The ink, colored by what it adds to the difference of two logits, and the sum as bars. With tanh or sigmoid, gradient ×
    ink is an approximation, and the rest is whatever it leaves. @param {Drawn} now */
export function differenceMap(now) {
  const [one, other] = pair.value;
  const { ofInk, raises, lowers } = shares(now);
  const isExact = classifier().network.isPiecewiseLinear;
  const rest = dot(now.logits, ofLogits.value) - raises - lowers;
  const terms = {
    [`orange ink, for ${one}`]: raises,
    [`blue ink, for ${other}`]: lowers,
    [isExact ? "biases and paper" : "biases, paper, and what is not linear"]: rest,
  };
  return html`<div class="why-difference columns" style="--least: 20rem">
    <figure>
      <figcaption><b class="is-up">■</b> for ${one} <b class="is-down">■</b> for ${other}</figcaption>
      <signed-image class="why-map" role="img"
        aria-label="Your ink: what raises ${one} above ${other} adds ${briefWithSign(raises)}, what lowers it ${briefWithSign(lowers)}"
        .values=${ofInk}></signed-image>
    </figure>
    <div class="card" role="group" aria-label="The sum">
      ${sumBars(terms, `logit of ${one} − logit of ${other}`)}
      <p class="quiet">
        ${
          isExact
            ? "The sum is exact as long as no neuron crosses 0; the map, gradient × ink, is one way of sharing it out."
            : `An approximation, for ${classifier().network.activation} is not piecewise linear: gradient × ink.`
        }
      </p>
    </div>
  </div>`;
}

/** The image without its orange or its blue ink: the change of the difference that the sum predicts, and the actual one.
    @param {Drawn} now */
function eraseTest(now) {
  const [one, other] = pair.value;
  const { ofInk, raises, lowers } = shares(now);
  const difference = dot(now.logits, ofLogits.value);
  const test = (/** @type {number} */ sign, /** @type {string} */ ink, /** @type {number} */ predicted) => {
    const without = now.image.map((tone, i) => (sign * ofInk[i] > 0 ? 0 : tone));
    const actual = dot(classifier().forward(without).logits, ofLogits.value) - difference;
    return html`<figure class="why-erased" role="group" aria-label="without the ${ink} ink">
      <ink-image .values=${without}></ink-image>
      <div>
        <p>without the ${ink} ink: <strong>${answer(classifier().predict(without))}</strong></p>
        ${bars({ predicted, actual }, briefWithSign)}
      </div>
    </figure>`;
  };
  return html`<section class="card">
    <h3>Erase some ink</h3>
    <p>How the lead of ${one} over ${other} changes. Without that ink, other neurons are active.</p>
    ${test(-1, "blue", -lowers)} ${test(1, "orange", -raises)}
  </section>`;
}

/** The image with the smallest change found, of a drawing at rest, for it takes a moment. */
const changed = computed(() => (drawing.value.penIsDown ? null : smallestChange(classifier(), image.value)));

/** The image, plus the smallest change that makes another digit win, is the changed image. @param {Drawn} now */
export function changePicture(now) {
  const after = changed.value;
  const change = Float64Array.from(after ?? [], (tone, i) => tone - now.image[i]);
  return html`<section class="card">
    <h3>The smallest change that fools it</h3>
    ${
      after
        ? html`<p>An adversarial example: almost nothing for you, another digit for the network.</p>
            ${equation(
              figure(answer(now), html`<ink-image .values=${now.image}></ink-image>`),
              "+",
              figure(
                `${percent(size(change) / size(Float64Array.from(now.image)), 0)} of the ink`,
                html`<signed-image .values=${change} .full=${255}></signed-image>`,
              ),
              figure(answer(classifier().predict(after)), html`<ink-image .values=${after}></ink-image>`),
            )}`
        : html`<p>${now.penIsDown ? "Lift the pen." : "None was found that makes another digit win."}</p>`
    }
  </section>`;
}
