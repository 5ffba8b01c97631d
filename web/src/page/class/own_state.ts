// What state a case is in by itself, of what the host says: the stricter one of its own and its class's. Pure.

import type { ClassState } from '../../api/classes.ts';

/** What one knows of the class that a case is in. */
export type Within = {
  readonly id: string;
  /** Null: one is not in it. */
  readonly state: ClassState | null;
  /** Whether one may take its cases out of it. */
  readonly letsGo: boolean;
};

/** Null where the class's state may stand before it; `within` is null for a case in no class. */
export function ownStateOf(state: ClassState, within: Pick<Within, 'state'> | null): ClassState | null {
  if (within === null || state === 'open') {
    return state;
  }
  // A class that allows more has no part in it.
  return within.state !== null && within.state !== state ? state : null;
}

/** What the class adds to that; null where it adds nothing. */
export function classWords(state: ClassState, within: Pick<Within, 'state'> | null): string | null {
  if (within === null || state === 'open' || within.state === 'open') {
    return null;
  }
  return within.state === null
    ? 'Either the case is so, or its class is, in which you are not. What you choose goes for the case.'
    : `Its class is ${within.state}, which goes for all of its cases, whatever they are by themselves.`;
}
