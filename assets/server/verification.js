/**
 * Verification: whenever the pen is up and something changed, the server's PyTorch predicts from the same ink. The newest
 * drawing counts, and a late answer to an older one is dropped. While the server can't be reached, the page predicts on
 * its own, tries to reach it every two seconds, and asks again as soon as it is back. All of this is off until `connect`
 * is called: the static site has no server.
 */
/** @import { Current, Steps } from "../state/types.js" */
import * as prediction from "../state/prediction.js";
import { createStore } from "../state/store.js";

const PATIENCE = 4000; // milliseconds without an answer until the server counts as busy, or as gone
const RETRY = 2000; // milliseconds between two attempts to reach it
const FRESH = 250; // milliseconds for which the last sign of life is proof enough

/**
 * What is sent. `ink` is made by `packInk`; `network` is a fingerprint.
 * @typedef {{ version: number, ink: string, steps: Steps, network: string | undefined }} Question
 *
 * A drawing to verify; its question is null while its ink is being packed.
 * @typedef {{ question: Question | null, version: number, askedAt: number | null }} Pending
 *
 * @typedef {{ version: number, network: string, digit: number, probabilities: number[], verdict: string }} Verification
 * @typedef {Verification | { version: number, error: string }} Reply
 * @typedef {{ state: "idle" | "asked" | "busy" | "lost" }
 *   | { state: "answered", reply: Reply, milliseconds: number }} News
 */

const store = createStore(/** @type {News} */ ({ state: "idle" }));

/** Subscribers are told what is going on, at once and at every change. */
export const { subscribe } = store;

let send = /** @type {((question: Question) => void) | null} */ (null);
let newest = /** @type {Pending | null} */ (null); // the newest drawing, until it is answered
let isOwed = false; // whether a question was sent that has no answer yet, still wanted or not
let isConnected = true;
let lastContact = performance.now();
/** @type {Promise<boolean> | null} */
let attempt = null; // the request under way that finds out whether the server is there

/** Start verifying. @param {(question: Question) => void} sender hands a question to the server */
export function connect(sender) {
  send = sender;
  addEventListener("offline", lose);
  prediction.subscribe((current) => {
    newest = null; // nothing waits for the answer to the last drawing any more
    if (isConnected && store.get().state !== "idle") store.set({ state: "idle" });
    if (!current.penIsDown && !prediction.isEmpty(current)) ask(current);
  });
}

/** Take the server's answer. @param {Reply | null | undefined} reply */
export function receive(reply) {
  isOwed = false;
  hear();
  if (!newest || reply?.version !== newest.version) return;
  const milliseconds = lastContact - (newest.askedAt ?? lastContact);
  newest = null;
  store.set({ state: "answered", reply, milliseconds });
}

/** Whether an answer is still to come, even if it is to a drawing that has changed since. */
export function isPending() {
  return isOwed || newest !== null;
}

/** Whether the server is there: about 5 ms on the same machine. True where there is no server by design. A sign of life in
    the last milliseconds, `fresh` of them, is proof enough. */
export async function isReachable(fresh = FRESH) {
  if (!send || (isConnected && performance.now() - lastContact < fresh)) return true;
  attempt ??= fetch(new URL("alive", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })
    .then((reply) => reply.ok)
    .catch(() => false);
  const isThere = await attempt;
  attempt = null;
  if (isThere) hear();
  else lose();
  return isThere;
}

/** Ink as text: deflated, then base64. One or two kB for a digit. @param {Uint8Array} ink */
export async function packInk(ink) {
  const deflated = new Blob([ink.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

/** @param {Current} current */
async function ask({ version, ink, steps, fingerprint }) {
  /** @type {Pending} */
  const mine = { question: null, version, askedAt: null };
  newest = mine;
  mine.question = { version, ink: await packInk(ink), steps, network: fingerprint };
  deliver(mine);
}

/** @param {Pending} mine */
async function deliver(mine) {
  // Gradio stops a page whose event could not be sent, and reloads it. So find out first whether it can be sent.
  if (!(await isReachable()) || mine !== newest || !mine.question || !send) return;
  mine.askedAt ??= performance.now();
  store.set({ state: "asked" });
  isOwed = true;
  send(mine.question);
  setTimeout(() => mine === newest && retry(mine), PATIENCE);
}

/** No answer came in time: the server is gone, or it is busy, and then it is asked again. @param {Pending} mine */
async function retry(mine) {
  if (!(await isReachable()) || mine !== newest) return;
  store.set({ state: "busy" });
  setTimeout(() => mine === newest && deliver(mine), RETRY);
}

async function lose() {
  if (!isConnected) return;
  isConnected = false;
  store.set({ state: "lost" });
  do await new Promise((resolve) => setTimeout(resolve, RETRY));
  while (!isConnected && !(await isReachable()));
}

/** The server gave a sign of life. */
function hear() {
  lastContact = performance.now();
  if (isConnected) return;
  isConnected = true;
  store.set({ state: "idle" });
  if (!newest?.question) return;
  newest.askedAt = null; // the time without a connection is not the answer's
  deliver(newest);
}
