// How whoever opens a socket comes in: with a client token, issued here with the key that the Worker at that address
// believes. No host has these tokens on record, and no grant stands behind them; tests about those use `authority.ts`.

import { clientTokenOf, type Role, type TicketKey } from './tokens.ts';

/** How somebody comes in. */
export type Entry = {
  /** Who comes; somebody who was never here if absent. */
  user?: string | undefined;
  /** What they may do; everything if absent. */
  role?: Role | undefined;
  /** The token that they show in the place of one of their own; `null`: they show none. */
  token?: string | null | undefined;
};

const keys = new Map<string, TicketKey>();

/** Says what the Worker at an address verifies tokens with. */
export function workerBelieves(syncUrl: string, key: TicketKey): void {
  keys.set(syncUrl, key);
}

/** What tokens for the Worker at an address are signed with. */
export function ticketKeyAt(syncUrl: string): TicketKey {
  const key = keys.get(syncUrl);
  if (key === undefined) {
    throw new Error(`nobody knows what the Worker at ${syncUrl} believes: say which token is shown, or \`token: null\``);
  }
  return key;
}

/** Somebody who was never here. */
export function newUser(): string {
  return `u-${crypto.randomUUID().slice(0, 8)}`;
}

/** What this entry shows in the query of its upgrade. */
export function shownBy(syncUrl: string, caseId: string, { user, role = 'own', token }: Entry): { token?: string } {
  if (token === null) {
    return {};
  }
  return { token: token ?? clientTokenOf(ticketKeyAt(syncUrl), { caseId, user: user ?? newUser(), role }) };
}
