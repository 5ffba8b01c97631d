// A question before something is done that others notice.

import type { ComponentChildren } from 'preact';

import type { Reply } from '../../api/ask.ts';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';
import { useSending } from './sending.ts';

type ConfirmProps = {
  title: string;
  /** What the button says that does it. */
  action: string;
  /** What becomes of it. */
  children: ComponentChildren;
  question: () => Promise<Reply<unknown>>;
  done: () => unknown;
  onClose: () => void;
};

export function Confirm({ title, action, children, question, done, onClose }: ConfirmProps) {
  const sending = useSending();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Problem words={sending.problem.value} />
      <p class="row end">
        <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class="primary"
          aria-disabled={sending.isSending.value}
          onClick={(event) => {
            const dialog = event.currentTarget.closest('dialog');
            void sending.send(question, async () => {
              dialog?.close();
              await done();
            });
          }}
        >
          {action}
        </button>
      </p>
    </Dialog>
  );
}
