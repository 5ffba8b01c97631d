// One private note on words of the text. What is typed is kept by itself, a moment after it was.

import { useEffect, useRef } from 'preact/hooks';

import type { Marginalia } from '../../marginalia/marginalia.ts';
import { reveal } from '../../text/scrolling.ts';
import { isNarrow } from '../base/narrow.ts';
import { paintedId } from './private_paint.ts';
import type { PrivateNotes } from './private_notes.ts';

const PAUSE_MS = 800;

type NoteProps = { id: string; notes: PrivateNotes; marginalia: Marginalia; isReadOnly: boolean };

export function PrivateNote({ id, notes, marginalia, isReadOnly }: NoteProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const label = `private-${id}`;
  const highlight = marginalia.highlights.value.get(id)?.value;
  const comment = marginalia.commentsOf(id).value[0];
  const latest = useRef<string | null>(null);
  const written = comment?.text ?? '';
  const save = (): void => {
    clearTimeout(timer.current);
    const words = latest.current;
    latest.current = null;
    const now = marginalia.commentsOf(id).peek()[0];
    if (words === null || words.trim() === (now?.text ?? '')) {
      return;
    }
    if (now === undefined) {
      marginalia.addComment(id, words);
    } else if (words.trim() === '') {
      marginalia.deleteComment(now.id);
    } else {
      marginalia.editComment(now.id, words);
    }
  };
  useEffect(() => {
    addEventListener('pagehide', save);
    return () => {
      removeEventListener('pagehide', save);
      save();
    };
  }, []);
  useEffect(() => {
    const area = field.current;
    // What was written elsewhere, or taken back; never under the hands of whoever types.
    if (area !== null && latest.current === null && area.value.trim() !== written) {
      area.value = written;
    }
  }, [written]);
  useEffect(() => {
    if (notes.wanted.value === id && notes.isShown.value) {
      notes.wanted.value = null;
      field.current?.scrollIntoView({ block: 'nearest' });
      field.current?.focus({ preventScroll: true });
    }
  }, [notes.wanted.value, notes.isShown.value]);
  if (highlight === undefined) {
    return null;
  }
  const remove = (): void => {
    latest.current = null;
    marginalia.deleteHighlight(id);
    notes.desk.notices.say('Private note deleted.');
    document.getElementById('private-panel')?.focus({ preventScroll: true });
  };
  const goTo = (): void => {
    const sheet = notes.desk.sheet.peek();
    if (isNarrow.peek()) {
      notes.isShown.value = false;
    }
    if (sheet !== null) {
      reveal(sheet.painter, sheet.view.root, paintedId(id));
    }
  };
  return (
    <li class="private-note">
      <blockquote dir="auto">{highlight.target.quote}</blockquote>
      <label class="unseen" for={label}>
        Private note on “{highlight.target.quote}”
      </label>
      <textarea
        ref={field}
        id={label}
        rows={3}
        dir="auto"
        spellcheck
        placeholder="Only you see this…"
        defaultValue={written}
        readOnly={isReadOnly}
        onInput={({ currentTarget }) => {
          latest.current = currentTarget.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(save, PAUSE_MS);
        }}
        onBlur={save}
      />
      <p class="comment-tools">
        {highlight.place === null ? (
          <span class="hint">These words are not in the text.</span>
        ) : (
          <button type="button" class="link" onClick={goTo}>
            Show in the text
          </button>
        )}
        {!isReadOnly && (
          <button type="button" class="link" onClick={remove}>
            Delete
          </button>
        )}
      </p>
    </li>
  );
}
