/** Why one digit and not another: the difference between their logits as a signed map over the ink. */
/** @import { MountContext } from "../../state/types.js" */
import { DIGITS } from "../../engine/classifier.js";
import { largest, sum, topTwo } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { contributions } from "../../engine/reference.js";
import * as classifiers from "../../state/classifiers.js";
import { current, isEmpty } from "../../state/prediction.js";
import * as link from "../../state/link.js";
import * as views from "../../state/views.js";
import { create, query, tableRow } from "../../parts/dom.js";
import { paintSigned } from "../../parts/images.js";
import { bracketed, number, percent, small, withSign } from "../../parts/numbers.js";

import { createWhatIf } from "./what-if.js";

/** @param {MountContext} context */
export function mount({ element }) {
  let pair = /** @type {number[] | null} */ (null); // the visitor's choice; until then, the winner and the runner-up
  const follow = query(element, ".why-follow", HTMLButtonElement);
  const map = query(element, ".why-map", HTMLCanvasElement);
  const rows = query(element, ".why-sum tbody");
  const showWhatIf = createWhatIf(element);
  const selects = [".why-for", ".why-against"].map((name) => query(element, name, HTMLSelectElement));

  const shownPair = () => {
    const now = current();
    return pair ?? (isEmpty(now) ? [0, 1] : topTwo(now.logits));
  };

  selects.forEach((select, i) => {
    for (let digit = 0; digit < DIGITS; digit++) select.append(create("option", { value: digit }, String(digit)));
    select.onchange = views.changing(() => {
      const [first, second] = shownPair().with(i, Number(select.value));
      pair = first === second ? shownPair().toReversed() : [first, second]; // the same twice: they change places
    });
  });
  follow.onclick = views.changing(() => (pair = null));
  link.register(
    "pair",
    () => pair?.join(".") ?? "",
    (text) => {
      const linked = link.wholeNumbers(text, [DIGITS - 1, DIGITS - 1]);
      if (!linked || linked[0] === linked[1]) return false;
      pair = linked;
      return true;
    },
  );

  views.register("why", query(element, ".why"), (now) => {
    const [one, other] = shownPair();
    [selects[0].value, selects[1].value] = [String(one), String(other)];
    follow.ariaPressed = String(pair === null);
    const ofLogits = Array.from({ length: DIGITS }, (_, digit) => Number(digit === one) - Number(digit === other));
    const { shares, intercept, blank } = isEmpty(now)
      ? { shares: new Float64Array(SIDE * SIDE), intercept: 0, blank: 0 }
      : contributions(classifiers.active().classifier, now, now.image, ofLogits);
    const most = largest(shares);
    paintSigned(map, shares, most);
    query(element, ".why-most-against").textContent = `${withSign(-most)} against ${one}`;
    query(element, ".why-most-for").textContent = `${withSign(most)} for ${one}`;
    showWhatIf(now, shares, ofLogits);
    if (isEmpty(now)) {
      map.ariaLabel = "The map of your ink: nothing drawn yet";
      query(element, ".why-verdict").textContent = "Draw a digit, and its ink is colored by what it contributes.";
      rows.replaceChildren();
      query(element, ".why-check").textContent = "";
      return;
    }

    const [raising, lowering] = [1, -1].map((sign) => sum(shares.map((share) => sign * Math.max(sign * share, 0))));
    const difference = now.logits[one] - now.logits[other];
    const [forIt, againstIt] = [strongestPlace(shares, 1), strongestPlace(shares, -1)];
    query(element, ".why-verdict").textContent =
      `Orange ink raises the logit of ${one} above that of ${other}, most of all ${forIt}; blue ink lowers it, most of ` +
      `all ${againstIt}. In total the network favors ${difference >= 0 ? one : other}: ` +
      `${one} has ${percent(now.probabilities[one])}, ${other} has ${percent(now.probabilities[other])}.`;
    map.ariaLabel =
      `Map of your ink: what raises ${one} above ${other} adds ${withSign(raising)}, most of all ${forIt}; ` +
      `what lowers it adds ${withSign(lowering)}, most of all ${againstIt}`;
    const logits = `${number(now.logits[one])} − ${bracketed(now.logits[other])}`;
    rows.replaceChildren(
      row(`ink that raises ${one} above ${other}`, raising),
      row("ink that lowers it", lowering),
      row("intercept: biases and paper, passed on by the neurons that your drawing activates", intercept),
      row("together", raising + lowering + intercept, true),
      row(`logit of ${one} − logit of ${other}: ${logits}`, difference, true),
    );
    query(element, ".why-check").textContent =
      `The intercept was computed on its own, so the last two rows need not agree; they differ by ` +
      `${small(Math.abs(raising + lowering + intercept - difference))}, which is rounding. For blank paper the ` +
      `difference is ${withSign(blank)}, and not ${withSign(intercept)}: other neurons are active there.`;
  });
}

/** @type {(label: string, value: number, isTotal?: boolean) => HTMLElement} */
function row(label, value, isTotal = false) {
  return tableRow(label, [withSign(value, 4)], { class: isTotal && "is-total" });
}

/** Which ninth of the digit's 20 × 20 pixels has the largest share of a sign, in words: "at the top left".
    @type {(shares: Float64Array, sign: number) => string} */
function strongestPlace(shares, sign) {
  const ninths = new Float64Array(9);
  const third = (/** @type {number} */ at) => Number(at > 10) + Number(at > 16);
  shares.forEach(
    (share, i) => (ninths[3 * third(Math.floor(i / SIDE)) + third(i % SIDE)] += Math.max(sign * share, 0)),
  );
  const most = Math.max(...ninths);
  if (!most) return "nowhere";
  const place = ninths.indexOf(most);
  const [vertical, horizontal] = [["top", "", "bottom"][Math.floor(place / 3)], ["left", "", "right"][place % 3]];
  if (vertical) return `at the ${vertical} ${horizontal}`.trimEnd();
  return horizontal ? `on the ${horizontal}` : "in the middle";
}
