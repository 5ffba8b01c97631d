// The whole discussion of an annotation, and the field to join it. Only an open card has one.

import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { Highlight } from '../../marginalia/model.ts';
import { Part } from '../base/part.tsx';
import { mayComment } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import type { Desk } from '../desk/desk.ts';
import { Byline } from './byline.tsx';
import { CommentItem } from './comment.tsx';
import { Composer } from './composer.tsx';

/** A highlight and its comments, by their ids. */
export function threadOf({ marginalia }: Desk, id: string): string[] {
  return [id, ...marginalia.commentsOf(id).value.map((comment) => comment.id)];
}

export function Thread({ id, highlight }: { id: string; highlight: ReadonlySignal<Highlight> }) {
  const desk = useDesk();
  const comments = desk.marginalia.commentsOf(id).value;
  const replyTo = useSignal<string | null>(null);
  const { resolvedAt, resolvedBy, author, authorId } = highlight.value;
  const isOthersFirst = comments[0] !== undefined && (comments[0].authorId !== authorId || comments[0].author !== author);
  return (
    <div class="thread">
      {(comments.length === 0 || isOthersFirst) && <Byline thing={highlight.value} did="marked this" />}
      {comments.length > 0 && (
        <ol class="comments" aria-label="Comments">
          {comments.map((comment) => (
            <CommentItem key={comment.id} comment={comment} replyTo={replyTo} />
          ))}
        </ol>
      )}
      {resolvedAt !== null && <p class="more">Resolved{resolvedBy === null ? '' : ` by ${resolvedBy}`}.</p>}
      {mayComment(desk) ? (
        <Composer
          what={{ kind: 'comment', id }}
          label={comments.length === 0 ? 'Comment' : 'Add to the discussion'}
          button="Comment"
          send={(text) => desk.marginalia.addComment(id, text) !== null}
        />
      ) : (
        desk.drafts.about(threadOf(desk, id)).length > 0 && <Part name="Unsent" />
      )}
    </div>
  );
}
