// Fractional indexes: strings of which there is always another one between two. They order tags without a list that two
// people could rewrite at once. A key is the digits of a fraction in base 62 without trailing zeros, compared by code unit;
// equal keys (two people moved to one place) are ordered by id.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The longest key. Some hundred moves into one gap get there; then the whole list is spread anew. */
const KEY_DIGITS_MAX = 64;
/** Where something stands that has no usable key: last. */
const LAST = 'z';

/** Something that has a place among others. */
export type Ordered = { readonly id: string; readonly order: string };

/** The order of two things: by key, then by id. */
export function byOrder(a: Ordered, b: Ordered): number {
  return compare(a.order, b.order) || compare(a.id, b.id);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A key as somebody wrote it. Never throws; what is none stands last. */
export function readOrderKey(value: unknown): string {
  const isKey = typeof value === 'string' && value.length <= KEY_DIGITS_MAX && /^[0-9A-Za-z]+$/.test(value);
  return (isKey ? value.replace(/0+$/, '') : '') || LAST;
}

/**
 * The keys to write so that something stands before the item at `index` of an ordered list that does not hold it.
 *
 * As a rule that is one key. Where the neighbours leave no room, all of them get new ones.
 */
export function keysToPlace(list: readonly Ordered[], id: string, index: number): ReadonlyMap<string, string> {
  const before = list[index - 1]?.order ?? '';
  const after = list[index]?.order ?? null;
  const key = after !== null && before >= after ? null : keyBetween(before, after);
  if (key !== null && key.length <= KEY_DIGITS_MAX) {
    return new Map([[id, key]]);
  }
  const ids = [...list.slice(0, index).map((item) => item.id), id, ...list.slice(index).map((item) => item.id)];
  return new Map(ids.map((each, position) => [each, spreadKey(position, ids.length)]));
}

/** A key above `before` ('' is below every key) and below `after` (null is above every key). Needs `before < after`. */
export function keyBetween(before: string, after: string | null): string {
  const isAtEnd = after === null && before !== '';
  let key = '';
  for (let place = 0; ; place += 1) {
    const low = DIGITS.indexOf(before[place] ?? '0');
    const high = after === null ? DIGITS.length : DIGITS.indexOf(after[place] ?? '0');
    if (high - low > 1) {
      // At the end of a list one step suffices, so that appending makes no long keys.
      const step = isAtEnd ? 1 : Math.floor((high - low) / 2);
      return key + (DIGITS[low + step] ?? LAST);
    }
    key += DIGITS[low] ?? '0';
    // Once the key is below `after`, only `before` bounds it.
    after = high > low ? null : after;
  }
}

/** The key of one of `count` things that lie evenly. */
function spreadKey(position: number, count: number): string {
  const value = Math.floor(((position + 1) / (count + 1)) * DIGITS.length ** 3);
  const digit = (power: number): string => DIGITS[Math.floor(value / DIGITS.length ** power) % DIGITS.length] ?? '0';
  return (digit(2) + digit(1) + digit(0)).replace(/0+$/, '');
}
