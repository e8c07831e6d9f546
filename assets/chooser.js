/* The chooser: the shared network reads, the visitor's own, or both; it comes into sight with the visitor's own.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const chooser = element.querySelector(".chooser");
const options = [...element.querySelectorAll("input")];

for (const option of options) {
  option.addEventListener("change", () =>
    Live.setReader(option.value === "shared" ? "shared" : "own", option.value === "both"),
  );
}

Live.subscribe(({ reader, other }) => {
  chooser.hidden = !Live.own;
  for (const option of options) option.checked = option.value === (other ? "both" : reader);
});
