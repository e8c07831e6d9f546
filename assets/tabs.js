/* The tabs: one for each view, and one for all. Arrow keys move along them.

   Run once when the component is mounted, with Gradio's `element` and `props`. */

"use strict";

const list = element.querySelector(".tabs-list");
const close = element.querySelector(".tabs-close");
const titles = { ...JSON.parse(props.titles), all: "All" };
const tabs = Object.entries(titles).map(([name, title]) =>
  Pictures.create(
    "button",
    {
      type: "button",
      role: "tab",
      id: `tab-${name}`,
      "data-view": name,
      "aria-controls": name === "all" ? undefined : `view-${name}`,
      onclick: () => Views.open(name),
    },
    title,
  ),
);
list.append(...tabs);

list.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const place = tabs.indexOf(document.activeElement);
  let next = step && tabs[(place + step + tabs.length) % tabs.length];
  if (event.key === "Home") next = tabs[0];
  if (event.key === "End") next = tabs[tabs.length - 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  Views.open(next.dataset.view);
});

close.addEventListener("click", () => {
  Views.open(null);
  tabs[0].focus();
});

Views.offer(Object.keys(titles));
Views.subscribe((current) => {
  close.hidden = current === null;
  tabs.forEach((tab, i) => {
    const isOpen = tab.dataset.view === current;
    tab.ariaSelected = isOpen;
    tab.tabIndex = isOpen || (current === null && i === 0) ? 0 : -1;
    if (isOpen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
});
