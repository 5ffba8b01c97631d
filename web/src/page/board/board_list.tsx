// Boards as the first page and the page of a class list them.

import type { ComponentChildren } from 'preact';

import { boardAddress } from '../../api/boards.ts';
import type { BoardHead } from '../../api/boards.ts';

/** `acts` are what can be done with one, beside opening it. */
export function BoardList({ boards, acts }: { boards: readonly BoardHead[]; acts: (board: BoardHead) => ComponentChildren }) {
  return (
    <ul class="cases">
      {boards.map((board) => (
        <li key={board.id}>
          <a href={boardAddress(board.id)} dir="auto">
            {board.title}
          </a>
          <div class="case-foot">
            <p class="facts">Board {board.state !== 'open' && <span class="badge">{board.state}</span>}</p>
            {acts(board)}
          </div>
        </li>
      ))}
    </ul>
  );
}
