/** Numbers as the page writes them: with a true minus sign. */

/** With its thousands grouped: 54,912. @param {number} value */
export function grouped(value) {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}

/** With its sign: +1.23, −0.40. @param {number} value */
export function withSign(value, digits = 2) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

/** 1.23, −0.40. @param {number} value */
export function number(value, digits = 2) {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
}

/** The same after an operator, where a negative number needs parentheses: 1.23, (−0.40). @param {number} value */
export function bracketed(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

/** A share as a percentage: 98.6 %. @param {number} share */
export function percent(share, digits = 1) {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}
