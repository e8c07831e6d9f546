/* The drawing that is being read, and all who want to know: one paper, one network, many views.

   The sketchpad says what was drawn; every view that subscribed is told, in the same frame, what the network makes of
   it. A reading is { verdict, digit, probabilities, picture, ... }, as Classifier.read has it in Python. */

"use strict";

const Live = (() => {
  const views = [];
  const classifiers = { shared: null, own: null }; // each a DigitEngine.Classifier; own is the visitor's
  const descriptions = { shared: null, own: null }; // what they were made from, with their provenance
  let reader = "shared";
  let isComparing = false; // whether the other one reads, too
  let steps = DigitEngine.ALL_STEPS; // of the framing
  let ink = new DigitEngine.Paper().ink;
  let strokes = [];
  let version = 0; // counts every change, so that an answer can be matched to its question
  let penIsDown = false;
  let pad = null; // whoever can put strokes on the pad
  let present = null; // the reading, until something changes

  /** Read the drawing and tell every view. */
  function publish() {
    present = null;
    version += 1;
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
    const other = isComparing && classifiers[reader === "own" ? "shared" : "own"].read(picture);
    const { fingerprint } = classifier ?? {};
    return { ...read, other, picture, ink, strokes, version, penIsDown, steps, reader, fingerprint };
  }

  function describe(whose, description) {
    descriptions[whose] = description;
    classifiers[whose] = description && new DigitEngine.Classifier(description);
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

    /** What the classifier that reads was made from: as demo/network.py carries it, with its provenance. */
    get description() {
      return descriptions[reader];
    },

    /** Another shared classifier from now on. */
    setClassifier(description) {
      describe("shared", description);
      publish();
    },

    /** Another classifier of the visitor's own from now on, or none. */
    setOwn(description) {
      describe("own", description);
      if (!description) [reader, isComparing] = ["shared", false];
      publish();
    },

    /** Whose classifier reads: "shared" or "own"; and whether the other one is to read the same drawing, too. */
    setReader(whose, beside = false) {
      [reader, isComparing] = [whose, beside];
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
