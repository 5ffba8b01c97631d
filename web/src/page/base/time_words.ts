// When something happened, in words. Pure.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago, briefly: "now", "5 min", "3 h", then the date. Moments are milliseconds since the epoch. */
export function agoWords(then: number, now: number): string {
  const age = now - then;
  if (age < MINUTE_MS) {
    // A clock that is a little ahead still says something true.
    return 'now';
  }
  if (age < HOUR_MS) {
    return `${Math.floor(age / MINUTE_MS)} min`;
  }
  if (age < DAY_MS) {
    return `${Math.floor(age / HOUR_MS)} h`;
  }
  const date = new Date(then);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** The whole date and time, for a tooltip. */
export function momentWords(then: number): string {
  return new Date(then).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
}
