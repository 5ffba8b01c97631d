// Offsets in code points, in which the W3C counts positions, and in UTF-16 units, in which everything else here does.

export class CodePoints {
  readonly units: number;
  /** Where the second halves of surrogate pairs stand, in units. */
  readonly #halves: readonly number[];

  constructor(text: string) {
    this.units = text.length;
    this.#halves = Array.from(text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g), ({ index }) => index + 1);
  }

  /** The offset in code points of an offset in units that splits no pair. */
  ofUnits(units: number): number {
    return units - countBelow(this.#halves.length, units, (index) => this.#halves[index] ?? 0);
  }

  /** The offset in units of an offset in code points. */
  toUnits(points: number): number {
    return points + countBelow(this.#halves.length, points, (index) => (this.#halves[index] ?? 0) - 1 - index);
  }
}

/** How many of the rising values lie below a bound. */
function countBelow(count: number, bound: number, valueAt: (index: number) => number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
