/** Numbers and answers as the page writes them: with a true minus sign. */
/** @import { Prediction } from "../state/types.js" */

const wholeNumbers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** With its thousands grouped: 54,912. @param {number} value */
export const grouped = (value) => wholeNumbers.format(value);

/** 1.23, −0.40. @param {number} value */
export const number = (value, digits = 2) => `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;

/** With its sign: +1.23, −0.40. @param {number} value */
export const withSign = (value, digits = 2) => (value < 0 ? "" : "+") + number(value, digits);

/** A share as a percentage: 98.6 %. Only the whole is 100 %: what rounds up to it is > 99.9 %. @param {number} share */
export function percent(share, digits = 1) {
  const text = (100 * share).toFixed(digits);
  const isBelow = Number(text) === 100 && share < 1;
  return `${isBelow ? `>\u202f${(100 - 10 ** -digits).toFixed(digits)}` : text}\u00a0%`;
}

/** The same, or nothing below half a percent, where a bar is too short to be compared. @param {number} share */
export const percentIfShown = (share) => (share >= 0.005 ? percent(share) : "");

/** A digit with its article: an 8, a 7. @param {number} digit */
export const withArticle = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** A prediction in a few words: 7, 98.2 %. @param {Prediction} prediction */
export function answer({ verdict, digit, probabilities }) {
  if (digit === null) return "nothing yet";
  return verdict === "not a digit" ? verdict : `${digit}, ${percent(probabilities[digit])}`;
}

/** As short as its size allows: 20.8, −0.84, 0.031, 6.4 × 10⁻⁵, 4.0 × 10³⁵. @param {number} value @param {number} [least] what is
    smaller is 0 */
export function brief(value, least = 1e-6) {
  const size = Math.abs(value);
  if (size < least) return "0";
  if (size >= 1e-3 && size < 1e6) return number(value, size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
  const [factor, exponent] = size.toExponential(1).replace("+", "").split("e");
  const raised = Array.from(exponent, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
  return `${value < 0 ? "−" : ""}${factor}\u202f×\u202f10${raised}`;
}

/** The same with its sign. @param {number} value */
export const briefWithSign = (value) => (value < 0 || brief(value) === "0" ? "" : "+") + brief(value);
