/* The readout: the answer, ten bars that move with the pen, the network's input, and what torch said to it.

   Run once when the component is mounted, with Gradio's `element`, `props` and `watch`. */

"use strict";

const find = (name) => element.querySelector(name);
const MOST_APART = 1e-3; // of two probabilities, while page and torch still agree

// --- ten bars -----------------------------------------------------------------------------------------------------

const bars = Array.from({ length: 10 }, (_, digit) => {
  const bar = find("template").content.firstElementChild.cloneNode(true);
  const [name, meter, percent, other] = bar.children;
  name.textContent = digit;
  meter.setAttribute("aria-label", `Probability of ${digit}`);
  find(".bars").append(bar);
  return { bar, meter, fill: meter.firstChild, percent: percent.firstChild, other };
});

function showBars({ digit, probabilities, verdict }) {
  bars.forEach(({ bar, meter, fill, percent }, i) => {
    const percents = (probabilities[i] * 100).toFixed(1);
    fill.style.setProperty("--share", probabilities[i].toFixed(4));
    percent.textContent = percents;
    meter.setAttribute("aria-valuenow", percents);
    bar.classList.toggle("is-winner", i === digit && verdict !== "not a digit");
  });
}

// --- and the other network's, where both read the same drawing -----------------------------------------------------

const NAMES = { shared: "the shared network", own: "yours" };
let compares = false;

function showOther(reading) {
  const { other, reader } = reading;
  if (compares !== Boolean(other)) {
    compares = Boolean(other);
    element.querySelector(".readout").classList.toggle("has-other", compares);
    find(".both").hidden = !compares;
    for (const bar of bars) bar.other.hidden = !compares;
  }
  if (!other) return;
  const theirs = reader === "own" ? "shared" : "own";
  bars.forEach((bar, i) => {
    bar.other.ariaLabel = `Probability of ${i}, ${NAMES[theirs]}`;
    bar.other.ariaValueNow = (other.probabilities[i] * 100).toFixed(1);
    bar.other.firstChild.style.setProperty("--share", other.probabilities[i].toFixed(4));
  });
  find(".both-reader").textContent = `${NAMES[reader]}: ${summary(reading)}`;
  find(".both-other").textContent = `${NAMES[theirs]}: ${summary(other)}`;
}

function summary({ verdict, digit, probabilities }) {
  if (verdict === "blank") return "nothing yet";
  return verdict === "not a digit" ? verdict : `${digit}, ${percentage(probabilities[digit])}`;
}

function percentage(share) {
  return `${(share * 100).toFixed(1)}\u00a0%`;
}

// --- the answer, in words -----------------------------------------------------------------------------------------

/** The digit that comes second. */
function runnerUp({ digit, probabilities }) {
  return probabilities.reduce(
    (best, share, i) => (i !== digit && share > probabilities[best] ? i : best),
    digit ? 0 : 1,
  );
}

/** A reading in words: what is large, what is said of it, and what else there is, or what to do. */
function inWords(reading) {
  const { verdict, digit, probabilities, penIsDown } = reading;
  if (verdict === "blank") return { large: "?", sure: "", more: "Draw a digit, and the bars move while you do." };
  const second = runnerUp(reading);
  const other = `or ${second}: ${percentage(probabilities[second])}`;
  if (verdict === "digit") return { large: digit, sure: percentage(probabilities[digit]), more: other };
  if (penIsDown) return { large: digit, sure: verdict === "unsure" ? "Not sure yet" : "Not a digit yet", more: other };
  if (verdict === "unsure") {
    const both = `${digit}: ${percentage(probabilities[digit])}, ${other}`;
    return { large: digit, sure: "Not sure", more: `${both}. Draw it larger or clearer.` };
  }
  return { large: "✕", sure: "Not a digit", more: `Nearest is ${digit}. Clear, and draw one digit.` };
}

function showAnswer(reading) {
  const { large, sure, more } = inWords(reading);
  element.querySelector(".readout").dataset.verdict = reading.verdict;
  find(".answer-digit").textContent = large;
  find(".answer-sure").textContent = sure;
  find(".answer-more").textContent = more;
}

/** For those who listen: only when the pen is up, not at every frame. */
function announce(reading) {
  if (reading.penIsDown) return;
  const { large, sure, more } = inWords(reading);
  const spoken = { blank: "Nothing drawn yet.", digit: `Looks like ${large}, ${sure}; ${more}.` };
  find(".status").textContent = spoken[reading.verdict] ?? `${sure}: ${more}`;
}

// --- the network's input ------------------------------------------------------------------------------------------

const picture = find(".input-picture");
const pixels = new ImageData(28, 28);

function showInput({ picture: tones, verdict }) {
  for (let i = 0; i < 784; i++) {
    pixels.data.fill(tones[i], 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  }
  picture.getContext("2d").putImageData(pixels, 0, 0);
  picture.setAttribute(
    "aria-label",
    verdict === "blank" ? "What the network sees: nothing yet" : "What the network sees: your drawing, 28 by 28 pixels",
  );
}

// --- how it was framed, where that is not as MNIST was ---------------------------------------------------------------

const STEPS = { box: "the ink box", square: "the square", fit: "20 × 20", centre: "centring" };

function showFraming({ steps }) {
  const left = Object.keys(STEPS).filter((name) => !steps[name]);
  const words = left.length ? `Framing changed: without ${left.map((name) => STEPS[name]).join(", ")}.` : "";
  find(".framed").hidden = !left.length;
  if (find(".framed span").textContent !== words) find(".framed span").textContent = words;
}

find(".framed button").addEventListener("click", () => Live.setSteps(DigitEngine.ALL_STEPS));

// --- what torch said ----------------------------------------------------------------------------------------------

let shown = null; // the page's own reading

function showTorch(news) {
  const torch = find(".torch");
  torch.dataset.state = news.state;
  torch.textContent = "";
  find(".alarm").textContent = "";
  if (news.state === "asked") torch.textContent = "asking torch …";
  if (news.state === "busy") torch.textContent = "Python is busy: the page reads on by itself, and asks again.";
  if (news.state === "lost") {
    torch.textContent = "No connection to Python: the page reads on by itself, and keeps trying.";
  }
  if (news.state === "answered") judge(news.reply, news.milliseconds);
}

/** Compare torch's answer with the page's. They are one network, so they agree, or something is wrong. */
function judge(reply, milliseconds) {
  const torch = find(".torch");
  if (reply.error) {
    torch.dataset.state = "disagreed";
    find(".alarm").textContent = reply.error;
  } else if (reply.network !== shown.fingerprint && shown.reader === "own") {
    torch.dataset.state = "idle";
    torch.textContent = "The server no longer has your network: the page reads on with it by itself.";
  } else if (reply.network !== shown.fingerprint) {
    torch.dataset.state = "disagreed";
    find(".alarm").textContent = "The server reads with another network by now. Reload the page to get it.";
  } else if (apart(reply.probabilities, shown.probabilities) > MOST_APART) {
    torch.dataset.state = "disagreed";
    find(".alarm").textContent =
      `Torch reads ${reply.digit}, this page reads ${shown.digit}. That must not be: reload the page.`;
  } else {
    torch.textContent = `torch agrees · ${Math.round(milliseconds)} ms`;
  }
}

function apart(ours, theirs) {
  return Math.max(...ours.map((share, i) => Math.abs(share - theirs[i])));
}

Live.subscribe((reading) => {
  shown = reading;
  showBars(reading);
  showOther(reading);
  showAnswer(reading);
  showInput(reading);
  showFraming(reading);
  announce(reading);
});
Python.subscribe(showTorch);
watch("value", () => Python.answer(props.value));
