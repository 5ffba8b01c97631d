// How a connection stands, how it gets from one standing to the next, and when it is tried again. Pure.

import type { SyncState } from './interface.ts';
import { RETRY_MAX_MS, RETRY_MIN_MS, RETURN_MAX_MS, RETURN_MIN_MS, STABLE_AFTER_MS, TICKET_SPREAD_MS } from './limits.ts';

export type Connection =
  /** Not begun, or left. */
  | { at: 'rest' }
  /** A ticket is fetched, then a socket opened. */
  | { at: 'calling'; failures: number }
  /** A socket is open. */
  | { at: 'open'; failures: number; isWelcome: boolean; syncedAt: number | null }
  | { at: 'waiting'; failures: number; until: number; code: number | null }
  | { at: 'closed'; code: number; reason: string };

export type ConnectionEvent =
  | { event: 'called' }
  | { event: 'opened' }
  | { event: 'welcomed' }
  | { event: 'synced'; now: number }
  /** The socket ended or never opened; `random` is in [0, 1). `isHeld`: there is no hurry to come back. */
  | { event: 'lost'; now: number; code: number | null; reason: string; random: number; isHeld: boolean }
  /** Given up for a new socket, at `until`. */
  | { event: 'restarted'; until: number }
  | { event: 'ended'; code: number; reason: string }
  | { event: 'left' };

/** The standing that follows. Only leaving leads out of `closed`. */
export function nextConnection(current: Connection, event: ConnectionEvent): Connection {
  if (event.event === 'left') {
    return { at: 'rest' };
  }
  if (current.at === 'closed') {
    return current;
  }
  const failures = current.at === 'rest' ? 0 : current.failures;
  switch (event.event) {
    case 'called':
      return { at: 'calling', failures };
    case 'opened':
      return { at: 'open', failures, isWelcome: false, syncedAt: null };
    case 'welcomed':
      return current.at === 'open' ? { ...current, isWelcome: true } : current;
    case 'synced':
      return current.at === 'open' ? { ...current, syncedAt: event.now } : current;
    case 'lost': {
      const { code, now } = event;
      if (code !== null && isFinal(code)) {
        return { at: 'closed', code, reason: event.reason };
      }
      const wasStable = current.at === 'open' && current.syncedAt !== null && now - current.syncedAt >= STABLE_AFTER_MS;
      const before = wasStable ? 0 : failures;
      const until = event.isHeld ? Number.POSITIVE_INFINITY : now + retryDelay(code, before, event.random);
      return { at: 'waiting', failures: before + 1, until, code };
    }
    case 'restarted':
      return { at: 'waiting', failures, until: event.until, code: null };
    case 'ended':
      return { at: 'closed', code: event.code, reason: event.reason };
  }
}

/** What the page is told of it. */
export function syncStateOf(connection: Connection): SyncState {
  switch (connection.at) {
    case 'rest':
    case 'calling':
      return { state: 'connecting' };
    case 'open':
      return { state: connection.isWelcome && connection.syncedAt !== null ? 'live' : 'opening' };
    case 'waiting': {
      const { until, code, failures } = connection;
      // Who is only sent for another ticket is as good as on the way.
      return code === 4500 && failures === 1 && until !== Number.POSITIVE_INFINITY ? { state: 'connecting' } : { state: 'waiting', until, code };
    }
    case 'closed':
      return { state: 'closed', code: connection.code, reason: connection.reason };
  }
}

/** Whether a close code says not to come back. */
export function isFinal(code: number): boolean {
  return code >= 4400 && code <= 4499;
}

/** How long to wait after so many failures in a row. A room that said to come back is believed once. */
export function retryDelay(code: number | null, failures: number, random: number): number {
  if (code === 4500 && failures === 0) {
    return random * TICKET_SPREAD_MS;
  }
  const isInvited = code === 1012 || code === 1013;
  if (isInvited && failures === 0) {
    return RETURN_MIN_MS + random * (RETURN_MAX_MS - RETURN_MIN_MS);
  }
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** (failures + 1));
  return RETRY_MIN_MS + random * (ceiling - RETRY_MIN_MS);
}
