/**
 * Verification: whenever the pen is up and something changed, the server's PyTorch predicts from the same ink. One question
 * is asked at a time, about the newest drawing, and an answer that came too late is dropped. While the server can't be
 * reached, the page predicts on its own, tries to reach it every two seconds, and asks again as soon as it is back. All of
 * this is off until `connect` is called: the static site has no server.
 */
/** @import { Current, Steps } from "../state/types.js" */
import * as classifiers from "../state/classifiers.js";
import * as prediction from "../state/prediction.js";
import { createStore } from "../state/store.js";

const PATIENCE = 4000; // milliseconds without an answer until the server counts as busy, or as gone
const RETRY = 2000; // milliseconds between two attempts to reach it
const FRESH = 250; // milliseconds for which the last sign of life is proof enough

/**
 * What is sent. `ink` is made by `packInk`; `network` is a fingerprint, and `ticket` of the job that this network came of.
 * @typedef {{ version: number, ink: string, steps: Steps, network: string | undefined, ticket: string }} Question
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

let hasServer = false;
let newest = /** @type {Pending | null} */ (null); // the newest drawing, until it is answered
let isAsking = false;
let isConnected = true;
let lastContact = performance.now();
/** @type {Promise<boolean> | null} */
let attempt = null; // the request under way that finds out whether the server is there

/** Start verifying. */
export function connect() {
  hasServer = true;
  addEventListener("offline", lose);
  prediction.subscribe((current) => {
    newest = null; // nothing waits for the answer to the last drawing any more
    if (isConnected && store.get().state !== "idle") store.set({ state: "idle" });
    if (!current.penIsDown && !prediction.isEmpty(current) && current.fingerprint) ask(current);
  });
}

/** Whether the server is there: about 5 ms on the same machine. True where there is no server by design. A sign of life in
    the last milliseconds, `fresh` of them, is proof enough. */
export async function isReachable(fresh = FRESH) {
  if (!hasServer || (isConnected && performance.now() - lastContact < fresh)) return true;
  attempt ??= request("alive", { cache: "no-store" })
    .then((reply) => reply.ok || reply.status === 429)
    .catch(() => false);
  const isThere = await attempt;
  attempt = null;
  if (isThere) hear();
  else lose();
  return isThere;
}

/** @param {string} path beside the page @param {RequestInit} options */
function request(path, options) {
  return fetch(new URL(path, document.baseURI), { ...options, signal: AbortSignal.timeout(PATIENCE) });
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
  const { ticket = "" } = classifiers.active().description;
  newest = mine;
  mine.question = { version, ink: await packInk(ink), steps, network: fingerprint, ticket };
  await deliver();
}

/** Ask about the newest drawing, unless an answer is still to come. */
async function deliver() {
  if (!newest?.question || !isConnected) return;
  const mine = newest;
  mine.askedAt ??= performance.now();
  if (store.get().state !== "busy") store.set({ state: "asked" });
  if (isAsking) return;
  isAsking = true;
  const reply = await answer(mine.question);
  const isThere = reply !== null || (await isReachable(0));
  isAsking = false;
  if (mine !== newest) return deliver();
  if (reply) {
    newest = null;
    store.set({ state: "answered", reply, milliseconds: lastContact - mine.askedAt });
  } else if (isThere) {
    store.set({ state: "busy" });
    setTimeout(() => mine === newest && deliver(), RETRY);
  }
}

/** The server's answer; null if there is none in time, or it is busy. @param {Question | null} question
    @returns {Promise<Reply | null>} */
async function answer(question) {
  try {
    const headers = { "Content-Type": "application/json" };
    const reply = await request("verify", { method: "POST", headers, body: JSON.stringify(question) });
    if (!reply.ok) return null;
    const answered = await reply.json();
    hear();
    return answered;
  } catch {
    return null;
  }
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
  deliver();
}
