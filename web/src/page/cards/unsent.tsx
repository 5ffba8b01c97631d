// What somebody had begun to write who may not post it any more.

import { useDesk } from '../desk/desk.ts';

export function Unsent() {
  const desk = useDesk();
  const words = desk.drafts.read({ kind: 'comment', id: desk.active.value ?? '' });
  return (
    <div class="comment">
      <p class="hint">You had begun to write this. You may not post it any more; copy it if you need it.</p>
      <div class="words" dir="auto">
        {words}
      </div>
    </div>
  );
}
