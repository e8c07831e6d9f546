/** The lesson's contents: its steps, how far the visitor has come, and the glossary. */
/** @import { MountContext } from "../../state/types.js" */
import { GLOSSARY } from "./glossary.js";
import { STEPS } from "./steps.js";
import { create, query, setText } from "../../parts/dom.js";
import * as lesson from "../../state/lesson.js";
import * as views from "../../state/views.js";

/** @param {MountContext} context */
export function mount({ element }) {
  const start = query(element, ".contents-start");
  const marks = STEPS.map(() => create("span", { class: "contents-mark" }));
  const items = STEPS.map(({ title }, i) => create("li", {}, opener(i + 1, `${i + 1}. ${title}`), marks[i]));
  query(element, ".contents-steps").append(...items);
  for (const [term, definition] of Object.entries(GLOSSARY).sort(([a], [b]) => a.localeCompare(b, "en"))) {
    const step = STEPS.findIndex(({ idea }) => idea.toLowerCase().includes(`*${term.toLowerCase()}*`)) + 1;
    const name = create("dt", {}, opener(step, `${term}, step ${step}`));
    query(element, ".contents-glossary").append(create("div", {}, name, create("dd", {}, definition)));
  }

  start.addEventListener("click", () => lesson.open(lesson.get().last || 1));
  lesson.subscribe(({ last, done }) => {
    const next = last && `Go on with step ${last} of ${STEPS.length}: ${STEPS[last - 1].title}`;
    setText(start, next || "Start the lesson");
    marks.forEach((mark, i) => setText(mark, done.includes(i + 1) ? "✓ done" : ""));
  });
  views.register("lesson", query(element, ".contents"), () => {});
}

/** @param {number} step @param {string} words */
function opener(step, words) {
  return create("button", { type: "button", onclick: () => lesson.open(step) }, words);
}
