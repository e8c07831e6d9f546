/** Verification: whenever the pen is up and something has changed, the server's PyTorch predicts from the same ink. One
    question is asked at a time, about the newest drawing, and an answer that came too late is dropped. While the server
    can't be reached, the page predicts on its own, and asks again every two seconds. A static site has no server, and a
    network that is only in the page is not asked about. */
/** @import { DigitPrediction, Drawn, LoadedNetwork, Steps } from "../state/types.js" */
import { hasServer } from "../site/files.js";
import { active } from "../state/networks.js";
import { current, isEmpty, steps } from "../state/prediction.js";
import { effect, signal } from "../vendor/signals-core.js";

const PATIENCE = 4000; // milliseconds without an answer until the server counts as busy
const RETRY = 2000; // milliseconds between two attempts
const TOLERANCE = 1e-3; // between the page's probabilities and PyTorch's
const KNOWN = ["shared", "baseline"]; // networks that the server has

/** @typedef {{ now: Drawn, steps: Steps, network: LoadedNetwork }} Question */

const NOTHING = { line: "", details: "", alarm: "" };

/** What is said of it: in a line, behind that line, and as an alarm. */
export const verification = signal(NOTHING);

let question = /** @type {Question | null} */ (null); // until it is answered
let isAsking = false;

/** Start verifying, if a server is there. */
export function connect() {
  if (!hasServer) return;
  effect(() => {
    const now = current.value;
    const network = active.value;
    const taken = steps.value;
    question = null; // nothing waits for the answer to the last drawing any more
    verification.value = NOTHING;
    if (!network || now.penIsDown || isEmpty(now)) return;
    if (!KNOWN.includes(network.name)) {
      say(
        `${network.title} predicts`,
        "PyTorch does not know this network: it is in this page only, and nothing is sent.",
      );
    } else if (network.classifier.fingerprint) {
      say("Asking PyTorch …", "The page has predicted; PyTorch predicts from the same ink.");
      question = { now, steps: taken, network };
      ask();
    }
  });
}

/** @param {string} line @param {string} [details] @param {string} [alarm] */
function say(line, details = "", alarm = "") {
  verification.value = { line, details, alarm };
}

/** Ask until there is nothing to ask about any more. */
async function ask() {
  if (isAsking) return;
  isAsking = true;
  while (question) {
    const asked = question;
    const began = performance.now();
    const reply = await send(asked);
    if (asked !== question) continue;
    if (typeof reply === "string") {
      say(reply, "The page predicts on its own, and asks again.");
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    } else {
      question = null;
      judge(asked, reply, performance.now() - began);
    }
  }
  isAsking = false;
}

/** Page and PyTorch run the same network, so their probabilities agree, or something is wrong.
    @param {Question} asked @param {DigitPrediction & { network: string, error?: string }} reply
    @param {number} milliseconds */
function judge({ now, network }, { digit, probabilities, network: fingerprint, error }, milliseconds) {
  if (error) say("", "", error);
  else if (fingerprint !== network.classifier.fingerprint) {
    say("", "", "The server has another network by now. Reload the page to get it.");
  } else if (probabilities.some((share, i) => Math.abs(share - now.probabilities[i]) > TOLERANCE)) {
    say("", "", `PyTorch predicts ${digit}, this page predicts ${now.digit}. Reload the page.`);
  } else {
    say(
      `✓ Verified by PyTorch · ${Math.round(milliseconds)} ms`,
      "With the pen up, the server’s PyTorch predicts from the same ink; its ten probabilities are those of the page.",
    );
  }
}

/** The server's answer, or in words why there is none. @param {Question} question @returns {Promise<any>} */
async function send({ now, steps, network }) {
  const body = { ink: await packInk(now.ink), steps, network: network.classifier.fingerprint };
  const headers = { "Content-Type": "application/json" };
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const options = { method: "POST", headers, body: JSON.stringify(body), signal: patience };
    const reply = await fetch(new URL("verify", document.baseURI), options);
    return reply.ok ? await reply.json() : "The server is busy";
  } catch {
    return patience.aborted ? "The server is busy" : "No connection to the server";
  }
}

/** Ink as text: deflated, then base64. One or two kB for a digit. @param {Uint8Array} ink */
async function packInk(ink) {
  const deflated = new Blob([ink.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}
