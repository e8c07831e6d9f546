/** A handout for classes, to be printed: the states of docs/lesson-plan.md as codes to scan, and a worksheet, whose answers
    are in docs/worksheet-answers.md. All links lead to the address that its field names. */
import { qrCode } from "../parts/qr-code.js";
import { html, nothing, render } from "../vendor/lit-html.js";

const HERE = new URL("../../", document.baseURI).href; // the page lies above the folder of its files

/** Drawings, as state/drawing-code.js writes them. */
const THREE = "drawing=D_ACkALwAgC_AeABaBg4MCBACEgPQA8gNzA_GEcIRxc3Jxcf";
const SEVEN = "drawing=BuACoAKwAQ_wAQBf4AFfwAFP0AECL68CoAIf";
const FOUR = "drawing=BeAD8AFPwAEvsAHgAQDgAQ8Cf88BH4AE";
const FOUR_OR_NINE = "drawing=D6AE4AEvDx8QJzAXQAc4CBgAIBAwODAwEDAAWB8gH0BvBBDPAQfgAR_oAhe4AQ";
const SMILEY =
  "drawing=GbAEkAFoEGgoWEBAWChoEGgPaCdoP1hXQGcoZxBnD2cnVz8_VydnD2cQZyhnQFdYP2gnaA8BjwGoAgGgAgAL_wKIAQhIKDgwOEggSAhIB0gfMDcoNwhH";

/** A state of the page: what it is called, its query, and what else is chosen in it, as a link has it.
    @typedef {{ name: string, query: string, chosen?: string }} PageState */

/** What the class does, and what it opens for that. @type {[minutes: string, title: string, words: string, opened: PageState][]} */
const PLAN = [
  [
    "Minutes 0–10",
    "Everyone draws",
    "Who finds an error? Hands up, and keep a tally.",
    { name: "the page", query: "" },
  ],
  ["10–14", "An image is numbers, in a batch, in a row", "Where has the pixel below gone?", step(1)],
  ["14–20", "One neuron, and ReLU", "Who can raise the sum by 1 with one stroke?", step(4)],
  ["20–25", "Two layers of 64", "Vote first: how many can go before the answer changes?", step(6)],
  ["25–29", "Softmax", "By how much must the second logit rise?", step(7)],
  ["29–33", "Cross-entropy, one slope, all slopes", "Which label hurts most?", step(8)],
  ["33–39", "Training with three rates", "What will the three curves look like? Draw them first.", step(11)],
  ["39–42", "100 digits, learned by heart", "Which of the two curves do you believe?", step(12)],
  ["42–45", "A smiley", "How sure is it, and of what?", step(13)],
  ["With more time", "The smallest change", "Can you see it?", step(14)],
];

/** @param {number} number @param {string} [chosen] @returns {PageState} */
function step(number, chosen) {
  return { name: `step ${number} of the lesson`, query: `?lesson=${number}`, chosen };
}

/** @typedef {{ title: string, minutes: number, isCore?: boolean, opened: PageState, Predict: string, Try: string,
 *    "Write down": string }} Exercise */

/** @type {Exercise[]} */
const EXERCISES = [
  {
    ...{ title: "A drawing is numbers", minutes: 3, isCore: true },
    opened: { name: "a three, in Replay", query: "?view=replay", chosen: THREE },
    Predict: "The pen went from top to bottom. Will the prediction change if it goes the other way?",
    Try: "Press “Draw it backwards”, and compare the image and the bars with those before.",
    "Write down": "What does the network know about how a digit was written?",
  },
  {
    ...{ title: "An image becomes a row", minutes: 5, isCore: true },
    opened: { name: "a seven, in Input", query: "?view=input", chosen: `${SEVEN}&pixel=9.14` },
    Predict: "Count from 1: which number of the row is the pixel in row 10, column 15? Which pixel is number 400?",
    Try: "Choose both pixels: a press on the image, then the arrow keys.",
    "Write down": "What (tone / 255 − 0.1307) / 0.3081 makes of paper (0) and of full ink (255). Which tone becomes 0?",
  },
  {
    ...{ title: "Neurons and layers", minutes: 6, isCore: true },
    opened: { name: "a three, in Neurons", query: "?view=neurons", chosen: THREE },
    Predict: "What will the bars do if the weaker half of all hidden neurons is off? And if three quarters are?",
    Try: "Press “Switch off the weaker half” once, then again, until the prediction changes.",
    "Write down":
      "How many weights and biases do the layers 784 → 64 → 64 → 10 have? How many neurons were off at last?",
  },
  {
    ...{ title: "Softmax", minutes: 6, isCore: true },
    opened: { name: "a 4 or a 9, in Softmax & loss", query: "?view=loss", chosen: FOUR_OR_NINE },
    Predict: "How does p(4) / p(9) change if the logit of 4 rises by 1? At which logit of 4 are both equal?",
    Try: "Move the slider of 4: on a keyboard, an arrow key moves it by 0.1.",
    "Write down": "Both logits, their difference d, e to the power d, and the quotient p(4) / p(9).",
  },
  {
    ...{ title: "Cross-entropy, and one gradient step", minutes: 7, isCore: true },
    opened: { name: "the same drawing, meant as a 4", query: "?view=loss", chosen: `label=4&${FOUR_OR_NINE}` },
    Predict: "For how many of the ten labels is the loss above that of guessing, ln 10 = 2.30?",
    Try: "Choose all ten labels in the first column. Then 4 again, and move the learning rate from 0.00001 to 1.",
    "Write down":
      "The lowest and the highest loss. Which rates bring it close to 0, and at what price, in the last line?",
  },
  {
    ...{ title: "Overfitting, and why ReLU", minutes: 10, isCore: true },
    opened: {
      name: "Train, with 100 training digits, 50 epochs",
      query: "?view=train",
      chosen: "digits=100&epochs=50",
    },
    Predict: "What accuracy will it reach on its 100 training digits, and what on the validation digits?",
    Try: "Train. Then take 5,000 digits and 5 epochs, and train once more without an activation (“none”).",
    "Write down": "Both accuracies of the three runs. By which curve would you choose, and why not by the test digits?",
  },
  {
    ...{ title: "What it cannot know", minutes: 5 },
    opened: step(13, SMILEY),
    Predict: "Do the ten bars still add up to 100 %?",
    Try: "Look at the bars. Then draw the letters of your name, one after the other.",
    "Write down":
      "The smiley’s likeliest digit. Which letters pass as digits? How could the network say “none of these”?",
  },
  {
    ...{ title: "Attribution", minutes: 8 },
    opened: { name: "a four against a nine, in Why?", query: "?view=why", chosen: `pair=4.9&${FOUR}` },
    Predict: "The blue ink lowers the lead of 4. By how much will the lead grow without it?",
    Try: "Add up the three terms of the sum. Compare what it predicts without the blue ink with what happens.",
    "Write down":
      "Both numbers, and why they differ. How large is the smallest change that fools it? Would you see it?",
  },
];

/** Where the class finds the page: what the handout's own address says, or else where it was opened. */
const given = new URLSearchParams(location.search).get("page") ?? "";
const { protocol, hostname, origin, pathname } = Object.assign(document.createElement("a"), { href: given || HERE });
const address = /^https?:$/.test(protocol) ? origin + pathname : HERE;

/** @param {string} title @param {Record<string, string>} lines @param {PageState} opened */
function row(title, lines, { name, query, chosen }) {
  const short = address + query;
  const link = chosen ? `${short}#v=2&${chosen}` : short;
  return html`<article class="handout-row">
    <div>
      <h3>${title}</h3>
      ${Object.entries(lines).map(([label, text]) => html`<p><b>${label}:</b> ${text}</p>`)}
    </div>
    <a href=${link}>${qrCode(link, `${name}, as a QR code`)} ${short}</a>
  </article>`;
}

/** @param {typeof PLAN[number]} part */
const planned = ([minutes, title, words, opened]) => row(title, { [minutes]: opened.name, Ask: words }, opened);

/** @param {Exercise} exercise @param {number} i */
function exercise({ title, minutes, isCore, opened, ...tasks }, i) {
  const time = `${minutes} minutes, ${isCore ? "core" : "extra"}`;
  return row(`${i + 1}. ${title}`, { [time]: `open ${opened.name}`, ...tasks }, opened);
}

const isOnlyHere = /^(localhost|127\.|\[::1\])/.test(hostname);
const core = EXERCISES.filter(({ isCore }) => isCore).reduce((total, { minutes }) => total + minutes, 0);
document.body.replaceChildren();
render(
  html`<main>
    <h1>A network that recognizes digits</h1>
    <form class="handout-address">
      <label>The page’s address <input type="url" name="page" size="60" pattern="https?://.*" value=${address} required /></label>
      ${isOnlyHere ? html`<p>Only this machine opens that address. Set the one at which the class finds the page.</p>` : nothing}
      <p>
        <button>Set</button> <button type="button" @click=${() => print()}>Print</button>
        All links and codes below lead there; this handout’s own address keeps it.
      </p>
    </form>
    <h2>The lesson: 45 minutes</h2>
    ${PLAN.map(planned)}
    <section class="handout-sheet" aria-labelledby="sheet">
      <h2 id="sheet">Worksheet</h2>
      <p>Name:</p>
      <p>
        Write down what you expect <b>before</b> you try. A wrong prediction teaches you more than none. The core exercises
        take ${core} minutes. A code opens the page with its drawing; whoever types the address draws it.
      </p>
      ${EXERCISES.map(exercise)}
    </section>
  </main>`,
  document.body,
);
