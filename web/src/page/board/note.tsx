// A sticky note: read, moved, and written on.

import { useComputed } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { STICKY_TEXT_UNITS_MAX } from '../../board/limits.ts';
import type { Place, Sticky } from '../../board/model.ts';
import { deleteNote, edit, endEditing, focusNote, move } from './actions.ts';
import { boxOf, useBoard } from './board_desk.ts';
import type { BoardDesk } from './board_desk.ts';
import { NoteTools } from './note_tools.tsx';

const STEP_UNITS = 20;
const FINE_STEP_UNITS = 1;
/** What one writes is shown to the others after so short a pause. */
const PAUSE_MS = 600;
const STEPS: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * Of thousands of notes one is drawn anew only when it, or what is done with it here, has changed: each move of a drag, and
 * each choice, changes what `desk` says, and only that note's own share of it is followed.
 */
export function Note({ of }: { of: ReadonlySignal<Sticky> }) {
  const desk = useBoard();
  const sticky = of.value;
  const { id } = sticky;
  const author = desk.nameOf(sticky.authorId, sticky.author);
  const isEditing = useComputed(() => desk.editing.value === id).value;
  const isSelected = useComputed(() => desk.selected.value === id).value;
  const dragged = useComputed(() => (desk.dragged.value?.id === id ? desk.dragged.value : null)).value;
  // Whatever is dragged, tools would be in its way.
  const hasTools = useComputed(() => desk.selected.value === id && desk.editing.value !== id && desk.dragged.value === null).value;
  const at = dragged ?? sticky;
  const classes = ['note', `paper-${sticky.colour}`, ...(isEditing ? ['is-editing'] : []), ...(dragged === null ? [] : ['is-moving'])];
  return (
    <div
      class={classes.join(' ')}
      data-note={id}
      role="group"
      tabIndex={0}
      aria-label={`Note by ${author}`}
      aria-describedby={isEditing ? undefined : `words-${id}`}
      style={{ transform: `translate(${at.x}px, ${at.y}px)`, zIndex: isSelected ? FIRST_RANK : rankOf(sticky.z) }}
      onFocus={(event) => {
        if (event.target === event.currentTarget) {
          desk.selected.value = id;
          if (event.currentTarget.matches(':focus-visible')) {
            desk.camera.reveal(boxOf(sticky));
          }
        }
      }}
      onKeyDown={(event) => event.target === event.currentTarget && press(desk, id, event)}
    >
      {isEditing ? (
        <Words of={sticky} />
      ) : (
        <p class="note-words" id={`words-${id}`} dir="auto">
          {sticky.text}
          {sticky.text === '' && <span class="unseen">Empty</span>}
        </p>
      )}
      <p class="note-author" dir="auto" aria-hidden="true">
        {author}
      </p>
      {hasTools && <NoteTools sticky={sticky} />}
    </div>
  );
}

/** Beyond what any note's number says: the tools of what is selected lie over all others. */
const FIRST_RANK = '200000';

function rankOf(z: number): string {
  return String(Math.round(z));
}

function press(desk: BoardDesk, id: string, event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const sticky = desk.board.sticky(id);
  if (sticky === null || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (step !== undefined) {
    const far = event.shiftKey ? FINE_STEP_UNITS : STEP_UNITS;
    const place = { x: sticky.x + step.x * far, y: sticky.y + step.y * far };
    if (move(desk, id, place)) {
      desk.camera.reveal(boxOf(place));
    }
  } else if (event.key === 'Enter' || event.key === 'F2') {
    edit(desk, id);
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    deleteNote(desk, id);
  } else {
    return;
  }
  event.preventDefault();
}

function Words({ of: { id, text, author } }: { of: Sticky }) {
  const desk = useBoard();
  const field = useRef<HTMLTextAreaElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const write = (words: string): void => {
    clearTimeout(pause.current);
    const sticky = desk.board.sticky(id);
    if (words === (sticky?.text ?? text)) {
      return;
    }
    if (sticky !== null && desk.mayWrite(sticky)) {
      desk.board.writeSticky(id, words);
    } else {
      // Whoever may not write any more, or whose note somebody has deleted, has the words to copy.
      desk.notices.show(`What you were writing is not kept: ${words}`, null, true);
    }
  };
  useLayoutEffect(() => {
    const area = field.current;
    area?.focus({ preventScroll: true });
    area?.setSelectionRange(area.value.length, area.value.length);
    // What was written by then is kept, however the writing ends.
    return () => {
      if (area !== null) {
        write(area.value);
      }
    };
  }, []);
  useEffect(() => grow(field.current), []);
  return (
    <textarea
      ref={field}
      class="note-words"
      aria-label={`The words of the note by ${author}`}
      dir="auto"
      maxLength={STICKY_TEXT_UNITS_MAX}
      defaultValue={text}
      rows={3}
      onInput={() => {
        grow(field.current);
        clearTimeout(pause.current);
        pause.current = setTimeout(() => write(field.current?.value ?? ''), PAUSE_MS);
      }}
      onKeyDown={(event) => {
        const isEnd = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
        if (isEnd && !event.isComposing) {
          event.preventDefault();
          event.stopPropagation();
          endEditing(desk, id);
          focusNote(id);
        }
      }}
      onBlur={() => endEditing(desk, id)}
    />
  );
}

/** As high as its words. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field !== null) {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }
}
