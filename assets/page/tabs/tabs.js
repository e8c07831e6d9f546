/** The tabs: one for each view, and one for all. Arrow keys move along them. */
/** @import { MountContext } from "../../state/types.js" */
import { create, query } from "../../parts/dom.js";
import { readJson } from "../../site/files.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";

/** @param {MountContext} context */
export async function mount({ element }) {
  const list = query(element, ".tabs-list");
  const close = query(element, ".tabs-close");
  const notice = query(element, ".tabs-notice");
  /** @type {Record<string, string>} */
  const titles = { ...(await readJson("views.json")), all: "All" };
  const names = Object.keys(titles);
  const tabs = names.map((name) => {
    const labels = { id: `tab-${name}`, "data-view": name, "aria-controls": name !== "all" && `view-${name}` };
    const open = () => views.open(name);
    return create("button", { type: "button", role: "tab", ...labels, onclick: open }, titles[name]);
  });
  list.append(...tabs);

  list.addEventListener("keydown", (event) => {
    const place = tabs.findIndex((tab) => tab === document.activeElement);
    const last = tabs.length - 1;
    const [right, left] = [place === last ? 0 : place + 1, place > 0 ? place - 1 : last];
    const next = { ArrowRight: right, ArrowLeft: left, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    tabs[next].focus();
    views.open(names[next]);
  });

  close.addEventListener("click", () => {
    views.open(null);
    tabs[0].focus();
  });

  // How much of the window's top the drawing area takes, where it stays in sight.
  const area = query(document, ".drawing-area");
  const tellHeight = () => document.documentElement.style.setProperty("--drawing-area", `${area.offsetHeight}px`);
  new ResizeObserver(tellHeight).observe(area);

  const unknown = views.offer(names);
  if (unknown !== null) views.complain(`There is no view “${unknown}”. These are all there are:`);
  link.onProblem((problem) => problem && views.complain(problem));
  views.onComplaint((complaint) => (notice.textContent = complaint));
  views.subscribe((current) => {
    close.hidden = current === null;
    document.title = [current && titles[current], "Digit Sketchpad"].filter(Boolean).join(" · ");
    tabs.forEach((tab, i) => {
      const isOpen = names[i] === current;
      tab.ariaSelected = String(isOpen);
      tab.tabIndex = isOpen || (current === null && i === 0) ? 0 : -1;
      if (isOpen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  });
}
