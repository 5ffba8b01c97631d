// One's own notes on a case.

import { ask } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';

/** The id of their document; made at first use. */
export function findPrivateNotes(caseId: string, fetchIt?: Fetch): Promise<Reply<string>> {
  const path = `/api/cases/${encodeURIComponent(caseId)}/private`;
  return ask({ method: 'POST', path, read: (answer) => answer.matching('id', /^[A-Za-z0-9._~-]{1,255}$/) }, fetchIt);
}
