// What a closed card shows of its thread: who began it, the first words, and how much more there is.

import type { ReadonlySignal } from '@preact/signals';

import type { Highlight } from '../../marginalia/model.ts';
import { useDesk } from '../desk/desk.ts';
import { Byline } from './byline.tsx';

export function Preview({ id, highlight }: { id: string; highlight: ReadonlySignal<Highlight> }) {
  const comments = useDesk().marginalia.commentsOf(id).value;
  const first = comments[0];
  return (
    <>
      <Byline thing={first ?? highlight.value} />
      {first !== undefined && (
        <p class="preview" dir="auto">
          {first.text}
        </p>
      )}
      {comments.length > 1 && (
        <p class="more">{comments.length === 2 ? '1 more comment' : `${comments.length - 1} more comments`}</p>
      )}
    </>
  );
}
