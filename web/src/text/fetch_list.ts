// Asking the edge for the list of cases, as `fetch_cases.ts` asks for one.

import { answerOf, decodeHead, parse } from './fetch_cases.ts';
import type { Answer, CaseHead, Fetch } from './fetch_cases.ts';
import { statesOf } from '../api/states.ts';
import type { States } from '../api/states.ts';
import { flag } from '../api/fields.ts';
import { Members } from './members.ts';

/** Far more than there are names for. */
const CASES_MAX = 100_000;

/** A case in a list that is one's own: where it belongs, and what one may do with it. */
export type ListedCase = CaseHead & States & {
  readonly classId: string | null;
  readonly section: string | null;
  /** Until when only its owners see it. */
  readonly visibleFrom: string | null;
  /** Whether one owns it, whatever its state leaves of that. */
  readonly isOwn: boolean;
  /** Whether it is one's own to delete. */
  readonly isDeletable: boolean;
};

/** Some cases; all there are, unless the edge could not ask the host for the stored ones. */
export type ListedCases = { readonly cases: ListedCase[]; readonly isIncomplete: boolean };

/** The list of cases. */
export function fetchCases(ask: Fetch = fetch): Promise<Answer<ListedCases>> {
  return answerOf(ask, '/api/cases', async (bytes) => {
    const list = new Members(parse(bytes), 'the list of cases');
    return { cases: list.list('cases', CASES_MAX).map(decodeListed), isIncomplete: list.has('incomplete') };
  });
}

function decodeListed(value: unknown): ListedCase {
  const source = new Members(value, 'the head of a case');
  const section = source.has('section') ? new Members(source.member('section', 'anything', (_value): _value is unknown => true), 'a section').string('name', 2_000) : null;
  return {
    ...decodeHead(value),
    classId: source.optional('class', 255),
    section,
    ...statesOf(source),
    visibleFrom: source.optional('visible_from', 64),
    // A host that does not say so says what is left of it.
    isOwn: flag(source, 'owned') || (source.has('role') && source.string('role', 20) === 'own'),
    isDeletable: flag(source, 'deletable'),
  };
}
