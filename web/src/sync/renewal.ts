// Keeps the authority of an open socket from ending.

import type { Clock } from './interface.ts';
import { RENEW_BEFORE_MS, RENEW_PAUSE_MS } from './limits.ts';

export class Renewal {
  readonly #clock: Clock;
  readonly #ticket: () => Promise<string | null>;
  readonly #send: (ticket: string) => void;
  #cancelTimer = (): void => {};

  constructor(clock: Clock, ticket: () => Promise<string | null>, send: (ticket: string) => void) {
    this.#clock = clock;
    this.#ticket = ticket;
    this.#send = send;
  }

  /** The room says until when the present authority lasts. */
  lastsUntil(until: number): void {
    this.#renewAfter(Math.max(RENEW_PAUSE_MS, until - this.#clock.now() - RENEW_BEFORE_MS));
  }

  /** The socket has ended; the next one brings its own ticket. */
  cancel(): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
  }

  #renewAfter(pause: number): void {
    this.#cancelTimer();
    let isCancelled = false;
    const cancelPause = this.#clock.after(pause, () => {
      this.#ticket().then(
        (ticket) => !isCancelled && ticket !== null && this.#send(ticket),
        () => !isCancelled && this.#renewAfter(RENEW_PAUSE_MS),
      );
    });
    this.#cancelTimer = () => {
      isCancelled = true;
      cancelPause();
    };
  }
}
