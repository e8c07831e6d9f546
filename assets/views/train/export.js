/** From page to code: a run as a script in PyTorch, and its network as files for PyTorch and for ONNX. */
/** @import { MountContext } from "../../state/types.js" */
import { UNREACHABLE, call } from "../../server/jobs.js";
import { bytesFromBase64 } from "../../engine/quantization.js";
import { copyOnClick } from "../../parts/clipboard.js";
import { query } from "../../parts/dom.js";
import { save } from "../../parts/download.js";

/** Set the buttons up. Returns a function that offers the files of a run.
    @param {HTMLElement} element @param {MountContext["server"]} server
    @returns {(run: { ticket: string, number: number }, script: string) => void} */
export function setUpExport(element, server) {
  const code = query(element, "pre code");
  const problem = query(element, ".train-export-problem");
  let ticket = "";
  let name = "";

  const button = (/** @type {string} */ kind) => query(element, `[data-file="${kind}"]`, HTMLButtonElement);
  button("py").addEventListener("click", () => save(`${name}.py`, code.textContent ?? "", "text/x-python"));
  copyOnClick(query(element, ".train-copy"), () => code.textContent ?? "");
  for (const kind of ["pt", "onnx"]) {
    button(kind).addEventListener("click", async () => {
      const file = `${name}.${kind}`;
      problem.textContent = `Making ${file} …`;
      const answer = await call(server?.weights, JSON.stringify([ticket, kind]));
      const { file: content, error } = answer === undefined ? { error: UNREACHABLE } : JSON.parse(answer);
      problem.textContent = error ?? "";
      if (content) save(file, new Uint8Array(bytesFromBase64(content)), "application/octet-stream");
    });
  }

  return (run, script) => {
    ({ ticket } = run);
    name = `run-${run.number}`;
    code.textContent = script;
    problem.textContent = "";
  };
}
