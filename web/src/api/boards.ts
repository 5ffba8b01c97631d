// Boards: listed, made, changed and deleted.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { flag } from './fields.ts';
import { statesOf } from './states.ts';
import type { CaseState, States } from './states.ts';
import { SHARE_ROLES } from './shares.ts';
import type { ShareRole } from './shares.ts';

/** What every list shows of a board. */
export type BoardHead = States & {
  readonly id: string;
  readonly title: string;
  readonly role: ShareRole;
  /** Whether one owns it, whatever its state leaves of that. */
  readonly isOwn: boolean;
  /** Whether it is one's own to delete. */
  readonly isDeletable: boolean;
  readonly classId: string | null;
  /** Whether people there have pseudonyms, and one is told who is behind them. */
  readonly names: boolean;
};

export type BoardChange = { title?: string; state?: CaseState };

const TITLE_MAX = 2_000;
const BOARDS_MAX = 10_000;

/** Those that one may read, the newest first. */
export function fetchBoards(fetchIt?: Fetch): Promise<Reply<readonly BoardHead[]>> {
  return ask({ path: '/api/boards', read: (answer) => answer.list('boards', BOARDS_MAX).map(readBoard) }, fetchIt);
}

export function fetchBoard(id: string, fetchIt?: Fetch): Promise<Reply<BoardHead>> {
  return ask({ path: boardPath(id), read: readHead }, fetchIt);
}

export function makeBoard(title: string, fetchIt?: Fetch): Promise<Reply<BoardHead>> {
  return ask({ method: 'POST', path: '/api/boards', body: { title }, read: readHead }, fetchIt);
}

export function changeBoard(id: string, change: BoardChange, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: boardPath(id), body: change, read: nothing }, fetchIt);
}

/** For good, with all that is on it. */
export function deleteBoard(id: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: boardPath(id), read: nothing }, fetchIt);
}

/** Puts a board into a class; whoever owns the one and leads the other. */
export function addBoard(classId: string, board: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'POST', path: `/api/classes/${encodeURIComponent(classId)}/boards`, body: { board }, read: nothing }, fetchIt);
}

export function removeBoard(classId: string, board: string, fetchIt?: Fetch): Promise<Reply<null>> {
  const path = `/api/classes/${encodeURIComponent(classId)}/boards/${encodeURIComponent(board)}`;
  return ask({ method: 'DELETE', path, read: nothing }, fetchIt);
}

export function boardAddress(id: string): string {
  return `/boards/${encodeURIComponent(id)}`;
}

/** Also in the answer about a class. */
export function readBoard(value: unknown): BoardHead {
  return readHead(new Members(value, 'a board'));
}

function readHead(source: Members): BoardHead {
  return {
    id: source.string('id', 255),
    title: source.string('title', TITLE_MAX),
    role: source.oneOf('role', SHARE_ROLES),
    ...statesOf(source),
    isOwn: flag(source, 'owned'),
    // A host that does not say so refuses whoever else owns it.
    isDeletable: flag(source, source.has('deletable') ? 'deletable' : 'owned'),
    classId: source.optional('class', 64),
    names: flag(source, 'names'),
  };
}

function boardPath(id: string): string {
  return `/api/boards/${encodeURIComponent(id)}`;
}
