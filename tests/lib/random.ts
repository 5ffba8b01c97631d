// Seeded randomness: a failing history is named by its seed and can be run again.

/** A small deterministic generator (splitmix32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to but not including 2^32. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number from 0 up to but not including `end`, which is at least 1. */
  below(end: number): number {
    return this.next() % end;
  }

  /** One of the entries. */
  pick<T>(entries: readonly T[]): T {
    const entry = entries[this.below(entries.length)];
    if (entry === undefined) {
      throw new Error('there is nothing to pick from');
    }
    return entry;
  }

  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /** The entries in another order. */
  shuffled<T>(entries: readonly T[]): T[] {
    const copy = [...entries];
    for (let end = copy.length - 1; end > 0; end -= 1) {
      const other = this.below(end + 1);
      [copy[end], copy[other]] = [copy[other] as T, copy[end] as T];
    }
    return copy;
  }
}
