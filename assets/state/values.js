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

/** A number, to six digits. @param {number} low @param {number} high @returns {Kind<number>} */
export const real = (low, high) => ({
  parse: (text) =>
    /^-?\d{1,7}(\.\d{1,12})?(e-?\d{1,2})?$/.test(text) && +text >= low && +text <= high ? +text : undefined,
  write: (value) => String(Number(value.toPrecision(6))),
});

/** Any number of values of one kind: 7301, or 0.12-1.3. @template T @param {string} separator @param {Kind<T>} kind
    @returns {Kind<Exclude<T, null>[]>} */
export const list = (separator, kind) => ({
  parse(text) {
    const values = text ? text.split(separator).map(kind.parse) : [];
    return values.some((value) => value === undefined) ? undefined : /** @type {any} */ (values);
  },
  write: (values) => values.map((value) => kind.write(value)).join(separator),
});

/** One value of each of these kinds, or none: 7.1, or 1.5_-0.25. @param {string} separator
    @param {...Kind<number | null>} kinds @returns {Kind<number[] | null>} */
export const row = (separator, ...kinds) => ({
  parse(text) {
    const values = text.split(separator).map((part, i) => kinds[i]?.parse(part));
    return values.length === kinds.length && !values.includes(undefined) ? /** @type {number[]} */ (values) : undefined;
  },
  write: (values) => values?.map((value, i) => kinds[i].write(value)).join(separator) ?? "",
});

/** A name of letters, digits and hyphens. @type {Kind<string>} */
export const name = { parse: (text) => (/^[a-z\d-]{1,40}$/.test(text) ? text : undefined), write: (value) => value };
