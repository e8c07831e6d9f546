/** Jobs on the server: a page starts one, and asks how it stands, again and again, until it is over. */
/** @import { JobNews, JobState, JobStatus, MountContext, ServerFunction } from "../state/types.js" */
import { duration } from "../parts/numbers.js";
import { isReachable } from "./verification.js";

export const UNREACHABLE = "The server can’t be reached. Try again when it is back.";
const RETRY = 2000; // milliseconds between two attempts to reach the server
const TRIES = 3;
const WAIT_STEP = 10; // seconds: no wait is known better
/** @type {JobNews} */
const LOST = { state: "lost", message: "The server no longer knows this training. Reload the page, and train again." };
/** @type {Record<JobState, string>} */
const STATES = {
  queued: "Starting …",
  running: "Training …",
  done: "Done",
  stopped: "Stopped",
  diverged: "Diverged",
  failed: "Failed",
  lost: "Lost",
};

/** What a server function answers; undefined if the server can't be reached.
    @param {ServerFunction | undefined} ask @param {any[]} parameters @returns {Promise<any>} */
export async function call(ask, ...parameters) {
  try {
    return await ask?.(...parameters);
  } catch {
    return undefined;
  }
}

/** Start a job. Returns "", or a sentence on why none can be started. @param {MountContext} context @param {unknown} value */
export async function startJob({ props, trigger }, value) {
  // Gradio reloads a page whose event could not be sent. So find out first whether it can be sent.
  if (!trigger || !(await isReachable())) return UNREACHABLE;
  const wrongRoot = misplaced();
  if (wrongRoot) return wrongRoot;
  props.value = value;
  trigger("start_job");
  return "";
}

/** A sentence, if the server takes the page to be at another address than it is: Gradio sends its events there. */
function misplaced() {
  const { root } = /** @type {any} */ (globalThis).gradio_config ?? {};
  const [taken, base] = [`${root}/`, document.baseURI].map((url) => new URL(url, document.baseURI));
  if (!root || (taken.hostname === base.hostname && taken.pathname === base.pathname)) return "";
  return `The server takes this page to be at ${taken}, so nothing can be trained here. Its operator has to set GRADIO_ROOT_PATH (SECURITY.md, "Behind a proxy").`;
}

/** Follow a job until it is over, telling all news. It goes on without this page, which can follow it again by its ticket.
    @param {MountContext["server"]} server @param {string} ticket @param {(news: JobNews) => void} tell */
export async function followJob(server, ticket, tell) {
  /** @type {JobNews} */
  let news;
  do {
    news = (await askUntilAnswered(server?.follow, ticket, tell)) ?? LOST;
    tell(news);
  } while (isGoingOn(news));
}

/** What came of a job; null if nothing did, or if it was lost.
    @param {MountContext["server"]} server @param {string} ticket @param {(news: JobNews) => void} tell */
export function resultOf(server, ticket, tell) {
  return askUntilAnswered(server?.result, ticket, tell);
}

/** The server's answer about a job, however long it can't be reached; null if it does not answer although it can be
    reached. Tells { isAway } meanwhile.
    @param {ServerFunction | undefined} ask @param {string} ticket @param {(news: JobNews) => void} tell */
async function askUntilAnswered(ask, ticket, tell) {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await call(ask, ticket);
    tell({ isAway: answer === undefined });
    if (answer !== undefined) return JSON.parse(answer);
    do await new Promise((resolve) => setTimeout(resolve, RETRY));
    while (!(await isReachable()));
  }
  tell({ isAway: false });
  return null;
}

/** Whether a job is queued or running. @param {JobNews} news */
export function isGoingOn({ state }) {
  return state === "queued" || state === "running";
}

/** A job's state in words, some of which may be other than the usual ones.
    @param {Pick<JobStatus, "state"> & JobNews} status @param {Partial<Record<JobState, string>>} [words] */
export function inWords({ state, place, wait = 0, isAway }, words = {}) {
  if (isAway) return "The server can't be reached: waiting for it.";
  const about = duration(Math.max(wait, 1), WAIT_STEP);
  if (state === "queued" && place)
    return `Place ${place} in the queue, about ${about}: one network is trained at a time.`;
  return words[state] ?? STATES[state];
}
