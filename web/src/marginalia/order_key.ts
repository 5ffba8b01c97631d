// Fractional indexes: strings of which there is always another one between two. They order tags without a list that two
// people could rewrite at once. A key is the digits of a fraction in base 62 without trailing zeros, compared by code unit;
// equal keys (two people moved to one place) are ordered by id. `placing.ts` makes them.

/** The longest key. Some hundred moves into one gap get there; then the whole list is spread anew. */
export const KEY_DIGITS_MAX = 64;
/** Where something stands that has no usable key: last. */
export const LAST = 'z';

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
