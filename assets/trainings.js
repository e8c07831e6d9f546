/* Trainings on the server, as a page follows them: it asks how things stand, again and again, until they are over. */

"use strict";

const Trainings = (() => {
  const RETRY = 2000; // milliseconds between two knocks at a server that is gone

  /** Follow a training by its ticket, telling all news: { state, sentence, place, share, ... }. Resolves with the last. */
  async function follow(server, ticket, tell) {
    let news = { state: "queued" };
    while (news.state === "queued" || news.state === "training") {
      const answer = await server.follow(ticket); // comes after a moment; undefined where nobody is there
      if (answer === undefined) {
        tell({ ...news, state: "away" });
        while (!(await Python.isReachable())) await new Promise((done) => setTimeout(done, RETRY));
      } else tell((news = JSON.parse(answer)));
    }
    return news;
  }

  /** How a training stands, in a sentence. */
  function inWords({ state, sentence, place }) {
    if (sentence) return sentence;
    if (state === "queued") return place ? `Place ${place} in the queue: one network is trained at a time.` : "Starting …";
    if (state === "training") return "Training …";
    if (state === "away") return "The server can't be reached: waiting for it.";
    if (state === "stopped") return "Stopped.";
    return "";
  }

  return { follow, inWords };
})();
