// Sending one thing at a time, and what came of it.

import { batch, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';

export class Sending {
  readonly #isSending = signal(false);
  readonly #problem = signal<string | null>(null);

  get isSending(): ReadonlySignal<boolean> {
    return this.#isSending;
  }

  /** Why the last one did not succeed. */
  get problem(): ReadonlySignal<string | null> {
    return this.#problem;
  }

  /** Says what is wrong before anything is sent; null takes it back. */
  refuse(why: string | null): void {
    this.#problem.value = why;
  }

  /** Sends, unless something is on its way; calls with what came back if it succeeded. */
  async send<Found>(question: () => Promise<Reply<Found>>, done: (found: Found) => unknown): Promise<void> {
    if (this.#isSending.peek()) {
      return;
    }
    batch(() => {
      this.#isSending.value = true;
      this.#problem.value = null;
    });
    const reply = await question();
    batch(() => {
      this.#isSending.value = false;
      this.#problem.value = whyNot(reply);
    });
    if (reply.reply === 'found') {
      await done(reply.found);
    }
  }
}

/** One for each place in the page. */
export function useSending(): Sending {
  return useMemo(() => new Sending(), []);
}
