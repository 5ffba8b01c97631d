// How a connection to a room stands, and how it gets from one standing to the next. Pure.

/** What a room says of itself when it is asked, or why nothing was learned. */
export type RoomAnswer =
  | { room: 'asleep' | 'restoring' | 'open' | 'deleted' | 'unreadable'; storeFailures: number }
  | { room: 'unknown' };

/** How the connection stands. */
export type ConnectionState =
  /** No socket has opened yet. */
  | { state: 'connecting' }
  /** A socket is open; the document has not arrived. */
  | { state: 'opening' }
  /** The same for so long that the room was asked why. */
  | { state: 'waiting'; answer: RoomAnswer }
  /** The document is here and edits travel at once. */
  | { state: 'live' }
  /** The socket was lost or could not be opened; it is tried again without end. */
  | { state: 'offline'; code: number | null }
  /** The server has closed for good. */
  | { state: 'closed'; code: number; reason: string };

/** What happens to a connection. */
export type Signal =
  | { signal: 'socket_opened' }
  | { signal: 'synced' }
  | { signal: 'room_answered'; answer: RoomAnswer }
  | { signal: 'socket_lost'; code: number | null }
  | { signal: 'refused'; code: number; reason: string };

/** The standing that follows. Nothing leads out of `closed`. */
export function nextState(current: ConnectionState, signal: Signal): ConnectionState {
  if (current.state === 'closed') {
    return current;
  }
  switch (signal.signal) {
    case 'socket_opened':
      return { state: 'opening' };
    case 'synced':
      return { state: 'live' };
    case 'room_answered':
      // An answer that comes late says nothing about a connection that has moved on.
      return current.state === 'opening' || current.state === 'waiting'
        ? { state: 'waiting', answer: signal.answer }
        : current;
    case 'socket_lost':
      return { state: 'offline', code: signal.code };
    case 'refused':
      return { state: 'closed', code: signal.code, reason: signal.reason };
  }
}

/** Reads the JSON of `GET /api/cases/{case_id}/room`. */
export function readRoomAnswer(value: unknown): RoomAnswer {
  if (typeof value !== 'object' || value === null || !('state' in value)) {
    return { room: 'unknown' };
  }
  const failures = 'store_failures' in value ? value.store_failures : 0;
  const storeFailures = typeof failures === 'number' ? failures : 0;
  switch (value.state) {
    case 'asleep':
    case 'restoring':
    case 'open':
    case 'deleted':
    case 'unreadable':
      return { room: value.state, storeFailures };
    default:
      return { room: 'unknown' };
  }
}
