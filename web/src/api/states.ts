// The states of classes, cases and boards.

import type { Members } from '../text/members.ts';

export const CASE_STATES = ['open', 'locked', 'archived'] as const;
export type CaseState = (typeof CASE_STATES)[number];

export type States = {
  /** The stricter one of its own and its class's. */
  readonly state: CaseState;
  /** The one that it has by itself. */
  readonly ownState: CaseState;
};

/** Those of a case or board, as the host lists it. One that does not tell them apart says only what goes for it. */
export function statesOf(source: Members): States {
  const state = source.has('state') ? source.oneOf('state', CASE_STATES) : 'open';
  return { state, ownState: source.has('own_state') ? source.oneOf('own_state', CASE_STATES) : state };
}
