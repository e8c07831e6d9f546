/* Why this digit and not that one: the difference of two logits as a signed map over the ink.

   Run once when the component is mounted, with Gradio's `element`. */

"use strict";

const { bracketed, create, number, percent, withSign } = Pictures;
const find = (part) => element.querySelector(part);
const map = find(".why-map");
const selects = { one: find(".why-for"), other: find(".why-against") };
const SIDE = 28;
let pair = null; // [one, other], once the visitor has chosen; until then winner and runner-up

for (const select of Object.values(selects)) {
  select.append(...Array.from({ length: 10 }, (_, digit) => create("option", { value: digit }, String(digit))));
  select.addEventListener("change", () => {
    const [one, other] = shownPair(Live.reading());
    pair = select === selects.one ? [Number(select.value), other] : [one, Number(select.value)];
    if (pair[0] === pair[1]) pair = select === selects.one ? [pair[0], one] : [other, pair[1]]; // they change places
    Views.refresh();
  });
}

find(".why-follow").addEventListener("click", () => {
  pair = null;
  Views.refresh();
});

/** The two digits that are compared. */
function shownPair({ logits }) {
  if (pair) return pair;
  if (!logits) return [0, 1];
  const [winner, second] = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
  return [winner, second];
}

/** Where most of some shares lies, in words: "at the top left". */
function whereabouts(shares, sign) {
  let [mass, x, y] = [0, 0, 0];
  shares.forEach((share, i) => {
    const part = Math.max(sign * share, 0);
    mass += part;
    x += part * (i % SIDE);
    y += part * Math.floor(i / SIDE);
  });
  if (!mass) return "nowhere";
  const third = (moment, words) => words[moment / mass < 11.5 ? 0 : moment / mass > 15.5 ? 2 : 1];
  const [down, across] = [third(y, ["top", "", "bottom"]), third(x, ["left", "", "right"])];
  if (!down) return across ? `on the ${across}` : "in the middle";
  return `at the ${down} ${across}`.trimEnd();
}

function row(label, value, strong = false) {
  return create("tr", { class: strong && "is-total" }, create("th", { scope: "row" }, label), create("td", {}, value));
}

Views.add("why", find(".why"), (reading) => {
  const [one, other] = shownPair(reading);
  selects.one.value = one;
  selects.other.value = other;
  find(".why-follow").ariaPressed = pair === null;

  const ofLogits = Array.from({ length: 10 }, (_, digit) => Number(digit === one) - Number(digit === other));
  const { shares, offset } = reading.logits
    ? Live.classifier.contributions(reading, reading.picture, ofLogits)
    : { shares: new Float64Array(SIDE * SIDE), offset: 0 };
  const most = shares.reduce((most, share) => Math.max(most, Math.abs(share)), 0);
  Pictures.signed(map, shares, most);
  find(".why-most-against").textContent = `${withSign(-most)} for ${other}`;
  find(".why-most-for").textContent = `${withSign(most)} for ${one}`;
  if (!reading.logits) {
    map.ariaLabel = "The map of your ink: nothing drawn yet";
    find(".why-verdict").textContent = "Draw a digit, and its ink is coloured by what it says.";
    find(".why-sum tbody").replaceChildren();
    return;
  }

  const [positive, negative] = [1, -1].map((sign) =>
    shares.reduce((sum, share) => sum + sign * Math.max(sign * share, 0), 0),
  );
  const difference = reading.logits[one] - reading.logits[other];
  const [says, against] = [whereabouts(shares, 1), whereabouts(shares, -1)];
  find(".why-verdict").textContent =
    `Orange ink speaks for ${one}, mostly ${says}; blue ink speaks for ${other}, mostly ${against}. ` +
    `All in all the network ${difference >= 0 ? `prefers ${one}` : `prefers ${other}`}: ` +
    `${one} has ${percent(reading.probabilities[one])}, ${other} has ${percent(reading.probabilities[other])}.`;
  map.ariaLabel =
    `Map of your ink: what speaks for ${one} adds ${withSign(positive)}, mostly ${says}; ` +
    `what speaks for ${other} adds ${withSign(negative)}, mostly ${against}`;
  find(".why-sum tbody").replaceChildren(
    row(`ink that speaks for ${one}`, withSign(positive, 4)),
    row(`ink that speaks for ${other}`, withSign(negative, 4)),
    row("bias term: what is there without any ink", withSign(offset, 4)),
    row("together", withSign(positive + negative + offset, 4), true),
    row(
      `logit of ${one} − logit of ${other}: ${number(reading.logits[one])} − ${bracketed(reading.logits[other])}`,
      withSign(difference, 4),
      true,
    ),
  );
});
