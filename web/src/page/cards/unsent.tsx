// What somebody had begun to write in an open card who may not post it any more.

import { useSignal } from '@preact/signals';

import { useDesk } from '../desk/desk.ts';
import { threadOf } from './thread.tsx';

export function Unsent() {
  const desk = useDesk();
  const all = desk.drafts.about(threadOf(desk, desk.active.value ?? ''));
  return (
    <div class="unsent">
      <p class="hint">You had begun to write this, and may not post it any more. It is kept in this browser.</p>
      {all.map((words) => (
        <OneUnsent key={words} words={words} />
      ))}
    </div>
  );
}

function OneUnsent({ words }: { words: string }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    // Where the browser does not let this page copy, the words can still be selected.
    copied.value = await navigator.clipboard.writeText(words).then(() => true, () => false);
  };
  return (
    <div class="comment" data-depth="1">
      <div class="words" dir="auto">
        {words}
      </div>
      <p class="comment-tools">
        <button type="button" class="link" onClick={() => void copy()}>
          {copied.value ? 'Copied' : 'Copy'}
        </button>
      </p>
    </div>
  );
}
