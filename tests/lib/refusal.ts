// Between a page and its room. One way answers the page's first change with a refusal instead of letting it through. The
// other has the room itself refuse: in the place of a change that holds certain words the room is sent one that only
// owners may make, under the same number. The page must then recover from what a room really does.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { BrowserContext } from 'playwright-core';
import * as Y from 'yjs';

import { concatenated, messageType, Reader, syncType, varBytes, varUint } from './wire.ts';

const NUMBERED = 110;
/** Behind its number, a frame with somebody's change begins so: a sync message, an update. */
const UPDATE = [0, 2] as const;
const REFUSED = 103;
const REASONS = { too_large: 1, not_allowed: 2, malformed: 3 } as const;

/**
 * Whatever stands between writes to the room's socket without looking whether that is closing, which Chromium calls an error
 * of the page. The page's own client looks (`web/src/sync/browser.ts`).
 */
export const STAND_IN = /^WebSocket is already in CLOSING or CLOSED state/;

/** Refuses the first change of the next page of a person. */
export async function roomRefuses(context: BrowserContext, reason: keyof typeof REASONS, words: string): Promise<void> {
  let hasRefused = false;
  await context.routeWebSocket(/\/sync\//, (page) => {
    const room = page.connectToServer();
    page.onMessage((message) => {
      const frame = typeof message === 'string' ? null : changeIn(message);
      if (frame !== null && !hasRefused) {
        hasRefused = true;
        page.send(refusal(frame, REASONS[reason], words));
      } else {
        room.send(message);
      }
    });
  });
}

/** Has the room refuse whatever the pages of a person send that holds these words, unless the person is an owner. */
export async function roomForbids(context: BrowserContext, words: string): Promise<void> {
  await context.routeWebSocket(/\/sync\//, (page) => {
    const room = page.connectToServer();
    page.onMessage((message) => room.send(typeof message === 'string' ? message : Buffer.from(forbiddenInstead(message, words))));
  });
}

/** The same frame, but for changes that hold these words: in their place stands one that only owners may make. */
export function forbiddenInstead(frame: Uint8Array, words: string): Uint8Array {
  const reader = new Reader(frame);
  if (frame.length === 0 || reader.varUint() !== NUMBERED) {
    return frame;
  }
  const parts = [varUint(NUMBERED), varUint(reader.varUint())];
  while (!reader.done) {
    const type = reader.varUint();
    parts.push(varUint(type));
    if (type === messageType.sync) {
      const kind = reader.varUint();
      const bytes = reader.varBytes();
      const isMeant = kind !== syncType.step1 && Buffer.from(bytes).includes(words);
      parts.push(varUint(kind), varBytes(isMeant ? ownersChange() : bytes));
    } else if (type === messageType.awareness) {
      parts.push(varBytes(reader.varBytes()));
    }
  }
  return concatenated(...parts);
}

/** Writes where only owners may: into a root of things, but into none of them. */
function ownersChange(): Uint8Array {
  const doc = new Y.Doc();
  doc.getArray('comments').push(['in no comment']);
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** The number of a frame that carries a change; null for any other frame. */
function changeIn(bytes: Uint8Array): number | null {
  const decoder = decoding.createDecoder(Uint8Array.from(bytes));
  if (decoding.readVarUint(decoder) !== NUMBERED) {
    return null;
  }
  const frame = decoding.readVarUint(decoder);
  return UPDATE.every((kind) => decoding.readVarUint(decoder) === kind) ? frame : null;
}

function refusal(frame: number, reason: number, words: string): Buffer {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, REFUSED);
  encoding.writeVarUint(encoder, frame);
  encoding.writeVarUint(encoder, reason);
  encoding.writeVarString(encoder, words);
  return Buffer.from(encoding.toUint8Array(encoder));
}
