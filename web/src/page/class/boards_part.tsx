// The boards of a class; whoever leads it makes some, and takes them out again.

import { useSignal } from '@preact/signals';

import { removeBoard } from '../../api/boards.ts';
import type { BoardHead } from '../../api/boards.ts';
import { leads } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import { BoardList } from '../board/board_list.tsx';
import { NewBoardDialog } from '../board/new_board_dialog.tsx';
import { Confirm } from '../base/confirm.tsx';
import { Icon } from '../base/icons.tsx';
import { ShareDialog } from '../share/late.ts';
import { refresh, say } from './class_state.ts';

type Open = { dialog: 'none' | 'new' } | { dialog: 'share' | 'remove'; of: BoardHead };

export function BoardsPart({ whole }: { whole: WholeClass }) {
  const open = useSignal<Open>({ dialog: 'none' });
  const { boards, id, role, state } = whole;
  const mayChange = leads(role);
  const close = (): void => void (open.value = { dialog: 'none' });
  const now = open.value;
  return (
    <section aria-label="Boards" class="boards-part">
      <header class="section-head">
        <h2>Boards</h2>
        {mayChange && state !== 'archived' && (
          <button type="button" class="quiet framed" onClick={() => (open.value = { dialog: 'new' })}>
            <Icon name="plus" />
            New board
          </button>
        )}
      </header>
      {boards.length === 0 ? (
        <p class="hint">No board yet.</p>
      ) : (
        <BoardList
          boards={boards}
          acts={(of) =>
            mayChange && (
              <span class="row">
                <button type="button" class="link" aria-label={`Share ${of.title}`} onClick={() => (open.value = { dialog: 'share', of })}>
                  Share
                </button>
                {/* What an anonymous class has stays in it. */}
                {!whole.anonymous && (
                  <button type="button" class="link" aria-label={`Take out ${of.title}`} onClick={() => (open.value = { dialog: 'remove', of })}>
                    Take out
                  </button>
                )}
              </span>
            )
          }
        />
      )}
      {now.dialog === 'new' && <NewBoardDialog classId={id} onClose={close} />}
      {now.dialog === 'share' && <ShareDialog caseId={now.of.id} title={now.of.title} what="board" onClose={close} />}
      {now.dialog === 'remove' && (
        <Confirm
          title="Take this board out of the class?"
          action="Take it out"
          question={() => removeBoard(id, now.of.id)}
          done={async () => {
            await refresh();
            say(`${now.of.title} is not in the class any more.`);
          }}
          onClose={close}
        >
          Only its owner and those with whom it is shared see it then.
        </Confirm>
      )}
    </section>
  );
}
