/* Trainings on the server, as a page follows them: it asks how things stand, again and again, until they are over. */

"use strict";

const Trainings = (() => {
  const RETRY = 2000; // milliseconds between two knocks at a server that is gone
  const TRIES = 3;
  const LOST = "The server does not know this training any more. Reload the page, and train again.";

  /** The server's answer about a training, however long it can't be reached; null where it does not answer although it
      can. Tells { isAway } meanwhile. */
  async function answered(ask, ticket, tell) {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await ask(ticket); // undefined where nobody is there
      tell({ isAway: answer === undefined });
      if (answer !== undefined) return JSON.parse(answer);
      do await new Promise((done) => setTimeout(done, RETRY));
      while (!(await Python.isReachable()));
    }
    tell({ isAway: false });
    return null;
  }

  /** Follow a training until it is over, telling all news: as the server's `follow` has them, and { isAway }. */
  async function follow(server, ticket, tell) {
    let state = "queued";
    while (state === "queued" || state === "training") {
      const news = (await answered(server.follow, ticket, tell)) ?? { state: "lost", sentence: LOST };
      ({ state } = news);
      tell(news);
    }
  }

  return { answered, follow };
})();
