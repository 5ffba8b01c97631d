// A new board: a title is all that it needs.

import { useId, useRef } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { addBoard, boardAddress, makeBoard } from '../../api/boards.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';

const TITLE_MAX = 200;

/** With a class, the board is that class's too. */
export function NewBoardDialog({ classId = null, onClose }: { classId?: string | null; onClose: () => void }) {
  const id = useId();
  const title = useRef<HTMLInputElement>(null);
  const sending = useSending();
  const send = (): void => {
    const name = title.current?.value.trim() ?? '';
    if (name === '') {
      sending.refuse('A board needs a title.');
      title.current?.focus();
      return;
    }
    void sending.send(() => make(name, classId), (board) => location.assign(boardAddress(board)));
  };
  return (
    <Dialog title="New board" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label for={`${id}-title`}>Title</label>
        <input ref={title} id={`${id}-title`} dir="auto" maxLength={TITLE_MAX} autocomplete="off" aria-describedby={`${id}-hint ${id}-problem`} />
        <p class="hint" id={`${id}-hint`}>
          A board is for notes and drawings that belong to no text. {classId === null ? 'It is yours, until you share it.' : 'Everybody in the class sees it.'}
        </p>
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Make it
          </button>
        </p>
      </form>
    </Dialog>
  );
}

async function make(title: string, classId: string | null): Promise<Reply<string>> {
  const made = await makeBoard(title);
  if (made.reply !== 'found') {
    return made;
  }
  const placed = classId === null ? null : await addBoard(classId, made.found.id);
  return placed === null || placed.reply === 'found' ? { reply: 'found', found: made.found.id } : placed;
}
