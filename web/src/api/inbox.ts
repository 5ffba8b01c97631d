// What one was told of: comments that mention one, or answer what one wrote. And whom one can mention.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { count, flag } from './fields.ts';

const NOTICES_MAX = 1_000;
const PEOPLE_MAX = 10_000;
const NAME_MAX = 400;

export type Notice = {
  readonly id: number;
  readonly kind: 'mention' | 'reply';
  readonly caseId: string;
  readonly title: string;
  /** Where it is, as an address of ours. */
  readonly address: string;
  readonly by: string;
  /** How the comment begins. */
  readonly words: string;
  /** In milliseconds since the epoch; null if that cannot be read. */
  readonly at: number | null;
  readonly isRead: boolean;
};

export type Inbox = { readonly unread: number; readonly notices: readonly Notice[]; readonly hasMore: boolean };

export function fetchInbox(before: number | null, fetchIt?: Fetch): Promise<Reply<Inbox>> {
  const path = before === null ? '/api/me/inbox' : `/api/me/inbox?before=${before}`;
  const read = (answer: Members): Inbox => ({
    unread: count(answer, 'unread'),
    notices: answer.list('notices', NOTICES_MAX).map(readNotice),
    hasMore: flag(answer, 'more'),
  });
  return ask({ path, read }, fetchIt);
}

/** Lets entries count as read, or, given a number, that one and all before it. */
export function markRead(what: readonly number[] | number, fetchIt?: Fetch): Promise<Reply<null>> {
  const body = typeof what === 'number' ? { up_to: what } : { ids: what };
  return ask({ method: 'POST', path: '/api/me/inbox/read', body, read: nothing }, fetchIt);
}

/** The names of those whom one can mention on a case. */
export function fetchMentionable(caseId: string, fetchIt?: Fetch): Promise<Reply<readonly string[]>> {
  const read = (answer: Members): string[] => {
    const names = answer.list('people', PEOPLE_MAX).map((value) => new Members(value, 'a person').string('name', NAME_MAX));
    return [...new Set(names)];
  };
  return ask({ path: `/api/cases/${encodeURIComponent(caseId)}/people`, read }, fetchIt);
}

function readNotice(value: unknown): Notice {
  const source = new Members(value, 'an entry');
  const caseId = source.string('case', 255);
  const highlight = source.optional('highlight', 1_000);
  const at = Date.parse(source.string('at', 64));
  return {
    id: count(source, 'id'),
    kind: source.oneOf('kind', ['mention', 'reply']),
    caseId,
    title: source.optional('title', 2_000) ?? caseId,
    address: `/c/${encodeURIComponent(caseId)}${highlight === null ? '' : `#h=${encodeURIComponent(highlight)}`}`,
    by: source.optional('by', NAME_MAX) ?? 'Somebody',
    words: source.optional('words', 10_000) ?? '',
    at: Number.isNaN(at) ? null : at,
    isRead: flag(source, 'read'),
  };
}
