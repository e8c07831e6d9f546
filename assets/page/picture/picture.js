/** The picture of the prediction: the 28 x 28 image, the network, ten bars that move with the pen, and the answer. Pointing
    at a neuron or a connection, or pressing it, explains it in the image's place. */
/** @import { Current, Drawn, MountContext } from "../../state/types.js" */
import { topTwo } from "../../engine/math.js";
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { digitBars } from "../../parts/digit-bars.js";
import { query, setText } from "../../parts/dom.js";
import { extent } from "../../parts/ink.js";
import { percent } from "../../parts/numbers.js";
import { watchScreen } from "../../parts/screen.js";
import "../../parts/tiles.js";
import { connect, verification } from "../../server/verification.js";
import { active, compared, mountLater, networks, predictWith } from "../../state/networks.js";
import { repeat } from "../../state/painting.js";
import { current, isEmpty, other, steps } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { html, nothing, render } from "../../vendor/lit-html.js";
import { computed, effect, signal } from "../../vendor/signals-core.js";
import { createDiagram } from "./diagram.js";
import { lineValues, strongest } from "./sums.js";

/** A neuron; with `from`, its connection from a neuron of the layer before, or from a row of pixels.
    @typedef {{ layer: number, neuron: number, from?: number }} Pointed */

const LARGE_ENOUGH = CANVAS_SIDE / 2; // across: of larger digits no more are recognized, of smaller ones fewer
const TOO_SMALL = 3 * PEN_WIDTH; // across: of written digits shrunk to this size, every sixth is misclassified
const RUNNER_UP = 0.01; // the least probability at which a second digit is named
const STEPS = /** @type {const} */ ([
  ["crop", "cropped"],
  ["square", "made square"],
  ["resize", "shrunk"],
  ["center", "centered"],
]);

const pointed = signal(/** @type {Pointed | null} */ (null)); // for now; a neuron that was pressed is in the state

/** What is explained, with what it is explained by; the view Neurons explains the chosen neuron itself. */
const shown = computed(() => {
  const [chosen, classifier, now] = [state.neuron.value, active.value?.classifier, current.value];
  const at = pointed.value ?? (chosen && { layer: chosen[0], neuron: chosen[1] });
  const isThere = at && at.neuron < (classifier?.network.layers[at.layer]?.outputs ?? 0);
  return classifier && isThere && !isEmpty(now) ? { classifier, current: now, at } : null;
});

/** @param {MountContext} context */
export function mount({ element }) {
  render(template(), element);
  const find = (/** @type {string} */ name) => query(element, `.picture-${name}`);
  const picture = query(element, ".picture");
  const diagram = createDiagram(picture);
  const paintDiagram = () => diagram.paint(active.value?.classifier, current.value, shown.value?.at);
  const [ten, digit, more, status] = ["bars", "digit", "more", "status"].map(find);
  effect(() => {
    const now = current.value;
    const winner = now.verdict === "not a digit" ? null : now.digit;
    const bars = digitBars(now.probabilities, winner, other.value?.probabilities, compared.value?.title);
    const words = inWords(now);
    render(bars, ten);
    picture.dataset.verdict = now.verdict;
    picture.style.setProperty("--row", String(now.digit ?? 4.5));
    setText(digit, words.large);
    setText(more, words.small);
    if (!now.penIsDown) setText(status, words.spoken); // screen readers are not told at every movement
  });
  repeat(() => {
    render(template(), element);
    paintDiagram();
  });
  watchScreen([element, find("image"), ten, element.closest(".drawing-area") ?? element], () => {
    diagram.fit(active.value?.classifier);
    paintDiagram();
  });
  mountLater(() => import("./card.js"), { picture, shown });

  const frame = find("frame");
  frame.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && !event.buttons && !isOverCard(event)) pointed.value = diagram.at(event);
  });
  frame.addEventListener("pointerleave", () => (pointed.value = null));
  frame.addEventListener("click", (event) => {
    if (isOverCard(event)) return;
    const at = diagram.at(event);
    const isConnection = at?.from !== undefined;
    pointed.value = isConnection ? at : null;
    if (!isConnection) state.neuron.value = at && [at.layer, at.neuron];
  });
  document.addEventListener("keydown", (event) => {
    const isElsewhere = state.view.value || (event.target instanceof Element && event.target.closest("dialog"));
    if (event.key !== "Escape" || !shown.value || isElsewhere || event.defaultPrevented) return;
    pointed.value = state.neuron.value = null;
    event.preventDefault(); // else it would clear the pad
  }, { capture: true }); // prettier-ignore
  connect();
}

/** @param {MouseEvent} event */
const isOverCard = ({ target }) => target instanceof Element && target.closest(".picture-card") !== null;

/** All but bars and answer, which the next frame is too late for. */
function template() {
  const widths = active.value?.description.network.widths.slice(1) ?? [];
  const hidden = widths.slice(0, -1);
  return html`
    <section class="picture" aria-label="What the network predicts">
      <div class="picture-captions">
        <a href="?view=input">28 × 28 pixels</a>
        <span>${hidden.map((width) => html`<a href="?view=neurons">${width} neurons</a>`)}</span>
        <a href="?view=loss">10 probabilities</a>
        <span>Answer</span>
      </div>
      <div class="picture-switch buttons">${networkSwitch()}</div>
      <div class="picture-frame">
        <figure class="picture-image">${image()}</figure>
        <div class="picture-layers">
          ${hidden.map((width, layer) => slider(layer, width, `Layer ${layer + 1}, ${width} neurons`))}
        </div>
        <div class="picture-bars digit-bars" role="group" aria-label="Probability of each digit"></div>
        <div class="picture-output">${slider(hidden.length, 10, "The ten digits")}</div>
        <div class="picture-answer" aria-hidden="true">
          <b class="picture-digit"></b><span class="picture-more"></span>
        </div>
        <canvas class="picture-canvas" aria-hidden="true"></canvas>
        <div class="picture-card panel" hidden></div>
      </div>
      <div class="picture-foot buttons quiet">${foot()}</div>
      <div class="picture-notices">${notices()}</div>
      <p class="picture-status sr-only" role="status"></p>
    </section>
  `;
}

/** A layer is one stop of the Tab key. @param {number} layer @param {number} width @param {string} name */
const slider = (layer, width, name) => {
  const point = (/** @type {FocusEvent | KeyboardEvent} */ event) => walk(event, layer, width);
  return html`<div class="picture-layer" role="slider" tabindex="0" aria-orientation="vertical" aria-label=${name}
    aria-valuemin="1" aria-valuemax=${width} aria-valuenow="1" @focus=${point} @keydown=${point}
    @blur=${() => (pointed.value = null)}></div>`;
};

/** Up and down lead from neuron to neuron, left along the strongest connections into it, right back.
    @param {FocusEvent | KeyboardEvent} event @param {number} layer @param {number} width */
function walk(event, layer, width) {
  const slider = /** @type {HTMLElement} */ (event.currentTarget);
  const now = Number(slider.getAttribute("aria-valuenow")) - 1;
  const key = event instanceof KeyboardEvent ? event.key : "Focus";
  if (event instanceof FocusEvent && !slider.matches(":focus-visible")) return;
  if (key === "Enter") {
    state.neuron.value = [layer, now];
    state.view.value = "neurons";
    return;
  }
  if (key === "ArrowLeft" || key === "ArrowRight") {
    pointed.value = { layer, neuron: now, from: connectionBeside(layer, now, key === "ArrowLeft" ? 1 : -1) };
  } else {
    const by = { Focus: 0, ArrowUp: -1, ArrowDown: 1, PageUp: -8, PageDown: 8, Home: -width, End: width }[key];
    if (by === undefined) return;
    const neuron = Math.min(Math.max(now + by, 0), width - 1);
    slider.setAttribute("aria-valuenow", String(neuron + 1));
    pointed.value = { layer, neuron };
  }
  if (key !== "Focus") event.preventDefault();
}

/** The source of the next connection into a neuron, in the order of their strength; undefined for none.
    @param {number} layer @param {number} neuron @param {number} by */
function connectionBeside(layer, neuron, by) {
  const classifier = active.value?.classifier;
  if (!classifier || isEmpty(current.value)) return undefined;
  const values = lineValues(classifier, current.value, layer);
  const sources = values.length / classifier.network.layers[layer].outputs;
  const order = strongest(values.subarray(neuron * sources, (neuron + 1) * sources), sources);
  return order[order.indexOf(pointed.value?.from ?? -1) + by];
}

function image() {
  const now = current.value;
  const taken = STEPS.filter(([step]) => step !== "square" && steps.value[step]).map(([, name]) => name);
  return html`
    <ink-image role="img"
      aria-label="What the network sees: ${isEmpty(now) ? "nothing yet" : "your drawing, 28 by 28 pixels"}"
      .values=${now.image}></ink-image>
    <figcaption>${isEmpty(now) ? "" : taken.join(", ") || "as it was drawn"}</figcaption>
  `;
}

/** Which network predicts, and whether another one does beside it. */
function networkSwitch() {
  const all = [...networks.value.values()];
  const now = active.value;
  if (all.length < 2 || !now) return nothing;
  const beside = now.name === "shared" ? "baseline" : "shared";
  const isComparing = compared.value !== null;
  return html`
    <div class="segments" role="group" aria-label="Predict with">
      ${all.map(
        ({ name, title }) => html`
          <button type="button" aria-pressed=${name === now.name} @click=${() => predictWith(name)}>${title}</button>
        `,
      )}
    </div>
    <button type="button" aria-pressed=${isComparing}
      @click=${() => (state.compared.value = isComparing ? null : beside)}>Compare</button>
  `;
}

/** What is wrong; and what was changed, beside how to change it back. */
function notices() {
  const left = STEPS.filter(([step]) => !steps.value[step]).map(([, name]) => name);
  const off = active.value?.classifier.off.flat().length ?? 0;
  const notice = (/** @type {string} */ words, /** @type {string} */ undo, /** @type {"without" | "off"} */ name) =>
    html`<p class="buttons" aria-live="polite">${words} <button type="button" @click=${() => reset(name)}>${undo}</button></p>`;
  return html`
    <p class="panel" role="alert">${verification.value.alarm}</p>
    ${left.length ? notice(`Preprocessing changed: not ${left.join(", ")}.`, "Take all steps", "without") : nothing}
    ${off ? notice(`${off} ${off === 1 ? "neuron is" : "neurons are"} switched off.`, "Switch all on", "off") : nothing}
  `;
}

/** What a color means. @param {string} name its class @param {string} words @param {string} [mark] */
const key = (name, words, mark = "━") => html`<b class=${name} aria-hidden="true">${mark}</b> ${words} &nbsp;`;

/** Legend, advice and verification. */
function foot() {
  const [now, pair, { line, details }] = [current.value, compared.value, verification.value];
  const { advice } = inWords(now);
  const legend = html`${key("is-up", "raises")} ${key("is-down", "lowers")} ${key("is-ink", "active", "●")}`;
  return html`
    <p>${isEmpty(now) ? "Or press a digit to watch it being drawn." : advice || legend}</p>
    ${
      pair && active.value
        ? html`<p class="picture-pair">${key("is-ink", active.value.title)} ${key("is-second", pair.title)}</p>`
        : nothing
    }
    <details class="picture-verification" ?hidden=${!line}>
      <summary>${line}</summary>
      <p>${details}</p>
    </details>
  `;
}

/** A prediction in words: what is large, what stands below it, what to do, and what is spoken. @param {Current} now */
function inWords(now) {
  if (isEmpty(now)) return { large: "?", small: "", advice: "", spoken: "Nothing drawn yet." };
  const { verdict, digit, probabilities, penIsDown } = now;
  const second = topTwo(probabilities)[1];
  const sure = percent(probabilities[digit]);
  const doubt = { digit: "", unsure: "Not sure", "not a digit": "Not a digit" }[verdict];
  const says = { digit: "Looks like", unsure: "Not sure:", "not a digit": "Not a digit; the nearest is" }[verdict];
  const how = howTo(now);
  const runnerUp = probabilities[second] < RUNNER_UP ? "" : `; or ${second}: ${percent(probabilities[second])}`;
  return {
    large: verdict === "not a digit" ? "✕" : String(digit),
    small: { digit: sure, unsure: `${sure}\nor ${second}`, "not a digit": "" }[verdict],
    advice: penIsDown ? doubt && `${doubt} yet` : doubt ? `${doubt}. ${how}` : how,
    spoken: `${says} ${digit}, ${sure}${runnerUp}. ${how}`.trim(),
  };
}

/** What may help. @param {Drawn} now */
function howTo({ verdict, strokes }) {
  const size = extent(strokes);
  if (size < (verdict === "digit" ? TOO_SMALL : LARGE_ENOUGH)) {
    return "Clear, and draw it at least half as high as the pad.";
  }
  if (verdict === "digit") return "";
  if (!strokes.length) return "Show one digit, large and in dark ink.";
  return verdict === "unsure" ? "Clear, and draw it more clearly." : "Clear, and draw one digit, and nothing else.";
}
