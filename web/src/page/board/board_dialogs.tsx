// What lies over a board: the keys, with whom it is shared, its name and state, and its end.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { changeBoard, deleteBoard, fetchBoard } from '../../api/boards.ts';
import type { BoardChange } from '../../api/boards.ts';
import { CASE_STATES } from '../../api/states.ts';
import type { CaseState } from '../../api/states.ts';
import { Confirm } from '../base/confirm.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { singleKeys } from '../base/settings.ts';
import { classWords } from '../class/class_words.ts';
import { ShareDialog } from '../share/late.ts';
import { RefusalWords } from '../status/refusal_words.tsx';
import { useBoard } from './board_desk.ts';
import { BOARD_KEY_LINES } from './board_key_lines.ts';

const STATE_CHOICES: Readonly<Record<CaseState, string>> = {
  open: 'Open: each may do what their role allows',
  locked: 'Locked: only owners write',
  archived: 'Archived: nobody writes',
};
const TITLE_MAX = 200;

export function BoardDialogs() {
  const desk = useBoard();
  const close = (): void => void (desk.dialog.value = null);
  const { id, title } = desk.head.value;
  if (desk.session.refusal.value !== null) {
    return <RefusalWords session={desk.session} onClose={() => (desk.session.refusal.value = null)} />;
  }
  switch (desk.dialog.value) {
    case null:
      return null;
    case 'help':
      return <Keys onClose={close} />;
    case 'share':
      return <ShareDialog caseId={id} title={title} what="board" onClose={close} />;
    case 'change':
      return <ChangeDialog onClose={close} />;
    case 'delete':
      return (
        <Confirm title="Delete this board?" action="Delete it" question={() => deleteIt(id)} done={() => location.assign('/')} onClose={close}>
          It is gone for good and for everybody, with all its notes and strokes.
        </Confirm>
      );
  }
}

/** The same, and if it is not there for this person, why that is: they have it open. */
async function deleteIt(id: string): Promise<Reply<null>> {
  const reply = await deleteBoard(id);
  return reply.reply === 'refused' && reply.status === 404 ? { ...reply, why: 'Only whoever made a board deletes it. It may also have been deleted already.' } : reply;
}

function Keys({ onClose }: { onClose: () => void }) {
  const areSinglesOn = singleKeys.value === 'on';
  return (
    <Dialog title="Keys" onClose={onClose} isWide>
      <dl class="keys">
        {BOARD_KEY_LINES.map(({ keys, does, isSingle = false }) => (
          <div key={does} class={isSingle && !areSinglesOn ? 'is-off' : ''}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-part">
        <label class="check">
          <input type="checkbox" checked={areSinglesOn} onChange={() => (singleKeys.value = areSinglesOn ? 'off' : 'on')} />
          Single keys work outside of fields (switch off if speech or a screen reader types letters)
        </label>
      </div>
      <p class="dialog-part">
        The wheel, or two fingers, move what is seen; with Ctrl the wheel makes it larger. Dragging the empty board moves it, too.
      </p>
    </Dialog>
  );
}

function ChangeDialog({ onClose }: { onClose: () => void }) {
  const desk = useBoard();
  const id = useId();
  const title = useRef<HTMLInputElement>(null);
  const head = desk.head.value;
  const state = useSignal<CaseState>(head.ownState);
  const ofClass = classWords(head, 'board');
  const sending = useSending();
  const save = (close: () => void): void => {
    const name = title.current?.value.trim() ?? '';
    if (name === '') {
      sending.refuse('A board needs a title.');
      title.current?.focus();
      return;
    }
    const change: BoardChange = {
      ...(name === head.title ? {} : { title: name }),
      ...(state.peek() === head.ownState ? {} : { state: state.peek() }),
    };
    void sending.send(() => changeBoard(head.id, change), async () => {
      // What its class leaves of the state is the host's to say.
      const answer = await fetchBoard(head.id);
      desk.head.value = answer.reply === 'found' ? answer.found : { ...head, title: name, ownState: state.peek() };
      document.title = `${name} · Glossator`;
      close();
    });
  };
  return (
    <Dialog title="Rename or lock this board" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const dialog = event.currentTarget.closest('dialog');
          save(() => dialog?.close());
        }}
      >
        <label for={`${id}-title`}>Title</label>
        <input ref={title} id={`${id}-title`} dir="auto" defaultValue={head.title} maxLength={TITLE_MAX} autocomplete="off" aria-describedby={`${id}-problem`} />
        <fieldset class="choices">
          <legend>State</legend>
          {CASE_STATES.map((each) => (
            <label class="check" key={each}>
              <input type="radio" name="state" checked={state.value === each} onChange={() => (state.value = each)} />
              {STATE_CHOICES[each]}
            </label>
          ))}
          {ofClass !== null && <p class="hint">{ofClass}</p>}
        </fieldset>
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Save
          </button>
        </p>
      </form>
    </Dialog>
  );
}
