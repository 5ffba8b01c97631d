// What goes up: numbers the frames that carry content, and bundles local changes of one moment into one frame.

import * as Y from 'yjs';

import { FRAME_BYTES_MAX } from './limits.ts';
import type { StoredChange } from './offline_store.ts';
import type { Saving } from './saving.ts';
import { numbered } from './wire.ts';

type Waiting = { changes: readonly StoredChange[]; update: Uint8Array };

export class Uplink {
  readonly #saving: Saving;
  readonly #send: (frame: Uint8Array) => void;
  /** A frame is larger than any room takes. It counts as sent, and as refused. */
  readonly #tooLarge: (frame: number) => void;
  #frames = 0;
  /** Whether the room has been told what it lacked. Before that it lacks what later changes build on. */
  #hasAnswered = false;
  #waiting: Waiting[] = [];

  constructor(saving: Saving, send: (frame: Uint8Array) => void, tooLarge: (frame: number) => void) {
    this.#saving = saving;
    this.#send = send;
    this.#tooLarge = tooLarge;
  }

  /** The number of the last frame on this socket. */
  get frames(): number {
    return this.#frames;
  }

  /** Forgets the socket. What waits is in the document, and goes with the next answer. */
  reset(): void {
    this.hold();
    this.#frames = 0;
  }

  /** Sends nothing before the room's next question. What it was sent so far may be gone. */
  hold(): void {
    this.#hasAnswered = false;
    this.#waiting = [];
    this.#saving.nothingSent();
  }

  /** Gives the room what it lacks; with it goes every change of the document. */
  answer(update: Uint8Array): void {
    this.#hasAnswered = true;
    this.#waiting = [];
    this.#write('document', update, (frame) => this.#saving.sentAll(frame));
  }

  /** Sends changes with the others of this moment. */
  push(changes: readonly StoredChange[], update: Uint8Array): void {
    if (this.#hasAnswered) {
      this.#waiting.push({ changes, update });
      if (this.#waiting.length === 1) {
        queueMicrotask(() => this.flush());
      }
    }
  }

  flush(): void {
    while (this.#waiting.length > 0) {
      const bundle = this.#waiting.splice(0, bundleLength(this.#waiting));
      const ids = new Set(bundle.flatMap(({ changes }) => changes.map(({ id }) => id)));
      this.#write('update', Y.mergeUpdates(bundle.map(({ update }) => update)), (frame) => this.#saving.sent(frame, ids));
    }
  }

  #write(kind: 'document' | 'update', update: Uint8Array, sent: (frame: number) => void): void {
    this.#frames += 1;
    sent(this.#frames);
    const frame = numbered(this.#frames, kind, update);
    if (frame.length > FRAME_BYTES_MAX) {
      this.#tooLarge(this.#frames);
    } else {
      this.#send(frame);
    }
  }
}

/** A change that was made again after a refusal goes alone, so that the room's answer is about it. */
function bundleLength(waiting: readonly Waiting[]): number {
  const alone = waiting.findIndex(({ changes }) => changes.some(({ tries }) => tries > 0));
  return alone < 0 ? waiting.length : Math.max(1, alone);
}
