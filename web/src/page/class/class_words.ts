// What a class adds to the state that a case or board has by itself. Pure.

import type { States } from '../../api/states.ts';

/** Null where it adds nothing. */
export function classWords({ state, ownState }: States, what: 'case' | 'board'): string | null {
  return state === ownState ? null : `Its class is ${state}, which goes for every ${what} in it, whatever it is by itself.`;
}
