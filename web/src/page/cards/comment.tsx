// One comment of an open thread.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';

import type { Comment } from '../../marginalia/model.ts';
import { allowed, mayComment, undo } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { Byline } from './byline.tsx';
import { Composer } from './composer.tsx';

/** Replies to replies are told apart by their names, not by ever narrower lines. */
const DEPTH_MAX = 1;

export function CommentItem({ comment, replyTo }: { comment: Comment; replyTo: Signal<string | null> }) {
  const desk = useDesk();
  const isEditing = useSignal(false);
  const { marginalia } = desk;
  const isReplying = replyTo.value === comment.id;
  return (
    <li class="comment" data-depth={Math.min(comment.depth, DEPTH_MAX)} data-comment={comment.id}>
      <Byline thing={comment} />
      {isEditing.value && marginalia.mayEdit(comment) ? (
        <Composer
          what={{ kind: 'edit', id: comment.id }}
          label="Change the comment"
          button="Save"
          first={comment.text}
          takesFocus
          send={(text) => marginalia.editComment(comment.id, text)}
          onDone={() => (isEditing.value = false)}
        />
      ) : (
        <div class="words" dir="auto">
          {comment.text}
        </div>
      )}
      {!isEditing.value && desk.canEdit.value && (
        <p class="comment-tools">
          {mayComment(desk) && (
            <button type="button" class="link" onClick={() => (replyTo.value = isReplying ? null : comment.id)}>
              Reply
            </button>
          )}
          {marginalia.mayEdit(comment) && (
            <button type="button" class="link" onClick={() => (isEditing.value = true)}>
              Edit
            </button>
          )}
          {marginalia.mayDelete(comment) && (
            <button type="button" class="link" onClick={remove}>
              Delete
            </button>
          )}
        </p>
      )}
      {isReplying && mayComment(desk) && (
        <Composer
          what={{ kind: 'reply', id: comment.id }}
          label={`Reply to ${comment.author}`}
          button="Reply"
          takesFocus
          send={(text) => marginalia.addComment(comment.highlightId, text, comment.id) !== null}
          onDone={() => (replyTo.value = null)}
        />
      )}
    </li>
  );

  function remove(): void {
    if (allowed(desk, marginalia.mayDelete(comment))) {
      marginalia.deleteComment(comment.id);
      desk.notices.show('Comment deleted.', { label: 'Undo', run: () => undo(desk) });
      desk.notices.say('Comment deleted. Ctrl Z takes it back.');
      document.getElementById(`card-${comment.highlightId}`)?.focus({ preventScroll: true });
    }
  }
}
