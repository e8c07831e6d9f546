/* What this tab remembers over a reload; nothing, where the browser has no room or does not allow it. */

"use strict";

const Kept = {
  /** Keep a value under a name. */
  set(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {}
  },

  /** What was kept; null where there is nothing. */
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  },
};
