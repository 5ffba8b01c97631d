// Asking for tickets, and keeping the way back for the next page in this tab. What they are for is known by the sync
// client.

import type { Role, TicketAnswer, Tickets, WayBack } from '../../sync/interface.ts';
import { personaKey, rememberIdentity } from '../base/identity.ts';
import type { Identity } from '../base/identity.ts';
import { leaveForSignIn } from '../base/leave.ts';
import { keep, recall } from '../base/stored.ts';

/** Nobody waits longer for a host that does not answer than a person is patient. */
const ASK_TIMEOUT_MS = 6_000;
/** For so long from when it was issued a ticket opens (`contract/src/limits.rs`): so one knows when that was. */
const TICKET_OPEN_MS = 60_000;
export const WAY_PREFIX = 'glossator.way.';
export const ROLE_PREFIX = 'glossator.role.';
const ROLES: readonly unknown[] = ['read', 'comment', 'annotate', 'own'] satisfies Role[];

/** The tickets of one person for one case, in which they act as `me`. */
export function ticketsFor(caseId: string, { id, name }: Identity, me: Identity): Tickets {
  const ofCase = `${encodeURIComponent(id)}/${encodeURIComponent(caseId)}`;
  const [wayKey, roleKey] = [WAY_PREFIX + ofCase, ROLE_PREFIX + ofCase];
  let isOpening = true;
  return {
    async ask() {
      const response = await fetch(`/api/cases/${encodeURIComponent(caseId)}/ticket`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ user: id, name }),
        signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      });
      if (response.status === 401 && isOpening) {
        // Who is signed out while at work reads why, and goes when they like.
        leaveForSignIn();
      }
      isOpening = false;
      if (response.status !== 201) {
        return answerOf(response.status);
      }
      const answer: unknown = await response.json();
      const other = readOther(answer, me.id);
      if (other !== null) {
        // The page begins anew as whoever has signed in, or as whom they appear here: before it knows that it may do nothing.
        if (other.account === id) {
          const persona = JSON.stringify({ id: other.id, name: other.name });
          keep(personaKey(id, caseId), persona);
          if (recall(personaKey(id, caseId)) !== persona) {
            return 'unavailable';
          }
        } else {
          rememberIdentity(other.name, other.account);
        }
        location.reload();
        return 'unavailable';
      }
      return readTicket(answer);
    },
    // Storage may be forbidden: then there is no way back but through the host.
    recall: () => attempt(() => readWayBack(JSON.parse(sessionStorage.getItem(wayKey) ?? 'null'))),
    keep: (way) => attempt(() => (way === null ? sessionStorage.removeItem(wayKey) : sessionStorage.setItem(wayKey, JSON.stringify(way)))),
    recallRole: () => readRole(recall(roleKey)),
    keepRole: (role) => keep(roleKey, role),
  };
}

/** What a status says; what this page does not understand lets nobody in. */
export function answerOf(status: number): TicketAnswer {
  if (status === 401) {
    return 'signed_out';
  }
  return status === 429 || status >= 500 ? 'unavailable' : 'denied';
}

/** Reads the JSON of a 201. */
export function readTicket(value: unknown): TicketAnswer {
  const { ticket, role, open_until_ms: open, authority_until_ms: until } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isTicket = typeof ticket === 'string' && ROLES.includes(role) && typeof open === 'number' && typeof until === 'number';
  // By the clock of whoever issued it: this device may have any hour.
  return isTicket ? { token: ticket, role: role as Role, lastsMs: until - open + TICKET_OPEN_MS } : 'unavailable';
}

/**
 * Whom a ticket is for, if that is another than the page took for granted: who has signed in is known to the host, and so is
 * as whom they appear.
 */
export function readOther(value: unknown, id: string): (Identity & { account: string }) | null {
  const { user, name, account } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isOther = typeof user === 'string' && typeof name === 'string' && user !== id;
  return isOther ? { id: user, name, account: typeof account === 'string' ? account : user } : null;
}

/** Null for anything that is no role. */
export function readRole(stored: string | null): Role | null {
  return ROLES.includes(stored) ? (stored as Role) : null;
}

/** Null for anything that is no way back. */
export function readWayBack(value: unknown): WayBack | null {
  const { token, role, until } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof token === 'string' && ROLES.includes(role) && typeof until === 'number' ? { token, role: role as Role, until } : null;
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
