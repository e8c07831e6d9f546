/** The static site: mounts the components as Gradio would, without a server. */
/** @import { MountContext } from "../state/types.js" */

/** Mount the components, with the props that they start with: the nth one in the element whose data-component is n.
    @param {{ module: { mount: (context: MountContext) => void }, props: Record<string, unknown> }[]} components
    @param {Record<string, string>} files the script files that bring what server functions would answer, by their names */
export function mountAll(components, files) {
  const functions = Object.entries(files).map(([name, file]) => [name, () => load(name, file)]);
  const server = Object.fromEntries(functions);
  components.forEach(({ module, props }, i) => {
    const element = /** @type {HTMLElement} */ (document.querySelector(`[data-component="${i}"]`));
    module.mount({ element, props, trigger: null, watch() {}, server });
  });
}

/** The text in a file. A page opened from disk may load scripts and nothing else, so the file is a script that
    dispatches its text as the detail of an event.
    @param {string} name of the event @param {string} file @returns {Promise<string>} */
function load(name, file) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: file, onerror: reject });
    addEventListener(`sketchpad-${name}`, (event) => resolve(/** @type {CustomEvent} */ (event).detail), {
      once: true,
    });
    document.head.append(script);
  });
}

// Gradio marks a dark page with a class, which the styles count on.
const darkness = matchMedia("(prefers-color-scheme: dark)");
const followDarkness = () => document.body.classList.toggle("dark", darkness.matches);
darkness.addEventListener("change", followDarkness);
followDarkness();

if (location.protocol.startsWith("http")) navigator.serviceWorker?.register("worker.js");
