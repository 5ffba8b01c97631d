// Making fractional indexes, see `order_key.ts`: a key that lies where something is to stand.

import { KEY_DIGITS_MAX, LAST } from './order_key.ts';
import type { Ordered } from './order_key.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

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
