/** How the page is shown: as always (null), on a projector (?present), or in a frame of another page (?embed). */
import { createStore } from "./store.js";

/** @typedef {"present" | "embed" | null} Mode */

const store = createStore(fromAddress());
export const { get, subscribe } = store;

/** Start or end the presentation. @param {boolean} isPresenting */
export function present(isPresenting) {
  const address = new URL(location.href);
  if (isPresenting) address.searchParams.set("present", "");
  else address.searchParams.delete("present");
  history.replaceState(history.state, "", address);
  store.set(isPresenting ? "present" : null);
}

/** @returns {Mode} */
function fromAddress() {
  const { searchParams } = new URL(location.href);
  if (searchParams.has("embed")) return "embed";
  return searchParams.has("present") ? "present" : null;
}

subscribe((mode) => {
  document.documentElement.classList.toggle("is-presenting", mode === "present");
  document.documentElement.classList.toggle("is-embedded", mode === "embed");
});
