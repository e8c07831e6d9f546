/* The views below the bars: one is open at a time, as the address says (?view=inside), or none, or all.

   A view is painted at most once a frame, after the bars have moved, and only while it is open. */

"use strict";

const Views = (() => {
  const panels = new Map(); // name → { element, paint }
  const listeners = [];
  let names = []; // of all views, as the tabs offer them
  let frame = 0; // the one asked for
  let current = null;

  function fromAddress() {
    const name = new URLSearchParams(location.search).get("view"); // Gradio has views of its own: "api", "settings"
    return names.includes(name) ? name : null;
  }

  function isOpen(name) {
    return current === name || current === "all";
  }

  function show() {
    document.documentElement.classList.toggle("has-view", current !== null);
    for (const [name, { element }] of panels) element.hidden = !isOpen(name);
    for (const listener of listeners) listener(current);
    refresh();
  }

  /** Paint what is open, with the next frame. */
  function refresh() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!Live.classifier) return; // it is still on its way, and says so when it is there
      for (const [name, { paint }] of panels) if (isOpen(name)) paint(Live.reading());
    });
  }

  addEventListener("popstate", () => {
    current = fromAddress();
    show();
  });
  Live.subscribe(refresh);

  return {
    /** A view's panel, and what paints it: called with the present reading. */
    add(name, element, paint) {
      panels.set(name, { element, paint });
      element.hidden = !isOpen(name);
      refresh();
    },

    /** Open one view, or close all with null; the address says so, and the back button undoes it. */
    open(name) {
      if (name === current) return;
      current = name;
      const address = new URL(location);
      if (name) address.searchParams.set("view", name);
      else address.searchParams.delete("view");
      history.pushState(history.state, "", address);
      show();
    },

    /** Which views there are; the one that the address names is opened. */
    offer(theirNames) {
      names = theirNames;
      current = fromAddress();
      show();
    },

    /** Whether there is such a view. */
    has: (name) => names.includes(name),

    /** The open view's name, "all", or null. */
    get current() {
      return current;
    },

    refresh,

    /** Be told which view is open, at once and at every change. */
    subscribe(listener) {
      listeners.push(listener);
      listener(current);
    },
  };
})();
