// Giving a class one of one's own cases, at once or later.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import { addCase } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import { divideCase } from '../../api/sections.ts';
import { fetchCases } from '../../text/fetch_list.ts';
import type { ListedCase } from '../../text/fetch_list.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { momentOf } from './moments.ts';

type Choice = { choice: 'coming' } | { choice: 'failed'; why: string } | { choice: 'here'; cases: readonly ListedCase[] };

export function AddCaseDialog({ whole, onClose }: { whole: WholeClass; onClose: () => void }) {
  const id = useId();
  const which = useRef<HTMLSelectElement>(null);
  const from = useRef<HTMLInputElement>(null);
  const choice = useSignal<Choice>({ choice: 'coming' });
  const isDivided = useSignal(false);
  const sending = useSending();
  useEffect(() => {
    void fetchCases().then((answer) => {
      const has = new Set(whole.cases.map((each) => each.id));
      choice.value =
        answer.answer === 'found'
          ? { choice: 'here', cases: answer.cases.filter((head) => !head.sample && !has.has(head.id) && head.classId === null) }
          : { choice: 'failed', why: answer.answer === 'unreadable' ? answer.why : 'you are signed out' };
    });
  }, []);
  const now = choice.value;
  return (
    <Dialog title="Add a case" onClose={onClose}>
      {now.choice === 'coming' && <p role="status">Your cases are being fetched.</p>}
      {now.choice === 'failed' && <Problem words={`Your cases cannot be listed: ${now.why}.`} />}
      {now.choice === 'here' && now.cases.length === 0 && (
        <p>
          You have no case that is not in a class. <a href="/">Make one</a> of a text, then add it here.
        </p>
      )}
      {now.choice === 'here' && now.cases.length > 0 && (
        <form
          class="stacked"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            const dialog = event.currentTarget.closest('dialog');
            const caseId = which.current?.value ?? '';
            const moment = momentOf(from.current?.value ?? '');
            const question = () => (isDivided.peek() ? divideCase(whole.id, caseId, moment) : addCase(whole.id, caseId, moment));
            void sending.send<unknown>(question, async () => {
              await refresh();
              say(isDivided.peek() ? 'Each section has the case.' : 'The case has been added.');
              dialog?.close();
            });
          }}
        >
          <label for={`${id}-case`}>Case</label>
          <select ref={which} id={`${id}-case`} aria-describedby={`${id}-problem`}>
            {now.cases.map((head) => (
              <option key={head.id} value={head.id}>
                {head.title}
              </option>
            ))}
          </select>
          {whole.sections.length > 0 && (
            <fieldset class="choices">
              <legend>Who reads it together</legend>
              <label class="check">
                <input type="radio" name="division" checked={!isDivided.value} onChange={() => (isDivided.value = false)} />
                The whole class
              </label>
              <label class="check">
                <input type="radio" name="division" checked={isDivided.value} onChange={() => (isDivided.value = true)} />
                Each section by itself: the same text, a margin for each
              </label>
            </fieldset>
          )}
          <label for={`${id}-from`}>Visible from</label>
          <input ref={from} id={`${id}-from`} type="datetime-local" aria-describedby={`${id}-hint`} />
          <p class="hint" id={`${id}-hint`}>
            Empty: the class sees it at once.
          </p>
          <Problem words={sending.problem.value} id={`${id}-problem`} />
          <p class="row end">
            <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
              Add it
            </button>
          </p>
        </form>
      )}
    </Dialog>
  );
}
