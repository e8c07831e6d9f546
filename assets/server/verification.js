/** Verification: whenever the pen is up and something has changed, the server's PyTorch predicts from the same ink. One
    question is asked at a time, about the newest drawing, and an answer that came too late is dropped. While the server
    can't be reached, the page predicts on its own, tries to reach it every two seconds, and asks again as soon as it is
    back. A static site has no server, and a network that is only in the page is not asked about. */
/** @import { Current } from "../state/types.js" */
import { hasServer } from "../site/files.js";
import { active } from "../state/networks.js";
import { current, isEmpty, steps } from "../state/prediction.js";
import { effect, signal, untracked } from "../vendor/signals-core.js";

const PATIENCE = 4000; // milliseconds without an answer until the server counts as busy, or as gone
const RETRY = 2000; // milliseconds between two attempts to reach it
const KNOWN = ["shared", "baseline"]; // networks that the server has

/** @typedef {{ version: number, network: string, digit: number, probabilities: number[], verdict: string }} Verification
 *  @typedef {Verification | { version: number, error: string }} Reply
 *  @typedef {{ state: "idle" | "asked" | "busy" | "lost" | "unknown" }
 *    | { state: "answered", reply: Reply, milliseconds: number }} News */

/** What is going on. */
export const news = signal(/** @type {News} */ ({ state: "idle" }));

/** @typedef {{ version: number, body: Promise<string>, askedAt: number }} Question */
let newest = 0; // the version of the newest drawing
let isAsking = false;
let question = /** @type {Question | null} */ (null); // until it is answered

/** Start verifying, if a server is there. */
export function connect() {
  if (!hasServer) return;
  addEventListener("offline", () => (news.value = { state: "lost" }));
  effect(() => {
    const now = current.value;
    const network = active.value;
    const taken = steps.value;
    untracked(() => {
      newest++;
      question = null; // nothing waits for the answer to the last drawing any more
      if (news.value.state !== "lost") news.value = { state: "idle" };
      if (!network || now.penIsDown || isEmpty(now)) return;
      if (!KNOWN.includes(network.name)) news.value = { state: "unknown" };
      else if (network.classifier.fingerprint) {
        question = {
          version: newest,
          body: pack(now, taken, network.classifier.fingerprint),
          askedAt: performance.now(),
        };
        deliver();
      }
    });
  });
}

/** @param {Current} current @param {import("../state/types.js").Steps} steps @param {string} network */
async function pack({ ink }, steps, network) {
  return JSON.stringify({ version: newest, ink: await packInk(ink), steps, network });
}

/** Ink as text: deflated, then base64. One or two kB for a digit. @param {Uint8Array} ink */
export async function packInk(ink) {
  const deflated = new Blob([ink.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

/** Ask about the newest drawing, unless an answer is still to come. */
async function deliver() {
  if (!question) return;
  if (news.value.state === "idle") news.value = { state: "asked" };
  if (isAsking) return;
  const mine = question;
  isAsking = true;
  const answered = await ask(await mine.body);
  isAsking = false;
  if (mine !== question) return deliver();
  if (typeof answered === "object") {
    question = null;
    news.value = { state: "answered", reply: answered, milliseconds: performance.now() - mine.askedAt };
  } else {
    news.value = { state: answered };
    setTimeout(retry, RETRY, mine);
  }
}

/** @param {Question} mine */
function retry(mine) {
  if (mine !== question) return;
  mine.askedAt = performance.now();
  deliver();
}

/** The server's answer, or why there is none. @param {string} body @returns {Promise<Reply | "busy" | "lost">} */
async function ask(body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body };
  try {
    const reply = await fetch(new URL("verify", document.baseURI), {
      ...options,
      signal: AbortSignal.timeout(PATIENCE),
    });
    return reply.ok ? await reply.json() : "busy";
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError" ? "busy" : "lost";
  }
}
