/* The page without a server: what Gradio and Python are to the components, where neither is there.

   The first part stands in for python.js, before the components are mounted; `Static` mounts them as Gradio would. */

"use strict";

const Python = { connect() {}, subscribe() {}, isReachable: async () => true, isWaiting: false };

const Static = (() => {
  // Files, by the question that they answer. A name is its content's, so that no page gets what belongs to another one.
  const FILES = { snapshots: "SNAPSHOTS" };
  const answers = {}; // what a server would say to a component's questions, by name
  const waiting = new Map(); // name → who waits for the script that brings its answer

  /** Fetch an answer once, as a script: a page opened from disk may load nothing else. */
  function ask(name) {
    return new Promise((resolve, reject) => {
      if (name in answers) return resolve(answers[name]);
      const script = document.createElement("script");
      script.src = FILES[name];
      script.onerror = reject;
      waiting.set(name, resolve);
      document.head.append(script);
    });
  }

  const server = new Proxy({}, { get: (_, name) => () => ask(name) });

  return {
    /** Mount a component: its element, what it starts with, and its script. */
    mount(index, props, script) {
      script(
        document.querySelector(`[data-component="${index}"]`),
        props,
        () => {},
        server,
        null,
        () => {},
      );
    },

    /** An answer came. */
    answer(name, text) {
      answers[name] = text;
      waiting.get(name)?.(text);
    },
  };
})();

const darkness = matchMedia("(prefers-color-scheme: dark)");
const followDarkness = () => document.body.classList.toggle("dark", darkness.matches);
darkness.addEventListener("change", followDarkness);
followDarkness();

if (location.protocol.startsWith("http") && "serviceWorker" in navigator) navigator.serviceWorker.register("sw.js");
