// What one was told of, as this page knows it: asked for at the beginning and when one comes back to the page, and once a
// minute at most. A page that nobody sees asks nothing.

import { batch, signal } from '@preact/signals';

import { whyNot } from '../../api/ask.ts';
import { fetchInbox, markRead } from '../../api/inbox.ts';
import type { Notice } from '../../api/inbox.ts';

const PAUSE_MS = 60_000;

/** How much is unread; null before that is known. */
export const unread = signal<number | null>(null);
export const notices = signal<readonly Notice[]>([]);
export const hasMore = signal(false);
export const problem = signal<string | null>(null);

let askedAt = -Infinity;
let asking: Promise<void> | null = null;

/** Keeps it up to date from now on; gives the function that ends it. */
export function watchInbox(): () => void {
  const look = (): void => {
    if (document.visibilityState === 'visible' && Date.now() - askedAt >= PAUSE_MS) {
      void askAnew();
    }
  };
  const timer = setInterval(look, PAUSE_MS / 4);
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  look();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('focus', look);
  };
}

/** Asks for the newest. Two at once are one. */
export function askAnew(): Promise<void> {
  asking ??= (async () => {
    askedAt = Date.now();
    const reply = await fetchInbox(null);
    batch(() => {
      problem.value = whyNot(reply);
      if (reply.reply === 'found') {
        unread.value = reply.found.unread;
        notices.value = reply.found.notices;
        hasMore.value = reply.found.hasMore;
      } else if (reply.reply === 'signed_out') {
        [unread.value, notices.value] = [null, []];
      }
    });
    asking = null;
  })();
  return asking;
}

/** Asks for what came before what is here. */
export async function askForMore(): Promise<void> {
  const last = notices.peek().at(-1);
  if (last === undefined) {
    return;
  }
  const reply = await fetchInbox(last.id);
  batch(() => {
    problem.value = whyNot(reply);
    if (reply.reply === 'found') {
      unread.value = reply.found.unread;
      notices.value = [...notices.peek(), ...reply.found.notices.filter(({ id }) => id < last.id)];
      hasMore.value = reply.found.hasMore;
    }
  });
}

/** Lets one entry count as read, here at once: whoever follows it leaves the page. */
export function read(notice: Notice): void {
  if (!notice.isRead) {
    show(({ id }) => id === notice.id);
    void markRead([notice.id]);
  }
}

/** Lets all that came count as read. */
export async function readAll(): Promise<void> {
  const newest = notices.peek()[0];
  if (newest !== undefined) {
    const reply = await markRead(newest.id);
    problem.value = whyNot(reply);
    if (reply.reply === 'found') {
      show(() => true);
      await askAnew();
    }
  }
}

function show(isRead: (notice: Notice) => boolean): void {
  batch(() => {
    const changed = notices.peek().filter((notice) => !notice.isRead && isRead(notice)).length;
    notices.value = notices.peek().map((notice) => (isRead(notice) ? { ...notice, isRead: true } : notice));
    unread.value = unread.peek() === null ? null : Math.max(0, (unread.peek() ?? 0) - changed);
  });
}
