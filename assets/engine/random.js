/** Random numbers that a seed decides, the same in every browser. */

/** The generator sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, a period of about 2^127. */
export class Random {
  /** @param {number} seed a whole number, 0 to 2^53 - 1 */
  constructor(seed) {
    this._state = Uint32Array.of(seed, Math.floor(seed / 2 ** 32), 0, 1);
    for (let i = 0; i < 16; i++) this._next(); // so that similar seeds give different numbers
  }

  /** A number from low (at least) to high (below), of 2^32 equally probable ones. @param {number} low @param {number} high */
  uniform(low, high) {
    return low + ((high - low) * this._next()) / 2 ** 32;
  }

  /** The numbers 0 to count - 1 in random order (R. Durstenfeld, "Algorithm 235", 1964). @param {number} count */
  permutation(count) {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const other = Math.floor(this.uniform(0, i + 1));
      [order[i], order[other]] = [order[other], order[i]];
    }
    return order;
  }

  /** 32 random bits. */
  _next() {
    const state = this._state;
    const [a, b, c, counter] = state;
    const next = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + next;
    state[3] = counter + 1;
    return next;
  }
}
