// Asking the edge for the list of cases, as `fetch_cases.ts` asks for one.

import { answerOf, decodeHead, parse } from './fetch_cases.ts';
import type { Answer, CaseHead, Fetch } from './fetch_cases.ts';
import { Members } from './members.ts';

/** Far more than there are names for. */
const CASES_MAX = 100_000;

/** The list of cases. */
export function fetchCases(ask: Fetch = fetch): Promise<Answer<{ cases: CaseHead[] }>> {
  return answerOf(ask, '/api/cases', async (bytes) => ({
    cases: new Members(parse(bytes), 'the list of cases').list('cases', CASES_MAX).map(decodeHead),
  }));
}
