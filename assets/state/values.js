/** The kinds of values that the table of state has: how each is checked, and how it stands in a link. A link is untrusted
    input, so `parse` gives undefined for any text that it would not have written. */

/** @template T @typedef {{ parse: (text: string) => T | undefined, write: (value: T) => string }} Kind */

/** One of some names, or none. @template {string} T @param {readonly T[]} names @returns {Kind<T | null>} */
export const choice = (names) => ({
  parse: (text) => names.find((name) => name === text),
  write: (value) => value ?? "",
});

/** One of the names of a table. @template {string} T @param {Record<T, unknown>} table
    @returns {Kind<T>} */
export const oneOf = (table) => /** @type {any} */ (choice(Object.keys(table)));

/** Some of these names. @template {string} T @param {readonly T[]} names @returns {Kind<T[]>} */
export const someOf = (names) => ({
  parse(text) {
    const chosen = names.filter((name) => text.split(".").includes(name));
    return chosen.join(".") === text ? chosen : undefined;
  },
  write: (value) => names.filter((name) => value.includes(name)).join("."),
});

/** @type {Kind<boolean>} */
export const flag = {
  parse: (text) => (text === "0" ? false : text === "1" ? true : undefined),
  write: (value) => String(+value),
};

/** A whole number, or none. @param {number} low @param {number} high @returns {Kind<number | null>} */
export const whole = (low, high) => ({
  parse: (text) => (/^\d{1,9}$/.test(text) && +text >= low && +text <= high ? +text : undefined),
  write: (value) => (value === null ? "" : String(value)),
});

/** A number. @param {number} low @param {number} high @returns {Kind<number>} */
export const real = (low, high) => ({
  parse: (text) =>
    /^\d{1,6}(\.\d{1,9})?(e-?\d{1,2})?$/.test(text) && +text >= low && +text <= high ? +text : undefined,
  write: String,
});

/** So many numbers, or none: 1.5_-0.25. @param {number} count @returns {Kind<number[] | null>} */
export const reals = (count) => ({
  parse(text) {
    const parts = text.split("_");
    return parts.length === count && parts.every((part) => /^-?\d{1,6}(\.\d{1,3})?$/.test(part))
      ? parts.map(Number)
      : undefined;
  },
  write: (value) => value?.map((number) => Number(number.toFixed(3))).join("_") ?? "",
});

/** Whole numbers from 0, as many as there are limits, or none: 7.1. @param {number[]} highest @returns {Kind<number[] | null>} */
export const wholes = (...highest) => ({
  parse(text) {
    const parts = text.split(".").map((part, i) => whole(0, highest[i] ?? -1).parse(part));
    return parts.length === highest.length && parts.every((part) => typeof part === "number") ? parts : undefined;
  },
  write: (value) => value?.join(".") ?? "",
});

/** Any number of neurons, as pairs of layer and neuron: 0.12-1.3. @type {Kind<number[][]>} */
export const neurons = {
  parse(text) {
    const pairs = text ? text.split("-").map((pair) => wholes(3, 255).parse(pair)) : [];
    return pairs.every((pair) => pair) ? /** @type {number[][]} */ (pairs) : undefined;
  },
  write: (value) => value.map((pair) => pair.join(".")).join("-"),
};

/** A name of letters, digits and hyphens. @type {Kind<string>} */
export const name = { parse: (text) => (/^[a-z\d-]{1,40}$/.test(text) ? text : undefined), write: (value) => value };

/** Digits in a row: 7301. @type {Kind<number[]>} */
export const digits = {
  parse: (text) => (/^\d{0,100}$/.test(text) ? Array.from(text, Number) : undefined),
  write: (value) => value.join(""),
};
