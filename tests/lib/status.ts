// What a room says about itself at GET /api/cases/{case_id}/room.

/** The parts of a room's status that the tests look at. */
export type RoomStatus = {
  state: string;
  sessions: number;
  isDirty: boolean;
  seq: number;
  wasmMemoryBytes: number;
  /** Why the room, or its archive, waits, if it does. */
  waitingBecause: string | undefined;
};

/** Asks a room for its status. */
export async function roomStatus(edgeUrl: string, caseId: string): Promise<RoomStatus> {
  const response = await fetch(`${edgeUrl}/api/cases/${caseId}/room`, { signal: AbortSignal.timeout(10_000) });
  if (response.status !== 200) {
    throw new Error(`the status of room ${caseId} is answered with ${response.status}: ${await response.text()}`);
  }
  const status = (await response.json()) as Readonly<Record<string, unknown>>;
  return {
    state: text(status, 'state'),
    sessions: number(status, 'sessions'),
    isDirty: status['is_dirty'] === true,
    seq: number(status, 'seq'),
    wasmMemoryBytes: number(status, 'wasm_memory_bytes'),
    waitingBecause: status['waiting_because'] === undefined ? undefined : text(status, 'waiting_because'),
  };
}

function text(record: Readonly<Record<string, unknown>>, name: string): string {
  const value = record[name];
  if (typeof value !== 'string') {
    throw new Error(`a room's status has no text ${name}: ${JSON.stringify(record)}`);
  }
  return value;
}

function number(record: Readonly<Record<string, unknown>>, name: string): number {
  const value = record[name];
  if (typeof value !== 'number') {
    throw new Error(`a room's status has no number ${name}: ${JSON.stringify(record)}`);
  }
  return value;
}
