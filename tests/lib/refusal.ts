// A room that refuses: stands between a page and its room, passes everything on, and answers the page's first change
// with a refusal instead of letting it through.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { BrowserContext } from 'playwright-core';

const NUMBERED = 110;
/** Behind its number, a frame with somebody's change begins so: a sync message, an update. */
const UPDATE = [0, 2] as const;
const REFUSED = 103;
const REASONS = { too_large: 1, not_allowed: 2, malformed: 3 } as const;

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
