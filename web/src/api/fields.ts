// More of what JSON of the host holds than cases do.

import type { Members } from '../text/members.ts';

/** Whether it is true; what is absent is not. */
export function flag(source: Members, name: string): boolean {
  return source.has(name) && source.member(name, 'true or false', (value): value is boolean => typeof value === 'boolean');
}

export function count(source: Members, name: string): number {
  return source.member(name, 'a whole number from 0', isWhole);
}

/** Whether a count stands there. */
export function isCount(source: Members, name: string): boolean {
  return isWhole(source.member(name, 'anything', (_value): _value is unknown => true));
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
