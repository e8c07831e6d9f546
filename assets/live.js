/* The drawing that is being read, and all who want to know: one paper, one network, many views.

   The sketchpad says what was drawn; every view that subscribed is told, in the same frame, what the network makes of
   it. A reading is { verdict, digit, probabilities, picture, ... }, as Classifier.read has it in Python. */

"use strict";

const Live = (() => {
  const views = [];
  let network = null; // DigitEngine.Network, and what it is called
  let fingerprint = "";
  let ink = null;
  let version = 0; // counts every change of the drawing, so that an answer can be matched to its question
  let penIsDown = false;

  /** Read the drawing and tell every view. */
  function publish() {
    const reading = read();
    for (const view of views) view(reading);
  }

  function read() {
    const picture = ink ? DigitEngine.frame(ink, DigitEngine.PAPER, DigitEngine.PAPER) : null;
    const state = { version, fingerprint, penIsDown, picture };
    if (!network || !picture || !picture.some((tone) => tone > 0)) {
      return { ...state, verdict: "blank", digit: null, probabilities: new Float64Array(10) };
    }
    const trace = network.forward(picture);
    const digit = trace.probabilities.indexOf(Math.max(...trace.probabilities));
    return { ...state, ...trace, verdict: "digit", digit };
  }

  return {
    /** Be told of every reading, the present one first. */
    subscribe(view) {
      views.push(view);
      view(read());
    },

    /** Another network reads from now on. */
    setNetwork(description) {
      network = new DigitEngine.Network(description);
      fingerprint = description.fingerprint;
      publish();
    },

    /** The drawing changed, or the pen was put down or lifted. Returns the drawing's version. */
    setInk(newInk, isDown) {
      ink = newInk;
      penIsDown = isDown;
      version += 1;
      publish();
      return version;
    },
  };
})();
