// Waiting: always for a condition, always with a deadline, never for an amount of time that happens to be enough.

import { setTimeout as delay } from 'node:timers/promises';

/** Text for a deadline's message; computed only when the deadline has passed. */
type Explanation = () => string | Promise<string>;

/** So long after the deadline an answer is still taken. */
const OVERDUE_MS = 60_000;

/**
 * Asks `condition` again and again until it answers with something other than `undefined`, `null` or `false`, and
 * returns that. A condition that throws is asked again too; its last error is part of the message at the deadline.
 * One that never answers is not waited for until the whole test is over.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: { within?: number; every?: number; explain?: Explanation } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const within = options.within ?? 15_000;
  const every = options.every ?? 25;
  const deadline = performance.now() + within;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await answered(condition(), deadline - performance.now() + OVERDUE_MS);
      lastError = undefined;
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      const details = options.explain === undefined ? '' : `; ${await options.explain()}`;
      throw new Error(`${what}: not so within ${within} ms${details}`, { cause: lastError });
    }
    await delay(every);
  }
}

/** What was asked for, if it comes in time. A page whose browser waits for something itself may never tell. */
async function answered<T>(asked: T | Promise<T>, within: number): Promise<T> {
  const isThere = new AbortController();
  const never = delay(within, undefined, { signal: isThere.signal }).then(() => {
    throw new Error('it was asked, and has not answered');
  });
  try {
    return await Promise.race([asked, never]);
  } finally {
    isThere.abort();
  }
}

/**
 * Watches that `condition` holds for the whole of `duration`; throws as soon as it does not. For promises about
 * things that must not happen, where the time itself is what is tested.
 */
export async function throughout(what: string, duration: number, condition: () => boolean): Promise<void> {
  const end = performance.now() + duration;
  while (performance.now() < end) {
    if (!condition()) {
      throw new Error(`${what}: broken ${Math.round(duration - (end - performance.now()))} ms in`);
    }
    await delay(50);
  }
}
