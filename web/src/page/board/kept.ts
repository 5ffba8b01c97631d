// What this browser remembers of a board, for when its words wait to be sent: what it is called.

import { keysOf } from '../desk/old_ways.ts';

const PREFIX = 'glossator.board.';

export function boardKey(boardId: string): string {
  return PREFIX + boardId;
}

/** The boards that were open in this browser. */
export function boardsHere(storage: Storage): string[] {
  return keysOf(storage, PREFIX).map((key) => key.slice(PREFIX.length));
}

/** Forgets those that nobody else in this browser keeps a copy of. */
export function forgetBoards(storage: Storage, others: readonly string[]): void {
  for (const id of boardsHere(storage).filter((each) => !others.includes(each))) {
    storage.removeItem(boardKey(id));
  }
}
