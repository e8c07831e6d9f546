/** The picture of the prediction: the 28 x 28 image, the network, ten bars that move with the pen, and the answer. Pointing
    at a neuron or a connection, or pressing it, explains it in the image's place. */
/** @import { Current, MountContext, Stroke } from "../../state/types.js" */
import { topTwo } from "../../engine/math.js";
import { CANVAS_SIDE, PEN_WIDTH } from "../../engine/pen.js";
import { createDigitBars } from "../../parts/digit-bars.js";
import { query, setText } from "../../parts/dom.js";
import { percent } from "../../parts/numbers.js";
import "../../parts/tiles.js";
import * as verification from "../../server/verification.js";
import { drawing } from "../../state/drawing.js";
import { active, compared, networks, predictWith } from "../../state/networks.js";
import { paint, repeat } from "../../state/painting.js";
import { current, isEmpty, other, steps } from "../../state/prediction.js";
import { reset, state } from "../../state/state.js";
import { html, nothing, render } from "../../vendor/lit-html.js";
import { computed, effect, signal, untracked } from "../../vendor/signals-core.js";
import { card, cardInWords } from "./card.js";
import { createDiagram, watchLayout } from "./diagram.js";
import { lineValues, strongest } from "./sums.js";

/** A neuron; with `from`, its connection from a neuron of the layer before, or from a row of pixels.
    @typedef {{ layer: number, neuron: number, from?: number }} Pointed */

const LARGE_ENOUGH = CANVAS_SIDE / 2; // across: of larger digits no more are read correctly, of smaller ones fewer
const TOO_SMALL = 3 * PEN_WIDTH; // across: of written digits shrunk to this size, every sixth is misread
const RUNNER_UP = 0.01; // the least probability at which a second digit is named
const TOLERANCE = 1e-3; // between the page's probabilities and PyTorch's
const STEP_NAMES = { crop: "cropped", square: "made square", resize: "shrunk", center: "centered" };

const pointed = signal(/** @type {Pointed | null} */ (null)); // by mouse or keyboard
const pressed = signal(/** @type {Pointed | null} */ (null)); // a connection; the neuron is in the state

/** What is explained: the view Neurons explains the chosen neuron itself. */
const explained = computed(() => {
  const chosen = state.neuron.value ? { layer: state.neuron.value[0], neuron: state.neuron.value[1] } : null;
  const at = pointed.value ?? pressed.value ?? chosen;
  const layer = at && active.value?.classifier.network.layers[at.layer];
  return layer && at.neuron < layer.outputs ? at : null;
});

const shown = computed(() => {
  const at = explained.value;
  const classifier = active.value?.classifier;
  return at && classifier && !isEmpty(current.value) ? { classifier, current: current.value, at } : null;
});

/** @param {MountContext} context */
export function mount({ element }) {
  render(template(), element);
  const find = (/** @type {string} */ name) => query(element, `.picture-${name}`);
  const picture = query(element, ".picture");
  const bars = createDigitBars(query(element, ".picture-bars"));
  const diagram = createDiagram(picture, bars.rows);
  const [answer, digit, more, status] = ["answer", "digit", "more", "status"].map(find);

  effect(() => {
    const now = current.value;
    bars.show(now.probabilities, now.verdict === "not a digit" ? null : now.digit);
    bars.showOther(other.value?.probabilities ?? null, compared.value?.title ?? "");
  });
  effect(() => {
    const now = current.value;
    const words = inWords(now);
    picture.dataset.verdict = now.verdict;
    if (now.digit === null) answer.style.removeProperty("--row");
    else answer.style.setProperty("--row", String(now.digit));
    setText(digit, words.large);
    setText(more, words.small);
    if (now.penIsDown) return; // screen readers are told when the pen is up, not at every movement
    setText(status, words.spoken);
  });

  const drawn = find("frame");
  const fit = () => {
    diagram.fit(untracked(() => active.value?.classifier ?? null));
    untracked(() => diagram.paint(active.value?.classifier ?? null, current.value, shown.value && explained.value));
  };
  const widths = computed(() => active.value?.classifier.network.layers.map(({ outputs }) => outputs) ?? []);
  const widthsAsText = computed(() => widths.value.join());
  repeat(() => {
    void [widthsAsText.value, state.view.value];
    render(captions(untracked(() => widths.value)), find("captions"));
    render(layers(untracked(() => widths.value)), find("layers"));
    fit();
  });
  watchLayout(picture, fit);
  repeat(() => diagram.paint(active.value?.classifier ?? null, current.value, shown.value && explained.value));
  paint(find("image"), image);
  paint(find("card"), () => (shown.value ? card(shown.value) : nothing));
  paint(find("switch"), networkSwitch);
  paint(find("notices"), notices);
  paint(find("foot"), foot);
  effect(() => void (find("card").hidden = shown.value === null));
  effect(() => {
    const words = shown.value && !drawing.value.penIsDown ? cardInWords(shown.value) : "";
    document.activeElement?.matches(".picture-layer") && document.activeElement.setAttribute("aria-valuetext", words);
  });

  drawn.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && !event.buttons && !isOverCard(event)) pointed.value = diagram.at(event);
  });
  drawn.addEventListener("pointerleave", () => (pointed.value = null));
  drawn.addEventListener("click", (event) => {
    if (isOverCard(event)) return;
    const at = diagram.at(event);
    pointed.value = null;
    pressed.value = at?.from === undefined ? null : at;
    if (at?.from === undefined) state.neuron.value = at && [at.layer, at.neuron];
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown.value || state.view.value || event.defaultPrevented) return;
    pointed.value = pressed.value = state.neuron.value = null;
    event.preventDefault(); // else it would clear the pad
  }, { capture: true }); // prettier-ignore
  verification.connect();
}

/** @param {MouseEvent} event */
const isOverCard = ({ target }) => target instanceof Element && target.closest(".picture-card") !== null;

const template = () => html`
  <section class="picture" aria-label="What the network predicts">
    <div class="picture-captions"></div>
    <div class="picture-switch"></div>
    <div class="picture-frame">
      <figure class="picture-image"></figure>
      <div class="picture-layers"></div>
      <div class="picture-bars" role="group" aria-label="Probability of each digit"></div>
      <div class="picture-answer" aria-hidden="true">
        <b class="picture-digit"></b><span class="picture-more"></span>
      </div>
      <canvas class="picture-canvas" aria-hidden="true"></canvas>
      <div class="picture-card" hidden></div>
    </div>
    <div class="picture-foot"></div>
    <div class="picture-notices"></div>
    <p class="picture-status sr-only" role="status"></p>
  </section>
`;

/** @param {number[]} widths */
const captions = (widths) => html`
  <a class="picture-caption" href="?view=input">28 × 28 pixels</a>
  <span class="picture-caption">
    ${widths.slice(0, -1).map((width) => html`<a href="?view=neurons">${width} neurons</a>`)}
  </span>
  <a class="picture-caption" href="?view=loss">10 probabilities</a>
  <span class="picture-caption">Answer</span>
`;

/** Each layer is one stop of the Tab key. @param {number[]} widths */
const layers = (widths) =>
  widths.map((width, layer) => {
    const isOutput = layer === widths.length - 1;
    const point = (/** @type {FocusEvent | KeyboardEvent} */ event) => walk(event, layer, width);
    return html`
      <div class="picture-layer ${isOutput ? "is-output" : ""}" role="slider" tabindex="0"
        aria-label=${isOutput ? "The ten digits" : `Layer ${layer + 1}, ${width} neurons`} aria-orientation="vertical"
        aria-valuemin="1" aria-valuemax=${width} aria-valuenow="1" @focus=${point} @keydown=${point}
        @blur=${() => (pointed.value = null)}></div>
    `;
  });

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
  if (shown.value) slider.setAttribute("aria-valuetext", cardInWords(shown.value));
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
  const taken = Object.entries(STEP_NAMES).filter(
    ([step]) => step !== "square" && steps.value[/** @type {keyof typeof STEP_NAMES} */ (step)],
  );
  return html`
    <ink-image role="img"
      aria-label="What the network sees: ${isEmpty(now) ? "nothing yet" : "your drawing, 28 by 28 pixels"}"
      .tones=${now.image}></ink-image>
    <figcaption>${isEmpty(now) ? "" : taken.map(([, name]) => name).join(", ") || "as it was drawn"}</figcaption>
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

/** What was changed, beside how to change it back; and what is wrong. */
function notices() {
  const left = Object.keys(STEP_NAMES).filter((step) => state.without.value.some((name) => name === step));
  const off = active.value?.classifier.off.flat().length ?? 0;
  const { problem } = describe(verification.news.value, current.value);
  return html`
    <p role="alert">${problem}</p>
    ${
      left.length
        ? html`<p aria-live="polite">
            Preprocessing changed: not
            ${left.map((step) => STEP_NAMES[/** @type {keyof typeof STEP_NAMES} */ (step)]).join(", ")}.
            <button type="button" @click=${() => reset("without")}>Take all steps</button>
          </p>`
        : nothing
    }
    ${
      off
        ? html`<p aria-live="polite">
            ${off === 1 ? "1 neuron is" : `${off} neurons are`} switched off.
            <button type="button" @click=${() => reset("off")}>Switch all on</button>
          </p>`
        : nothing
    }
  `;
}

/** Legend, advice and verification. */
function foot() {
  const now = current.value;
  const { advice } = inWords(now);
  const pair = compared.value;
  return html`
    <p class="picture-advice">
      ${
        isEmpty(now)
          ? html`<span class="picture-watch">← or watch one being drawn</span>`
          : advice
            ? advice
            : html`
                <span class="is-up">raises</span>
                <span class="is-down">lowers</span>
                <span class="is-active">active</span>
              `
      }
    </p>
    ${
      pair && active.value
        ? html`<p class="picture-pair"><span>${active.value.title}</span><span>${pair.title}</span></p>`
        : nothing
    }
    ${verified()}
  `;
}

function verified() {
  const news = verification.news.value;
  const { text, details } = describe(news, current.value);
  if (!text) return html`<p class="picture-verification" data-state=${news.state}></p>`;
  return html`
    <details class="picture-verification" data-state=${news.state}>
      <summary>${text}</summary>
      <p>${details}</p>
    </details>
  `;
}

/** What is said about the verification, and what is wrong. Page and PyTorch run the same network, so their probabilities
    agree, or something is wrong.
    @param {verification.News} news @param {Current} now @returns {{ text: string, details: string, problem: string }} */
function describe(news, now) {
  const none = { text: "", details: "", problem: "" };
  switch (news.state) {
    case "idle":
      return none;
    case "asked":
      return {
        ...none,
        text: "Asking PyTorch …",
        details: "The page has predicted; PyTorch predicts from the same ink.",
      };
    case "busy":
      return { ...none, text: "The server is busy", details: "The page predicts on its own, and asks again." };
    case "lost":
      return {
        ...none,
        text: "No connection to the server",
        details: "The page predicts on its own, and tries again.",
      };
    case "unknown":
      return {
        ...none,
        text: `${active.value?.title} predicts`,
        details: "PyTorch does not know this network: it is in this page only, and nothing is sent.",
      };
  }
  const { reply, milliseconds } = news;
  if ("error" in reply) return { ...none, problem: reply.error };
  if (reply.network !== active.value?.classifier.fingerprint) {
    return { ...none, problem: "The server has another network by now. Reload the page to get it." };
  }
  const most = Math.max(...reply.probabilities.map((share, i) => Math.abs(share - now.probabilities[i])));
  if (most > TOLERANCE) {
    return { ...none, problem: `PyTorch predicts ${reply.digit}, this page predicts ${now.digit}. Reload the page.` };
  }
  const details =
    "With the pen up, the server’s PyTorch predicts from the same ink; its ten probabilities are those of the page.";
  return { ...none, text: `Verified by PyTorch · ${Math.round(milliseconds)} ms`, details };
}

/** A prediction in words: what is large, what stands below it, what to do, and what is spoken. @param {Current} now */
function inWords(now) {
  if (isEmpty(now)) return { large: "?", small: "", advice: "", spoken: "Nothing drawn yet." };
  const { verdict, digit, probabilities, penIsDown, strokes } = now;
  const second = topTwo(probabilities)[1];
  const sure = percent(probabilities[digit]);
  const runnerUp = probabilities[second] < RUNNER_UP ? "" : `or ${second}: ${percent(probabilities[second])}`;
  const size = strokes.length ? extent(strokes) : Infinity; // a photo has no strokes
  const isSmall = !penIsDown && size < TOO_SMALL;
  const large = verdict === "not a digit" ? "✕" : String(digit);
  const small = verdict === "digit" ? sure : verdict === "unsure" ? `${sure}\nor ${second}` : "";
  if (verdict === "digit") {
    const advice = isSmall ? "Too small for the pen: clear, and draw it at least half as high as the pad." : "";
    return {
      large,
      small,
      advice,
      spoken: `Looks like ${digit}, ${sure}; ${advice || runnerUp}`.replace(/; $/, "") + (advice ? "" : "."),
    };
  }
  const name = verdict === "unsure" ? "Not sure" : "Not a digit";
  if (penIsDown) return { large, small, advice: `${name} yet`, spoken: "" };
  const how = !strokes.length
    ? "Show one digit, large and in dark ink."
    : isSmall || size < LARGE_ENOUGH
      ? "Clear, and draw it at least half as high as the pad."
      : verdict === "unsure"
        ? "Clear, and draw it more clearly."
        : "Clear, and draw one digit, 0 to 9, and nothing else.";
  const nearest = verdict === "unsure" ? `${digit}: ${sure}, ${runnerUp}.` : `The nearest digit is ${digit}.`;
  return { large, small, advice: `${name}. ${how}`, spoken: `${name}: ${nearest} ${how}` };
}

/** The longer side of the strokes' bounding box. @param {Stroke[]} strokes */
function extent(strokes) {
  const sides = [0, 1].map((axis) => {
    const values = strokes.flat().map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...sides);
}
