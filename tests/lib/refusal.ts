// A room that refuses: stands between a page and its room, passes everything on, and answers the page's first change
// with a refusal instead of letting it through.

import * as encoding from 'lib0/encoding';
import type { BrowserContext } from 'playwright-core';

const NUMBERED = 110;
const REFUSED = 103;
const REASONS = { too_large: 1, not_allowed: 2, malformed: 3 } as const;

/** Refuses the first change of the next page of a person. */
export async function roomRefuses(context: BrowserContext, reason: keyof typeof REASONS, words: string): Promise<void> {
  let hasRefused = false;
  await context.routeWebSocket(/\/sync\//, (page) => {
    const room = page.connectToServer();
    page.onMessage((message) => {
      const isChange = typeof message !== 'string' && message[0] === NUMBERED;
      if (isChange && !hasRefused) {
        hasRefused = true;
        page.send(refusal(message[1] ?? 0, REASONS[reason], words));
      } else {
        room.send(message);
      }
    });
  });
}

function refusal(frame: number, reason: number, words: string): Buffer {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, REFUSED);
  encoding.writeVarUint(encoder, frame);
  encoding.writeVarUint(encoder, reason);
  encoding.writeVarString(encoder, words);
  return Buffer.from(encoding.toUint8Array(encoder));
}
