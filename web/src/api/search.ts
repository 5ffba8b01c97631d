// Looking through all cases that one may read.

import { Members } from '../text/members.ts';
import { ask } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { flag } from './fields.ts';

export const HIT_KINDS = ['text', 'quote', 'comment', 'tag', 'person', 'note', 'private'] as const;
export type HitKind = (typeof HIT_KINDS)[number];
/** A stretch of what was found; the words that were looked for are hits. */
export type Piece = { readonly text: string; readonly isHit: boolean };

export type Hit = {
  /** Of a note, the board's. */
  readonly caseId: string;
  readonly title: string;
  readonly kind: HitKind;
  readonly snippet: readonly Piece[];
  /** What in the page of the case to go to, without the `#`; null if nothing in particular. */
  readonly fragment: string | null;
  /** When it was written, if that is known. */
  readonly at: string | null;
};

export type Found = { readonly hits: readonly Hit[]; readonly hasMore: boolean };

/** Pages are counted from 1; by the host, from 0. Hits of a kind that this page does not know are left out: a newer host finds more. */
export function search(words: string, page: number, fetchIt?: Fetch): Promise<Reply<Found>> {
  const query = new URLSearchParams({ q: words, page: String(page - 1) });
  const read = (answer: Members): Found => ({ hits: answer.list('hits', 1_000).flatMap(readHit), hasMore: flag(answer, 'more') });
  return ask({ path: `/api/search?${query}`, read }, fetchIt);
}

/** The hits by case, in the order in which each case is met first. */
export function byCase(hits: readonly Hit[]): { caseId: string; title: string; hits: Hit[] }[] {
  const groups = new Map<string, { caseId: string; title: string; hits: Hit[] }>();
  for (const hit of hits) {
    const group = groups.get(hit.caseId) ?? { caseId: hit.caseId, title: hit.title, hits: [] };
    group.hits.push(hit);
    groups.set(hit.caseId, group);
  }
  return [...groups.values()];
}

function readHit(value: unknown): Hit[] {
  const source = new Members(value, 'a hit');
  const named = source.string('kind', 100);
  const kind = HIT_KINDS.find((each) => each === named);
  if (kind === undefined) {
    return [];
  }
  const item = source.optional('item', 500);
  const hit: Hit = {
    caseId: source.string('case', 255),
    title: source.optional('title', 2_000) ?? source.string('case', 255),
    kind,
    snippet: source.list('snippet', 1_000).map((piece) => {
      const part = new Members(piece, 'a piece');
      return { text: part.string('text', 100_000), isHit: flag(part, 'hit') };
    }),
    fragment: item !== null && (kind === 'quote' || kind === 'private') ? `${kind === 'quote' ? 'h' : 'm'}=${encodeURIComponent(item)}` : null,
    at: source.optional('at', 64),
  };
  return [hit];
}
