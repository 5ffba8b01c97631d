// How long ago something happened; the text follows the clock by itself.

import { signal, useComputed } from '@preact/signals';

import { agoWords, momentWords } from './time_words.ts';

const TICK_MS = 30_000;
const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, TICK_MS);

/** A moment, briefly; whole in the tooltip. Nothing where it is not known. */
export function Ago({ at }: { at: number | null }) {
  const words = useComputed(() => (at === null ? '' : agoWords(at, Math.max(now.value, Date.now()))));
  return at === null ? null : (
    <time class="ago" dateTime={new Date(at).toISOString()} title={momentWords(at)}>
      {words}
    </time>
  );
}
