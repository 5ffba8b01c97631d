// The y-websocket protocol's frames, built and read by hand: the tests must be able to say what no library would.

/** Message types: the first number of a frame. */
export const messageType = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3 } as const;

/** The second number of a sync message. */
export const syncType = { step1: 0, step2: 1, update: 2 } as const;

/** An unsigned number, seven bits a byte, the lowest first. */
export function varUint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(128 + (rest % 128));
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Bytes, preceded by their number. */
export function varBytes(bytes: Uint8Array): Uint8Array {
  return concatenated(varUint(bytes.length), bytes);
}

/** Several arrays as one. */
export function concatenated(...arrays: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(arrays));
}

/** A frame that asks for everything its sender lacks. The empty state vector is one zero byte. */
export function syncStep1(stateVector: Uint8Array = Uint8Array.of(0)): Uint8Array {
  return concatenated(Uint8Array.of(messageType.sync, syncType.step1), varBytes(stateVector));
}

/** A frame that answers a SyncStep1. */
export function syncStep2(update: Uint8Array): Uint8Array {
  return concatenated(Uint8Array.of(messageType.sync, syncType.step2), varBytes(update));
}

/** A frame that carries one update. */
export function updateFrame(update: Uint8Array): Uint8Array {
  return concatenated(Uint8Array.of(messageType.sync, syncType.update), varBytes(update));
}

/** A frame of presence entries, as encoded by y-protocols. */
export function awarenessFrame(entries: Uint8Array): Uint8Array {
  return concatenated(Uint8Array.of(messageType.awareness), varBytes(entries));
}

/** One message of a frame. */
export type Message =
  | { kind: 'step1'; stateVector: Uint8Array }
  | { kind: 'step2'; update: Uint8Array }
  | { kind: 'update'; update: Uint8Array }
  | { kind: 'awareness'; entries: Uint8Array }
  | { kind: 'auth'; permitted: number; reason: Uint8Array }
  | { kind: 'queryAwareness' };

/** Reads all messages of a frame; throws if anything is left over or cut off. */
export function messagesOf(frame: Uint8Array): Message[] {
  const reader = new Reader(frame);
  const messages: Message[] = [];
  while (!reader.done) {
    messages.push(readMessage(reader));
  }
  return messages;
}

/** One presence entry; a state of `null` says that the client has left. */
export type AwarenessEntry = { client: number; clock: number; state: unknown };

/** Reads the entries of an awareness message. */
export function awarenessEntriesOf(entries: Uint8Array): AwarenessEntry[] {
  const reader = new Reader(entries);
  const count = reader.varUint();
  const read: AwarenessEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = reader.varUint();
    const clock = reader.varUint();
    const state: unknown = JSON.parse(Buffer.from(reader.varBytes()).toString('utf8'));
    read.push({ client, clock, state });
  }
  return read;
}

function readMessage(reader: Reader): Message {
  const type = reader.varUint();
  switch (type) {
    case messageType.sync:
      return readSyncMessage(reader);
    case messageType.awareness:
      return { kind: 'awareness', entries: reader.varBytes() };
    case messageType.auth:
      return { kind: 'auth', permitted: reader.varUint(), reason: reader.varBytes() };
    case messageType.queryAwareness:
      return { kind: 'queryAwareness' };
    default:
      throw new Error(`a stock client does not know messages of type ${type}`);
  }
}

function readSyncMessage(reader: Reader): Message {
  const type = reader.varUint();
  switch (type) {
    case syncType.step1:
      return { kind: 'step1', stateVector: reader.varBytes() };
    case syncType.step2:
      return { kind: 'step2', update: reader.varBytes() };
    case syncType.update:
      return { kind: 'update', update: reader.varBytes() };
    default:
      throw new Error(`a stock client does not know sync messages of type ${type}`);
  }
}

/** Reads lib0 numbers and byte strings from a frame. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  varUint(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) {
        throw new Error('a frame ends in the middle of a number');
      }
      this.#at += 1;
      value += (byte & 127) * unit;
      unit *= 128;
      if (byte < 128) {
        return value;
      }
    }
  }

  varBytes(): Uint8Array {
    const length = this.varUint();
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new Error(`a frame promises ${length} bytes and has ${this.#bytes.length - this.#at}`);
    }
    const bytes = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
