/* The drawing that is being read, and all who want to know: one paper, one network, many views.

   The sketchpad says what was drawn; every view that subscribed is told, in the same frame, what the network makes of
   it. A reading is { verdict, digit, probabilities, picture, ... }, as Classifier.read has it in Python. */

"use strict";

const Live = (() => {
  const views = [];
  const classifiers = { shared: null, own: null }; // each a DigitEngine.Classifier; own is the visitor's
  let reader = "shared";
  let steps = DigitEngine.ALL_STEPS; // of the framing
  let ink = new DigitEngine.Paper().ink;
  let strokes = [];
  let version = 0; // counts every change of the drawing, so that an answer can be matched to its question
  let penIsDown = false;
  let pad = null; // whoever can put strokes on the pad
  let present = null; // the reading, until something changes

  /** Read the drawing and tell every view. */
  function publish() {
    present = null;
    for (const view of views) view(reading());
  }

  function reading() {
    present ??= read();
    return present;
  }

  function read() {
    const picture = DigitEngine.frame(ink, DigitEngine.PAPER, DigitEngine.PAPER, steps);
    const classifier = classifiers[reader];
    const read = classifier ? classifier.read(picture) : DigitEngine.BLANK;
    return { ...read, picture, ink, strokes, version, penIsDown, steps, reader, fingerprint: classifier?.fingerprint };
  }

  return {
    /** Be told of every reading, the present one first. */
    subscribe(view) {
      views.push(view);
      view(reading());
    },

    /** The present reading. */
    reading,

    /** The classifier that reads. */
    get classifier() {
      return classifiers[reader];
    },

    /** The classifier that everybody has. */
    get shared() {
      return classifiers.shared;
    },

    /** The visitor's own classifier, or null. */
    get own() {
      return classifiers.own;
    },

    /** Another shared classifier from now on. */
    setClassifier(description) {
      classifiers.shared = new DigitEngine.Classifier(description);
      publish();
    },

    /** Another classifier of the visitor's own from now on, or none. */
    setOwn(description) {
      classifiers.own = description && new DigitEngine.Classifier(description);
      if (!description) reader = "shared";
      publish();
    },

    /** Whose classifier reads: "shared" or "own". */
    setReader(whose) {
      reader = whose;
      publish();
    },

    /** Which steps the framing takes. */
    setSteps(newSteps) {
      steps = newSteps;
      publish();
    },

    /** The drawing changed, or the pen was put down or lifted. Returns the drawing's version. */
    setInk(newInk, isDown, newStrokes) {
      ink = newInk;
      strokes = newStrokes;
      penIsDown = isDown;
      version += 1;
      publish();
      return version;
    },

    /** Put other strokes on the pad; none clear it. */
    replace(newStrokes) {
      pad(newStrokes);
    },

    /** Who puts strokes on the pad. */
    connectPad(replace) {
      pad = replace;
    },
  };
})();
