/* Python's side of the conversation: the page asks whenever the pen is up and something changed, torch answers.

   The newest drawing wins, and a late answer to an older one is dropped. While the server can't be reached the page
   reads by itself, knocks every two seconds, and asks again as soon as somebody is there. */

"use strict";

const Python = (() => {
  const PATIENCE = 4000; // milliseconds without an answer until the server counts as busy, or as gone
  const RETRY = 2000; // milliseconds between two knocks
  const FRESH = 250; // milliseconds for which a sign of life is proof enough
  const views = [];
  let send = null; // hands a question to Gradio's event
  let question = null; // { version, steps, network, ink, at }: the newest drawing, until it is answered
  let owed = false; // whether a question was sent that nobody answered, wanted or not
  let state = "idle"; // as it was told last
  let connected = true;
  let lastContact = performance.now();
  let knock = null; // the request under way that finds out whether the server is there

  function publish(news) {
    if (news.state === "idle" && state === "idle") return; // as at every movement of the pen
    state = news.state;
    for (const view of views) view(news);
  }

  /** Ask about a drawing: how torch reads the same ink, framed by the same steps, with the same network. */
  async function ask({ version, ink, steps, fingerprint }) {
    const mine = (question = { version, steps, network: fingerprint });
    mine.ink = await pack(ink);
    deliver(mine);
  }

  async function deliver(mine) {
    // Gradio stops a page whose event could not be sent, and reloads it: so the way is tried before it is taken.
    if (!(await isReachable()) || mine !== question) return;
    mine.at ??= performance.now();
    publish({ state: "asked" });
    owed = true;
    const { version, ink, steps, network } = mine;
    send({ version, ink, steps, network });
    setTimeout(() => mine === question && wait(mine), PATIENCE);
  }

  /** No answer came in time: the server is gone, or it is busy, and then it is asked again. */
  async function wait(mine) {
    if (!(await isReachable()) || mine !== question) return;
    publish({ state: "busy" });
    setTimeout(() => mine === question && deliver(mine), RETRY);
  }

  /** Take Python's answer: { version, network, digit, probabilities, verdict }, or { version, error }. */
  function answer(reply) {
    lastContact = performance.now();
    owed = false;
    heal();
    if (!question || reply?.version !== question.version) return;
    const milliseconds = lastContact - question.at;
    question = null;
    publish({ state: "answered", reply, milliseconds });
  }

  /** The drawing changed: nobody waits for the answer any more. */
  function forget() {
    question = null;
    if (connected) publish({ state: "idle" });
  }

  /** Ink as text: deflated, then base64. One or two kB for a digit. */
  async function pack(ink) {
    const deflated = new Blob([ink.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }

  /** Whether the server is there: some 5 ms on the same machine, where the answer itself takes 30. */
  async function isReachable() {
    if (connected && performance.now() - lastContact < FRESH) return true;
    knock ??= fetch(new URL("alive", document.baseURI), {
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    })
      .then((reply) => reply.ok)
      .catch(() => false);
    const there = await knock;
    knock = null;
    if (there) {
      lastContact = performance.now();
      heal();
    } else lose();
    return there;
  }

  function lose() {
    if (!connected) return;
    connected = false;
    publish({ state: "lost" });
    setTimeout(knockAgain, RETRY);
  }

  async function knockAgain() {
    if (!connected && !(await isReachable())) setTimeout(knockAgain, RETRY);
  }

  function heal() {
    if (connected) return;
    connected = true;
    publish({ state: "idle" });
    if (!question?.ink) return;
    question.at = null; // the time without a connection is not torch's
    deliver(question);
  }

  addEventListener("offline", lose);
  Live.subscribe((reading) => {
    forget();
    if (!reading.penIsDown && reading.verdict !== "blank") ask(reading);
  });

  return {
    answer,
    pack,
    isReachable,
    /** Be told what is going on: { state: "idle" | "asked" | "answered" | "busy" | "lost", ... }. */
    subscribe: (view) => views.push(view),
    connect: (sender) => (send = sender),
    /** Whether an answer is still to come, be it to a drawing that has changed since. */
    get isWaiting() {
      return owed || question !== null;
    },
  };
})();
