/** The header: title, links to the views while one is open, the link dialog, and what there is to know about the network.
    It also sets the classes of the root element that the style sheets count on. */
/** @import { MountContext } from "../../state/types.js" */
import { parameterCount } from "../../engine/network.js";
import { query } from "../../parts/dom.js";
import { icon } from "../../parts/icons.js";
import { grouped, percent } from "../../parts/numbers.js";
import { pad } from "../../state/drawing.js";
import { active, predictWith } from "../../state/networks.js";
import { paint } from "../../state/painting.js";
import { follow, problem, state, VIEWS } from "../../state/state.js";
import { html, nothing } from "../../vendor/lit-html.js";
import { batch, effect } from "../../vendor/signals-core.js";
import { linkDialog } from "./dialog.js";

/** @type {Record<string, string>} */
const TITLES = {
  lesson: "Lesson",
  input: "Input",
  neurons: "Neurons",
  why: "Why?",
  loss: "Softmax & loss",
  replay: "Replay",
  train: "Train",
  handwriting: "My handwriting",
};

/** @param {MountContext} context */
export function mount({ element }) {
  paint(query(element, ".header-rest"), header); // the title is there before, so that the pad stays where it is
  document.addEventListener("click", followLink);
  document.addEventListener("pointerdown", ({ target }) => {
    for (const details of document.querySelectorAll("details.header-about, details.picture-verification")) {
      if (!details.contains(/** @type {Node} */ (target))) details.removeAttribute("open");
    }
  });
  effect(() => {
    const { classList } = document.documentElement;
    const view = state.view.value;
    classList.toggle("has-view", view !== null);
    classList.toggle("has-lesson", state.step.value !== null);
    classList.toggle("is-presenting", state.present.value);
    classList.toggle("is-embedded", state.embed.value);
    if (view === null) classList.remove("has-large-pad");
    document.title = [view && TITLES[view], "Digit Sketchpad"].filter(Boolean).join(" · ");
  });
  if (state.embed.value && parent !== window) tellParent(element.closest("main") ?? document.body);
}

/** A link to a view changes the state; with a key held, or another button, the browser opens it beside.
    @param {MouseEvent} event */
function followLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href^='?']") : null;
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const query = new URLSearchParams(location.search); // a kiosk stays one
  for (const [name, value] of new URLSearchParams(link.getAttribute("href") ?? "")) query.set(name, value);
  follow(`?${query}`);
}

function close() {
  batch(() => (state.view.value = state.step.value = null));
  pad.focus();
}

function header() {
  const view = state.view.value;
  return html`
    ${
      view === null
        ? html`<p class="header-lead">Draw a digit. A small neural network reads it while the pen moves.</p>`
        : views(view)
    }
    <div class="header-buttons">
      ${linkDialog(view !== null)} ${about()}
      ${
        view === null
          ? nothing
          : html`<button type="button" class="header-close" aria-label="Close the view" @click=${close}>
              ${icon("close")} <span>Close</span>
            </button>`
      }
    </div>
    <p class="header-problem" role="alert">${problem.value}</p>
  `;
}

/** @param {string} view */
const views = (view) => html`
  <nav class="header-views" aria-label="Views">
    ${VIEWS.map(
      (name) => html`<a href="?view=${name}" aria-current=${name === view ? "page" : nothing}>${TITLES[name]}</a>`,
    )}
  </nav>
  <div class="header-view">
    <button type="button" aria-label="Back to the first screen" @click=${close}>${icon("back")}</button>
    <select
      aria-label="View"
      .value=${view}
      @change=${(/** @type {Event & { target: HTMLSelectElement }} */ { target }) =>
        (state.view.value = /** @type {typeof VIEWS[number]} */ (target.value))}>
      ${VIEWS.map((name) => html`<option value=${name} ?selected=${name === view}>${TITLES[name]}</option>`)}
      ${view === "all" ? html`<option value="all" selected>All</option>` : nothing}
    </select>
  </div>
`;

/** What there is to know about the network that predicts. */
function about() {
  const now = active.value;
  if (!now) return nothing;
  const { name, recipe, testAccuracy, steps, batchSize, origin, network } = now.description;
  const { parameters, weights, biases } = parameterCount(network.widths);
  const predict = (/** @type {string} */ network, /** @type {"shared" | null} */ beside) => () =>
    batch(() => {
      predictWith(network);
      state.compared.value = beside;
    });
  return html`
    <details class="header-about" @keydown=${closeOnEscape}>
      <summary aria-label="About this network" title="About this network"><i aria-hidden="true">i</i></summary>
      <div class="header-details">
        <div role="note" aria-label="The network that predicts">
          <p>
            <b>${now.title}</b>${
              testAccuracy === null
                ? nothing
                : html`: ${percent(testAccuracy, 2)} of MNIST’s 10,000 test digits classified correctly.`
            }
          </p>
          <p>
            ${network.widths.join(" – ")}, ${grouped(parameters)} parameters (${grouped(weights)} weights,
            ${grouped(biases)} biases).
          </p>
          <p>Recipe ${name}: ${recipe}.</p>
          ${steps ? html`<p>${grouped(steps)} steps, each on ${batchSize} images.</p>` : nothing}
          <p>${origin}</p>
        </div>
        <p>The baseline network, which most courses build, is included: Adam on MNIST alone.</p>
        <div class="buttons">
          <button type="button" @click=${predict("baseline", null)}>Predict with the baseline</button>
          <button type="button" @click=${predict("baseline", "shared")}>Compare both</button>
        </div>
      </div>
    </details>
  `;
}

/** @param {KeyboardEvent} event */
function closeOnEscape(event) {
  if (event.key !== "Escape") return;
  /** @type {HTMLDetailsElement} */ (event.currentTarget).open = false;
}

/** In a frame of another page: tell it the height that everything needs, and how far the lesson has come.
    @param {Element} main */
function tellParent(main) {
  const tell = () => {
    const [step, done] = [state.step.value, state.done.value.map(Number)];
    const height = Math.ceil(main.getBoundingClientRect().height);
    parent.postMessage({ type: "digit-sketchpad", height, step, done }, "*"); // nothing of it is a secret
  };
  new ResizeObserver(tell).observe(main);
  effect(tell);
}
