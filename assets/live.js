/* The drawing that is being read, and all who want to know: one paper, one network, many views.

   The sketchpad says what was drawn; every view that subscribed is told, in the same frame, what the network makes of
   it. A reading is { verdict, digit, probabilities, picture, ... }, as Classifier.read has it in Python. */

"use strict";

const Live = (() => {
  const views = [];
  let classifier = null; // a DigitEngine.Classifier
  let ink = new DigitEngine.Paper().ink;
  let version = 0; // counts every change of the drawing, so that an answer can be matched to its question
  let penIsDown = false;

  /** Read the drawing and tell every view. */
  function publish() {
    const reading = read();
    for (const view of views) view(reading);
  }

  function read() {
    const picture = DigitEngine.frame(ink, DigitEngine.PAPER, DigitEngine.PAPER);
    const reading = classifier ? classifier.read(picture) : DigitEngine.BLANK;
    return { ...reading, picture, version, penIsDown, fingerprint: classifier?.fingerprint };
  }

  return {
    /** Be told of every reading, the present one first. */
    subscribe(view) {
      views.push(view);
      view(read());
    },

    /** Another classifier reads from now on. */
    setClassifier(description) {
      classifier = new DigitEngine.Classifier(description);
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
