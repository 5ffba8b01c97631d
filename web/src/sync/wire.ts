// The bytes between a client and a room: the messages of the y-websocket protocol and those of `glossator.v1`.
//
// What arrives is read to its last byte or not at all.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

import type { Conditions, RefusalReason } from './interface.ts';
import { MESSAGES_MAX, PRESENCE_ENTRIES_MAX, RECEIVED_BYTES_MAX } from './limits.ts';

export const PROTOCOL = 'glossator.v1';

/** A state of null says that its client has gone. */
export type PresenceEntry = { client: number; clock: number; state: unknown };

export type RoomMessage =
  /** SyncStep1: what the room has; it asks for the rest. */
  | { kind: 'vector'; vector: Uint8Array }
  /** SyncStep2: what was asked for. */
  | { kind: 'document'; update: Uint8Array }
  | { kind: 'update'; update: Uint8Array }
  | { kind: 'presence'; entries: PresenceEntry[] }
  | { kind: 'query' }
  /** `archived` is -1 while nothing is. */
  | { kind: 'welcome'; epoch: number; seq: number; archived: number; conditions: Conditions }
  | { kind: 'saved'; epoch: number; frame: number; seq: number }
  | { kind: 'archived'; epoch: number; archived: number }
  | { kind: 'refused'; frame: number; reason: RefusalReason; words: string }
  | { kind: 'conditions'; conditions: Conditions }
  | { kind: 'renewed'; until: number }
  | { kind: 'resume'; token: string };

/** What came is not what a room sends. */
export class MalformedError extends Error {}

const WORDS = new TextDecoder('utf-8', { fatal: true });
const REASONS: readonly (RefusalReason | undefined)[] = [undefined, 'too_large', 'not_allowed', 'malformed'];

/** @throws on anything that is not a whole frame of known messages. */
export function readFrame(frame: Uint8Array): RoomMessage[] {
  check(frame.length <= RECEIVED_BYTES_MAX, 'a frame larger than any document');
  const decoder = decoding.createDecoder(frame);
  const messages: RoomMessage[] = [];
  do {
    check(messages.length < MESSAGES_MAX, 'too many messages in a frame');
    // A length beyond the end moves the decoder there, and it finds out with the next read.
    const message = readMessage(decoder);
    if (message !== null) {
      messages.push(message);
    }
  } while (decoding.hasContent(decoder));
  return messages;
}

/** What this client has; asks for the rest. */
export function syncStep1(vector: Uint8Array): Uint8Array {
  return written((encoder) => writeSync(encoder, 0, vector));
}

/** The `frame`th frame with content of its socket: an answer to the room's question, or a change. */
export function numbered(frame: number, kind: 'document' | 'update', update: Uint8Array): Uint8Array {
  return written((encoder) => {
    encoding.writeVarUint(encoder, 110);
    encoding.writeVarUint(encoder, frame);
    writeSync(encoder, kind === 'document' ? 1 : 2, update);
  });
}

export function presence({ client, clock, state }: PresenceEntry): Uint8Array {
  return written((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint8Array(
      encoder,
      written((inner) => {
        encoding.writeVarUint(inner, 1);
        encoding.writeVarUint(inner, client);
        encoding.writeVarUint(inner, clock);
        encoding.writeVarString(inner, JSON.stringify(state));
      }),
    );
  });
}

export function renew(ticket: string): Uint8Array {
  return written((encoder) => {
    encoding.writeVarUint(encoder, 111);
    encoding.writeVarString(encoder, ticket);
  });
}

function readMessage(decoder: decoding.Decoder): RoomMessage | null {
  const kind = decoding.readVarUint(decoder);
  switch (kind) {
    case 0:
      return readSync(decoder);
    case 1:
      return { kind: 'presence', entries: readPresence(decoding.createDecoder(decoding.readVarUint8Array(decoder))) };
    case 2:
      // The words of `auth` are for stock clients; ours is closed with a code.
      decoding.readVarUint(decoder);
      decoding.readVarUint8Array(decoder);
      return null;
    case 3:
      return { kind: 'query' };
    case 100: {
      const [epoch, seq, archived] = [decoding.readVarUint(decoder), decoding.readVarUint(decoder), decoding.readVarUint(decoder) - 1];
      return { kind: 'welcome', epoch, seq, archived, conditions: readConditions(decoder) };
    }
    case 101:
      return {
        kind: 'saved',
        epoch: decoding.readVarUint(decoder),
        frame: decoding.readVarUint(decoder),
        seq: decoding.readVarUint(decoder),
      };
    case 102:
      return { kind: 'archived', epoch: decoding.readVarUint(decoder), archived: decoding.readVarUint(decoder) - 1 };
    case 103: {
      const frame = decoding.readVarUint(decoder);
      const reason = REASONS[decoding.readVarUint(decoder)];
      check(reason !== undefined, 'an unknown reason');
      return { kind: 'refused', frame, reason, words: WORDS.decode(decoding.readVarUint8Array(decoder)) };
    }
    case 104:
      return { kind: 'conditions', conditions: readConditions(decoder) };
    case 105:
      return { kind: 'renewed', until: decoding.readVarUint(decoder) };
    case 106:
      return { kind: 'resume', token: WORDS.decode(decoding.readVarUint8Array(decoder)) };
    default:
      throw new MalformedError(`a message of unknown kind ${kind}`);
  }
}

function readSync(decoder: decoding.Decoder): RoomMessage {
  const kind = decoding.readVarUint(decoder);
  check(kind <= 2, `a sync message of unknown kind ${kind}`);
  const bytes = decoding.readVarUint8Array(decoder);
  return kind === 0 ? { kind: 'vector', vector: bytes } : { kind: kind === 1 ? 'document' : 'update', update: bytes };
}

function readPresence(decoder: decoding.Decoder): PresenceEntry[] {
  const count = decoding.readVarUint(decoder);
  check(count <= PRESENCE_ENTRIES_MAX, 'too many presence entries');
  const entries: PresenceEntry[] = [];
  while (entries.length < count) {
    const [client, clock] = [decoding.readVarUint(decoder), decoding.readVarUint(decoder)];
    entries.push({ client, clock, state: JSON.parse(WORDS.decode(decoding.readVarUint8Array(decoder))) as unknown });
  }
  check(!decoding.hasContent(decoder), 'something behind the presence entries');
  return entries;
}

function readConditions(decoder: decoding.Decoder): Conditions {
  // Bits that a newer room may add mean nothing to this client.
  const bits = decoding.readVarUint(decoder);
  return { nearlyFull: (bits & 1) !== 0, hostFailing: (bits & 2) !== 0, degraded: (bits & 4) !== 0 };
}

function writeSync(encoder: encoding.Encoder, kind: number, bytes: Uint8Array): void {
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, bytes);
}

function written(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) {
    throw new MalformedError(otherwise);
  }
}
