/** What would truly happen: the drawing without its orange or blue ink, and the smallest change that makes another digit
    win. Both wait for the pen to be up. */
/** @import { Current, ForwardPass } from "../../state/types.js" */
import { dot, sum } from "../../engine/math.js";
import { size, smallestChange } from "../../engine/perturbation.js";
import * as classifiers from "../../state/classifiers.js";
import { isEmpty } from "../../state/prediction.js";
import { query, tableRow } from "../../parts/dom.js";
import { paintGray, paintSigned } from "../../parts/images.js";
import { grouped, percent, withSign } from "../../parts/numbers.js";

/** @param {HTMLElement} element */
export function createWhatIf(element) {
  const section = query(element, ".why-what-if");
  const canvases = ["before", "change", "after"].map((name) =>
    query(element, `.why-${name} canvas`, HTMLCanvasElement),
  );
  let shown = -1; // the prediction's version

  /** @param {Extract<Current, ForwardPass>} current */
  function showChange({ image, version, digit, probabilities }) {
    if (version === shown) return;
    shown = version;
    const { classifier } = classifiers.active();
    const changed = smallestChange(classifier, image);
    query(section, ".why-images").hidden = !changed;
    if (!changed) {
      query(section, ".why-smallest").textContent = "No change was found that makes another digit win.";
      return;
    }
    const change = Float64Array.from(changed, (tone, i) => tone - image[i]);
    const after = classifier.predict(changed);
    const [of, most] = [size(Float64Array.from(image)), change.reduce((high, by) => Math.max(high, Math.abs(by)), 0)];
    paintGray(canvases[0], image);
    paintSigned(canvases[1], change, 255);
    paintGray(canvases[2], changed);
    const words = [
      `${digit}, ${percent(probabilities[digit])}`,
      `${change.filter(Boolean).length} pixels, by at most ${most} of 255`,
      `${after.digit}, ${percent(after.probabilities[after.digit ?? 0])}`,
    ];
    canvases.forEach((canvas, i) => {
      query(/** @type {HTMLElement} */ (canvas.parentElement), "figcaption").textContent = words[i];
      canvas.ariaLabel = `${["The image", "The change", "The changed image"][i]}: ${words[i]}`;
    });
    query(section, ".why-smallest").textContent =
      `The smallest change found that makes another digit win turns the ${digit} into a ${after.digit}. Its size is ` +
      `${grouped(size(change))} (L2, the root of the sum of squares over all tones); that of your ink is ${grouped(of)}: ` +
      `${percent(size(change) / of, 0)}.`;
  }

  /** @type {(current: Extract<Current, ForwardPass>, shares: Float64Array, ofLogits: number[]) => void} */
  function showErased({ image, logits }, shares, ofLogits) {
    const { classifier } = classifiers.active();
    const rows = [-1, 1].map((sign) => {
      const without = image.map((tone, i) => (sign * shares[i] > 0 ? 0 : tone));
      const after = classifier.predict(without);
      const promised = -sum(shares.filter((share) => sign * share > 0));
      const truly = dot(classifier.forward(without).logits, ofLogits) - dot(logits, ofLogits);
      const answer = after.digit === null ? "blank" : `${after.digit}, ${percent(after.probabilities[after.digit])}`;
      return tableRow(sign < 0 ? "the blue ink" : "the orange ink", [withSign(promised), withSign(truly), answer]);
    });
    query(section, ".why-erased tbody").replaceChildren(...rows);
  }

  /** @type {(current: Current, shares: Float64Array, ofLogits: number[]) => void} */
  return (current, shares, ofLogits) => {
    section.hidden = isEmpty(current);
    section.classList.toggle("is-waiting", current.penIsDown);
    if (isEmpty(current) || current.penIsDown) return;
    showErased(current, shares, ofLogits);
    showChange(current);
  };
}
