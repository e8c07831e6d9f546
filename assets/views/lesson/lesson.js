/** The lesson: twelve steps, each with the numbers of the drawing on the pad and a button that opens its view. */
/** @import { MountContext } from "../../state/types.js" */
import { active } from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import * as views from "../../state/views.js";
import { create, query } from "../../parts/dom.js";
import { STEPS } from "./steps.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const lines = STEPS.map(() => create("p", { class: "lesson-live" }));
  const items = STEPS.map(({ title, text, exercise, views: names }, i) => {
    const task = create("p", { class: "lesson-try" }, create("strong", {}, "Try:"), ` ${exercise}`);
    const buttons = create("div", { class: "buttons" }, ...names.map(opener));
    return create("li", {}, create("h3", {}, title), create("p", {}, text), lines[i], task, buttons);
  });
  query(element, ".lesson-steps").append(...items);

  views.register("lesson", query(element, ".lesson"), (current) => {
    const { description } = active();
    lines.forEach((line, i) => (line.textContent = isEmpty(current) ? "" : STEPS[i].yours(current, description)));
  });
}

/** A button that opens a view and is named as its tab is. @param {string} name of the view */
function opener(name) {
  const title = create("span");
  const open = () => views.open(name);
  views.subscribe(() => (title.textContent = document.getElementById(`tab-${name}`)?.textContent ?? ""));
  const arrow = create("span", { "aria-hidden": "true" }, " →");
  return create("button", { type: "button", "data-view": name, onclick: open }, title, arrow);
}
