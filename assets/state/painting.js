/** When the page is painted: a part with the next frame after something that it shows has changed, the bars before all
    else. A view that is closed is not painted, nor, with the pen down or all views open, one that is out
    of sight. */
/** @import { View } from "./state.js" */
import { computed, effect, signal, untracked } from "../vendor/signals-core.js";
import { render } from "../vendor/lit-html.js";
import { drawing } from "./drawing.js";
import { active } from "./networks.js";
import { VIEWS, state } from "./state.js";

/** @typedef {{ isDue: () => boolean, run: () => void }} Job */

const waiting = /** @type {Set<Job>} */ (new Set());
const outOfSight = signal(/** @type {ReadonlySet<Element>} */ (new Set()));
let frame = 0; // the animation frame that was requested

const sight = new IntersectionObserver((entries) => {
  const elements = new Set(outOfSight.value);
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) elements.delete(target);
    else elements.add(target);
  }
  outOfSight.value = elements;
});

/** Paint a template into an element, now and whenever a signal that it reads has changed.
    @param {HTMLElement} element @param {() => unknown} template @param {() => boolean} [isDue] else it waits */
export function paint(element, template, isDue = () => true) {
  repeat(() => render(template(), element), isDue);
}

/** Do something with the next frame, now and whenever a signal that it reads has changed, such as painting a canvas.
    @param {() => void} act @param {() => boolean} [isDue] else it waits */
export function repeat(act, isDue = () => true) {
  let dispose = () => {};
  const job = {
    isDue,
    run() {
      dispose();
      let isFirst = true;
      dispose = effect(() => {
        if (isFirst) act();
        else schedule(job);
        isFirst = false;
      });
    },
  };
  schedule(job);
}

/** A view: painted while it is open and the network is there, hidden while it is closed.
    @param {View} name @param {HTMLElement} element @param {() => unknown} template */
export function view(name, element, template) {
  element.replaceChildren();
  element.classList.add("view", name);
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", VIEWS[name]);
  const isOpen = computed(() => state.view.value === name || state.view.value === "all");
  effect(() => void (element.hidden = !isOpen.value));
  sight.observe(element);
  paint(element, template, () => {
    // One view alone need not wait until it is known to be in sight.
    const isHeld = outOfSight.value.has(element) && (state.view.value === "all" || drawing.value.penIsDown);
    return isOpen.value && active.value !== null && !isHeld;
  });
}

/** @param {Job} job */
function schedule(job) {
  waiting.add(job);
  frame ||= requestAnimationFrame(flush);
}

function flush() {
  frame = 0;
  for (const job of [...waiting]) {
    if (!untracked(job.isDue)) continue;
    waiting.delete(job);
    try {
      job.run();
    } catch (error) {
      reportError(error); // and go on: one broken view must not stop the others
    }
  }
}

// What waits is looked at again when what it waits for has changed.
effect(() => {
  void [state.view.value, active.value, drawing.value.penIsDown, outOfSight.value];
  if (waiting.size) frame ||= requestAnimationFrame(flush);
});
