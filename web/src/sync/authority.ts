// What lets this client into the room, and how long: tickets of the host's, and while the host is away the resume tokens
// that the room has given (SC12, SC26-SC30).
//
// Deadlines are counted from when they were told. What the clock of this device says of the hour means nothing here.

import type { Access, Clock, Role, TicketAnswer, Tickets, WayBack } from './interface.ts';
import { RENEW_AFTER, RENEW_PAUSE_MAX_MS, RENEW_PAUSE_MS, RENEW_SPREAD } from './limits.ts';

export type AuthorityEvents = {
  changed(access: Access): void;
  /** This ticket prolongs what the open socket may. */
  renew(ticket: string): void;
  /** Nobody lets this person in. */
  end(code: number, reason: string): void;
};

/** There is no way in for this person, and asking again is in vain. */
export type ShutError = Error & { readonly code: number };

/** An answer that is not the last word. */
type Lasting = Exclude<TicketAnswer, 'denied' | 'signed_out'> | 'unreachable';

export class Authority {
  readonly #tickets: Tickets;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #events: AuthorityEvents;
  #access: Access = { role: null, until: null, isHostAway: false };
  #back: WayBack | null;
  #asked: Promise<Lasting> | null = null;
  /** Whether the present socket was opened without the host. */
  #cameBack = false;
  /** Until when the ticket lasts by which the open socket was to be prolonged. */
  #renewedUntil: number | null = null;
  #vainRenewals = 0;
  #isForgotten = false;
  #cancelTimer = (): void => {};

  constructor(tickets: Tickets, clock: Clock, random: () => number, events: AuthorityEvents) {
    this.#tickets = tickets;
    this.#clock = clock;
    this.#random = random;
    this.#events = events;
    this.#back = tickets.recall();
    this.#access = { ...this.#access, role: this.#back?.role ?? tickets.recallRole() };
  }

  get access(): Access {
    return this.#access;
  }

  /** Asks already for what opens the first socket, while the offline copy is being read. */
  prepare(): void {
    this.#asked = this.#ask();
    // Whoever opens the socket hears of it.
    this.#asked.catch(() => {});
  }

  /** What opens the next socket. Rejects if there is nothing; with a `ShutError`, for good. */
  async wayIn(): Promise<string> {
    const asked = this.#asked ?? this.#ask();
    this.#asked = null;
    const answer = await asked;
    this.#cameBack = typeof answer !== 'object';
    if (typeof answer === 'object') {
      this.#tell({ role: answer.role, until: this.#clock.now() + answer.lastsMs });
      return answer.token;
    }
    const back = this.#back;
    if (back === null || back.until <= this.#clock.now()) {
      throw new Error('unavailable');
    }
    this.#tell({ role: back.role, until: back.until });
    return back.token;
  }

  /** A socket is open with what `wayIn` gave. */
  opened(): void {
    this.#vainRenewals = 0;
    this.#renewInTime();
  }

  /** The room has prolonged what the open socket may. */
  renewed(): void {
    if (this.#renewedUntil !== null) {
      this.#tell({ until: this.#renewedUntil });
      this.#renewedUntil = null;
      this.#vainRenewals = 0;
      this.#renewInTime();
    }
  }

  /** The room has given a way back; the newest one counts. */
  resumable(token: string): void {
    const { role, until } = this.#access;
    if (role !== null && until !== null) {
      this.#keep({ token, role, until });
    }
  }

  /** The socket has ended, with a code if it was the room that ended it; the next one brings what lets it in. */
  lost(code: number | null): void {
    this.#cancelTimer();
    this.#renewedUntil = null;
    if (code === 4500 && this.#cameBack) {
      this.#keep(null);
    }
  }

  /** Forgets the way back and what was known, and keeps neither from here on. */
  forget(): void {
    this.#keep(null);
    this.#keepRole(null);
    this.#isForgotten = true;
  }

  async #ask(): Promise<Lasting> {
    const answer = await this.#tickets.ask().catch(() => 'unreachable' as const);
    this.#tell({ isHostAway: answer === 'unavailable' });
    if (answer === 'denied' || answer === 'signed_out') {
      this.#keep(null);
      this.#keepRole(null);
      throw Object.assign(new Error(answer), { code: answer === 'denied' ? 4403 : 4401 });
    }
    if (typeof answer === 'object') {
      if (answer.role !== this.#back?.role) {
        // What was given to another role leads nowhere.
        this.#keep(null);
      }
      this.#keepRole(answer.role);
    }
    return answer;
  }

  /** Well before the end, and not together with everybody who came at the same time; soon, if the host was away. */
  #renewInTime(): void {
    const { until, isHostAway } = this.#access;
    if (until !== null) {
      const part = RENEW_AFTER + RENEW_SPREAD * (this.#random() - 0.5);
      this.#renewAfter(isHostAway ? this.#pause() : Math.max(RENEW_PAUSE_MS, part * (until - this.#clock.now())));
    }
  }

  #renewAfter(pause: number): void {
    this.#cancelTimer();
    let isCancelled = false;
    const cancelPause = this.#clock.after(pause, () => void this.#renew(() => isCancelled));
    this.#cancelTimer = () => {
      isCancelled = true;
      cancelPause();
    };
  }

  async #renew(isCancelled: () => boolean): Promise<void> {
    const answer = await this.#ask().catch((error: ShutError) => error);
    if (isCancelled()) {
      return;
    }
    if (answer instanceof Error) {
      return this.#events.end(answer.code, answer.message);
    }
    if (typeof answer === 'object') {
      // If it shows another role, the room ends the socket for it.
      this.#tell({ role: answer.role });
      this.#renewedUntil = this.#clock.now() + answer.lastsMs;
      this.#events.renew(answer.token);
    }
    this.#renewAfter(this.#pause());
  }

  /** Grows while there is no answer. */
  #pause(): number {
    this.#vainRenewals += 1;
    return Math.min(RENEW_PAUSE_MAX_MS, RENEW_PAUSE_MS * 2 ** (this.#vainRenewals - 1)) * (0.5 + this.#random());
  }

  #keep(way: WayBack | null): void {
    this.#back = way;
    if (!this.#isForgotten) {
      this.#tickets.keep(way);
    }
  }

  #keepRole(role: Role | null): void {
    if (!this.#isForgotten) {
      this.#tickets.keepRole(role);
    }
  }

  #tell(change: Partial<Access>): void {
    const before = this.#access;
    this.#access = { ...before, ...change };
    if (JSON.stringify(before) !== JSON.stringify(this.#access)) {
      this.#events.changed(this.#access);
    }
  }
}
