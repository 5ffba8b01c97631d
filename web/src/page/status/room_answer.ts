// What a room says of itself over HTTP when it is asked why it does not open.

const ASK_TIMEOUT_MS = 5_000;

/** What a room says of itself, or that nothing was learned. */
export type RoomAnswer =
  | { room: 'asleep' | 'restoring' | 'open' | 'deleted' | 'unreadable'; storeFailures: number }
  | { room: 'unknown' };

/** Asks. Never throws. */
export async function askRoom(caseId: string): Promise<RoomAnswer> {
  try {
    const response = await fetch(`/api/cases/${encodeURIComponent(caseId)}/room`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    const value: unknown = await response.json();
    return readRoomAnswer(value);
  } catch {
    return { room: 'unknown' };
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
