/** The header: title, links to the views while one is open, and two dialogs. It also sets the classes of the root element
    that the style sheets count on. */
/** @import { MountContext } from "../../state/types.js" */
import { query } from "../../parts/dom.js";
import { icon } from "../../parts/icons.js";
import { isPadLarge, pad } from "../../state/drawing.js";
import { active } from "../../state/networks.js";
import { repeat } from "../../state/painting.js";
import { follow, problem, state, VIEWS } from "../../state/state.js";
import { html, nothing, render } from "../../vendor/lit-html.js";
import { batch, effect } from "../../vendor/signals-core.js";
import { aboutDialog } from "./about.js";
import { linkDialog } from "./link.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const rest = query(element, ".header-rest"); // the title is there before, so that the pad stays where it is
  repeat(() => {
    render(header(), rest);
    const current = /** @type {HTMLElement | null} */ (rest.querySelector("[aria-current]"));
    if (current?.parentElement) current.parentElement.scrollLeft = current.offsetLeft - current.offsetWidth / 2;
  });
  document.documentElement.lang = "en"; // Gradio says the visitor's language
  document.addEventListener("click", followLink);
  effect(() => {
    const { classList } = document.documentElement;
    const view = state.view.value;
    classList.toggle("has-view", view !== null);
    classList.toggle("is-presenting", state.present.value);
    classList.toggle("is-embedded", state.embed.value);
    if (view === null) isPadLarge.value = false;
    document.title = [view && view !== "all" && VIEWS[view], "Digit Sketchpad"].filter(Boolean).join(" · ");
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
        ? html`<p class="header-lead view-lead">Draw a digit. A small neural network recognizes it as you draw.</p>`
        : views(view)
    }
    <div class="header-buttons buttons">
      ${linkDialog()} ${active.value ? aboutDialog(active.value) : nothing}
      ${
        view === null
          ? nothing
          : html`<button type="button" aria-label="Close the view" @click=${close}>
              ${icon("close")} <span>Close</span>
            </button>`
      }
    </div>
    <p class="header-problem" role="alert">${problem.value}</p>
  `;
}

/** @param {string} view */
const views = (view) => html`
  <nav class="header-views tabs" aria-label="Views">
    ${Object.entries(VIEWS).map(
      ([name, title]) => html`<a href="?view=${name}" aria-current=${name === view ? "page" : nothing}>${title}</a>`,
    )}
  </nav>
`;

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
