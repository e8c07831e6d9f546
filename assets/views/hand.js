/* Does it read my hand? Twenty digits are asked for in random order; what the network makes of them stands beside
   what it makes of MNIST. The drawings stay in this tab (sessionStorage); all else is worked out from them. A copy of
   the network can be taught them, which Python does.

   Run once when the component is mounted, with Gradio's `element`, `props`, `trigger`, `server` and `watch`. */

"use strict";

const { PAPER, DIGITS, Paper, frame } = DigitEngine;
const { create, percent } = Pictures;
const EACH = 2; // times each digit is asked for
const KEPT = "digit-sketchpad.hand";
const FILE = "my-digits";
const FEWEST = 10; // drawings that make a lesson
const find = (name) => element.querySelector(name);
const view = find(".hand");

/* wanted: the labels still to be asked for; drawings: [{ label, strokes }], in the order in which they were drawn. */
let hand = { wanted: [], drawings: [] };
let shown = null; // which drawings, and read by whom, the results show
let lesson = null; // what is being taught, or was: { drawings, ticket, network: fingerprint of what came of it }

// --- asking -------------------------------------------------------------------------------------------------------

function begin() {
  hand = { wanted: shuffled(Array.from({ length: EACH * DIGITS }, (_, i) => i % DIGITS)), drawings: [] };
  goOn([]);
  document.querySelector(".pad").scrollIntoView({ block: "nearest" });
}

/** Twenty more, for the network that was taught the last. */
function freshly() {
  Live.setReader("own");
  begin();
}

function next() {
  const { strokes, penIsDown } = Live.reading();
  if (!hand.wanted.length || !strokes.length || penIsDown) return;
  hand.drawings.push({ label: hand.wanted.shift(), strokes });
  goOn([]);
}

function back() {
  const { label, strokes } = hand.drawings.pop();
  hand.wanted.unshift(label);
  goOn(strokes);
}

function skip() {
  hand.wanted.shift();
  goOn([]);
}

function forget() {
  hand = { wanted: [], drawings: [] };
  goOn([]);
}

/** Keep how things stand, put strokes on the pad, and show what comes next. */
function goOn(strokes) {
  Kept.set(KEPT, hand);
  Live.replace(strokes);
  show();
  if (!hand.wanted.length) find(hand.drawings.length ? ".hand-done" : ".hand-begin").focus();
}

function show() {
  const isAsking = hand.wanted.length > 0;
  find(".hand-start").hidden = isAsking || hand.drawings.length > 0;
  find(".hand-ask").hidden = !isAsking;
  find(".hand-results").hidden = isAsking || !hand.drawings.length;
  if (isAsking) {
    const all = hand.drawings.length + hand.wanted.length;
    find(".hand-wanted strong").textContent = hand.wanted[0];
    find(".hand-count").textContent = `${hand.drawings.length + 1} of ${all}`;
    Object.assign(find(".hand-progress"), { value: hand.drawings.length, max: all });
    find(".hand-back").disabled = !hand.drawings.length;
  }
  if (lesson?.drawings !== hand.drawings) find(".hand-taught").hidden = true;
  shown = null;
  makeRoom();
  Views.refresh();
}

/** While digits are asked for, a narrow screen gives the pad more room. */
function makeRoom() {
  document.documentElement.classList.toggle("is-asking", hand.wanted.length > 0 && !view.hidden);
}

function shuffled(values) {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

// --- reading what was drawn -----------------------------------------------------------------------------------------

function inkOf({ strokes }) {
  return new Paper().draw(strokes).ink;
}

/** All drawings as the classifier reads them, framed in full: [{ label, strokes, digit, probabilities, verdict }]. */
function readBy(classifier) {
  return hand.drawings.map((drawing) => {
    const { digit, probabilities, verdict } = classifier.read(frame(inkOf(drawing), PAPER, PAPER));
    return { ...drawing, digit, probabilities, verdict };
  });
}

function showResults() {
  const readings = readBy(Live.classifier);
  showScores(readings);
  find(".hand-hardest").replaceChildren(...hardest(readings));
  find(".hand-teach").disabled = Boolean(props.missing) || readings.length < FEWEST;
  find(".hand-missing").textContent =
    props.missing || (readings.length < FEWEST ? `That takes ${FEWEST} drawings at least.` : "");
  find(".hand-gallery").replaceChildren(...readings.map(card));
  const matrix = Array.from({ length: DIGITS }, () => new Array(DIGITS).fill(0));
  for (const { label, digit } of readings) matrix[label][digit] += 1;
  Charts.confusion(find(".hand-confusion"), matrix);
}

function isRight({ label, digit }) {
  return label === digit;
}

function showScores(readings) {
  const { test_accuracy: testAccuracy } = Live.description;
  const count = readings.length;
  const right = readings.filter(isRight).length;
  find(".hand-scores").replaceChildren(
    score("Your hand", right / count, `${right} of ${count}`),
    score("MNIST's test digits", testAccuracy, `${Math.round(10_000 * testAccuracy).toLocaleString("en")} of 10,000`),
  );
  const [low, high] = interval(right, count);
  find(".hand-fairness").textContent = fairness();
  find(".hand-interval").textContent =
    `${count} drawings are few: if you went on for hours, anything from ${percent(low, 0)} to ${percent(high, 0)} ` +
    `would be no surprise (a 95 % interval). MNIST's score ${testAccuracy < low || testAccuracy > high ? "lies outside it" : "lies within it, so the two may be the same"}.`;
}

/** Whether the score is one, where a network reads that was taught this hand. */
function fairness() {
  if (!lesson?.network || lesson.network !== Live.classifier.fingerprint) return "";
  if (lesson.drawings === hand.drawings) {
    return "Your own network reads now, which was taught these very drawings: no fair test. See below what cross-validation says.";
  }
  return "Your own network reads now. It was taught other drawings of yours than these: a fair test.";
}

function score(whose, share, counts) {
  const bar = create("span", { class: "track", "aria-hidden": "true" }, create("span"));
  bar.firstChild.style.setProperty("--share", share);
  return create(
    "div",
    { class: "hand-score" },
    create("span", {}, whose),
    create("strong", {}, percent(share)),
    bar,
    create("small", {}, `${counts} read correctly`),
  );
}

/** Between what shares the true one lies, with 95 % confidence (E. B. Wilson, 1927). */
function interval(right, count) {
  const z = 1.96;
  const share = right / count;
  const middle = share + z ** 2 / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const scale = 1 + z ** 2 / count;
  return [Math.max((middle - reach) / scale, 0), Math.min((middle + reach) / scale, 1)];
}

/** In words, the digit that is misread most often; of several, the one whose right answer is least probable. */
function hardest(readings) {
  const digits = [...new Set(readings.map(({ label }) => label))].map((label) => {
    const ofLabel = readings.filter((reading) => reading.label === label);
    const sure = ofLabel.reduce((sum, { probabilities }) => sum + probabilities[label], 0) / ofLabel.length;
    return { label, sure, count: ofLabel.length, right: ofLabel.filter(isRight).length };
  });
  const [worst] = digits.sort((a, b) => a.right / a.count - b.right / b.count || a.sure - b.sure);
  const times = worst.right === worst.count ? "always read right" : `read right ${worst.right} of ${worst.count} times`;
  return [
    "Your hardest digit is the ",
    create("strong", {}, String(worst.label)),
    `: ${times}; on average, ${percent(worst.sure)} went to the right answer.`,
  ];
}

function card(reading, place) {
  const { label, digit, probabilities, verdict, strokes } = reading;
  const said = `${digit}, ${percent(probabilities[digit], 0)}`;
  const doubt = { unsure: ", unsure", "not a digit": ", no digit at all?" }[verdict] ?? "";
  const button = create(
    "button",
    {
      type: "button",
      class: isRight(reading) ? undefined : "is-misread",
      "aria-label": `Drawing ${place + 1}: your ${label}, ${isRight(reading) ? "read as" : "misread as"} ${said}${doubt}`,
      onclick: () => Live.replace(strokes),
    },
    Pictures.drawing(strokes),
    create("b", {}, String(label)),
    create("span", {}, `${isRight(reading) ? "✓" : "✗"} ${said}`),
  );
  return create("li", {}, button);
}

// --- teaching it --------------------------------------------------------------------------------------------------

async function teach() {
  // Gradio reloads a page whose event could not be sent: so the way is tried before it is taken.
  if (!(await Python.isReachable())) return say("The server can't be reached. Try again when it is back.");
  lesson = { drawings: hand.drawings };
  const packed = lesson.drawings.map(async (drawing) => ({
    label: drawing.label,
    ink: await Python.pack(inkOf(drawing)),
  }));
  props.value = JSON.stringify(await Promise.all(packed));
  trigger("begin");
  showTeaching({ state: "queued" });
}

watch("value", async () => {
  const { error, ticket } = JSON.parse(props.value);
  if (error) return showTeaching({ state: "failed", sentence: error });
  lesson.ticket = ticket;
  const news = { state: "queued" };
  const tell = (more) => showTeaching(Object.assign(news, more));
  await Trainings.follow(server, ticket, tell);
  if (news.hasNetwork) take(await Trainings.answered(server.result, ticket, tell));
});

function showTeaching(news) {
  const isGoing = news.state === "queued" || news.state === "training";
  find(".hand-teach").hidden = isGoing;
  find(".hand-stop").hidden = !isGoing;
  find(".hand-learned").hidden = !isGoing;
  find(".hand-learned").value = news.share ?? 0;
  if (isGoing) find(".hand-taught").hidden = true;
  say(inWords(news));
}

function inWords({ state, sentence, place, isAway }) {
  if (isAway) return "The server can't be reached: waiting for it.";
  if (sentence) return sentence;
  if (state === "queued")
    return place ? `Place ${place} in the queue: one network is trained at a time.` : "Starting …";
  return (
    {
      training: "Being taught …",
      stopped: "Stopped.",
      done: "Done: the copy is yours, and can be chosen above the pad.",
    }[state] ?? ""
  );
}

function say(sentence) {
  const state = find(".hand-state");
  if (state.textContent !== sentence) state.textContent = sentence;
}

/** The network is the visitor's now. */
function take(result) {
  if (!result) return say("What came of it was lost on the way. Teach it again.");
  const { network, before, after, examined, mnistBefore, mnistAfter } = result;
  lesson.network = network.fingerprint;
  Live.setOwn(network);
  const count = lesson.drawings.length;
  const right = (answers) => answers.filter((answer, i) => answer === lesson.drawings[i].label).length;
  const [first, last] = [mnistBefore, mnistAfter].map((matrix) => matrix.map((row, digit) => row[digit]));
  const sums = mnistAfter.map((row) => sum(row));
  const changes = last.map((correct, digit) => (correct - first[digit]) / sums[digit]);
  const worst = changes.indexOf(Math.min(...changes));
  const rows = [
    [`Your ${count} drawings, by the network that was taught them`, right(before), right(after), count],
    [`Your ${count} drawings, each by one that was not taught it`, right(before), right(examined), count],
    ["MNIST's 10,000 test digits", sum(first), sum(last), sum(sums)],
  ];
  if (changes[worst] < 0)
    rows.push([`of these, the ${worst}s, which lost most`, first[worst], last[worst], sums[worst]]);
  find(".hand-taught tbody").replaceChildren(...rows.map(row));
  find(".hand-forgotten").textContent = forgotten(sum(last) - sum(first), changes[worst]);
  find(".hand-taught").hidden = lesson.drawings !== hand.drawings;
}

function row([what, before, after, count]) {
  const share = (part) => (count > 100 ? percent(part / count, 2) : `${part} of ${count}`);
  const points = (100 * (after - before)) / count;
  const change =
    after === before
      ? "none"
      : count > 100
        ? `${Pictures.withSign(points)} points`
        : Pictures.withSign(after - before, 0);
  const cells = [share(before), share(after), change].map((text) => create("td", {}, text));
  return create("tr", {}, create("th", { scope: "row" }, what), ...cells);
}

function forgotten(change, worst) {
  if (change >= 0 && worst >= 0) return "Of MNIST it forgot nothing that shows in a score.";
  const digits = (count) => `${Math.abs(count)} ${Math.abs(count) === 1 ? "digit" : "digits"}`;
  const all =
    change < 0
      ? `it reads ${digits(change)} fewer than`
      : change > 0
        ? `it reads ${digits(change)} more than`
        : "it reads as many as";
  return (
    `Learning one thing costs another: of MNIST's 10,000, ${all} before. MNIST's digits among ` +
    "yours keep that smaller than it would be: a network forgets what it is no longer shown."
  );
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

// --- keeping them -------------------------------------------------------------------------------------------------

async function savePictures() {
  const files = hand.drawings.map(async (drawing, i) => ({
    name: `${String(i).padStart(2, "0")}-label-${drawing.label}.png`,
    bytes: await Download.png(inkOf(drawing), PAPER),
  }));
  Download.save(`${FILE}.zip`, Download.zip(await Promise.all(files)), "application/zip");
}

function saveArray() {
  Download.save(`${FILE}.npy`, Download.npy(hand.drawings.map(inkOf), PAPER), "application/octet-stream");
}

function saveLabels() {
  const rows = hand.drawings.map(({ label }, i) => [i, label]);
  Download.save(`${FILE}.csv`, Download.csv(["index", "label"], rows), "text/csv");
}

// ------------------------------------------------------------------------------------------------------------------

const CLICKS = {
  ".hand-begin": begin,
  ".hand-next": next,
  ".hand-back": back,
  ".hand-skip": skip,
  ".hand-teach": teach,
  ".hand-stop": () => lesson.ticket && server.stop(lesson.ticket),
  ".hand-use": () => Live.setReader("own"),
  ".hand-fresh": freshly,
  ".hand-pictures": savePictures,
  ".hand-array": saveArray,
  ".hand-labels": saveLabels,
  ".hand-again": begin,
  ".hand-delete": forget,
};
for (const [name, act] of Object.entries(CLICKS)) find(name).addEventListener("click", act);

// From the pad, too, where Enter and Space move the pen.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (view.hidden || event.target.matches("input, select, textarea")) return;
  next();
});

hand = Kept.get(KEPT) ?? hand;
show();

Views.add("hand", view, (reading) => {
  find(".hand-next").disabled = reading.penIsDown || !reading.strokes.length;
  const now = `${hand.drawings.length} ${reading.fingerprint}`;
  if (reading.fingerprint && !find(".hand-results").hidden && now !== shown) {
    shown = now;
    showResults();
  }
});
Views.subscribe(makeRoom);
