// Who is behind the pseudonyms of an anonymous class, as its staff are told.

import { Members } from '../../text/members.ts';
import { ask } from '../../api/ask.ts';
import type { Fetch, Reply } from '../../api/ask.ts';

/** What names are learnt for: a case, or a board. */
type Named = { readonly caseId: string; readonly names: { value: ReadonlyMap<string, string> } };

const NAME_MAX = 2_000;

/** The names by the ids that a case knows of people. */
export function fetchNames(caseId: string, fetchIt?: Fetch): Promise<Reply<ReadonlyMap<string, string>>> {
  const read = (answer: Members): ReadonlyMap<string, string> => {
    const names = answer.member('names', 'an object of names', (value): value is Record<string, string> =>
      typeof value === 'object' && value !== null && Object.values(value).every((name) => typeof name === 'string' && name.length <= NAME_MAX));
    return new Map(Object.entries(names));
  };
  return ask({ path: `/api/cases/${encodeURIComponent(caseId)}/names`, read }, fetchIt);
}

/** Between two fetches: people join a class while a case is open. */
const AGAIN_MS = 60_000;

/** Learns the names, and those of whoever comes later. */
export function learnNames(desk: Named): void {
  const learn = async (): Promise<void> => {
    const reply = await fetchNames(desk.caseId);
    if (reply.reply === 'found') {
      desk.names.value = reply.found;
    }
    // Who is told nothing any more is no longer of the staff.
    if (reply.reply === 'found' || reply.reply === 'failed') {
      setTimeout(() => void learn(), AGAIN_MS);
    }
  };
  void learn();
}
