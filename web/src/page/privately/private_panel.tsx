// One's private notes, beside the text: on stretches of it, and free ones. All that is here is one's own. Ids are written out:
// those that are drawn count from nought in each tree, and this one stands beside the page's.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { NOTES } from '../../marginalia/marginalia.ts';
import { Icon } from '../base/icons.tsx';
import { NotesBinding } from '../notes/notes_binding.ts';
import { TextareaField } from '../notes/textarea_field.ts';
import { PrivateNote } from './private_note.tsx';
import type { Notebook, PrivateNotes } from './private_notes.ts';

export function PrivatePanel({ notes }: { notes: PrivateNotes }) {
  const panel = useRef<HTMLElement>(null);
  const isShown = notes.isShown.value;
  const now = notes.opening.value;
  useEffect(() => {
    // A note that is wanted has taken it by now.
    if (isShown && panel.current?.contains(document.activeElement) === false) {
      panel.current.focus({ preventScroll: true });
    }
  }, [isShown]);
  const close = (): void => {
    notes.isShown.value = false;
    document.getElementById('text')?.focus({ preventScroll: true });
  };
  return (
    <aside
      ref={panel}
      id="private-panel"
      class="notes-panel private-panel"
      aria-labelledby="private-title"
      tabIndex={-1}
      hidden={!isShown}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
      }}
    >
      <header class="panel-head">
        <h2 id="private-title">Only me</h2>
        {now.at === 'open' && <Steps notebook={now.notebook} />}
        <button type="button" class="quiet square" aria-label="Close your private notes" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <p class="private-promise">
        Private: nobody else sees what you write here, also not who owns the case or teaches the class.
      </p>
      {now.at === 'asking' && <p role="status">Your notes are being opened.</p>}
      {now.at === 'failed' && (
        <>
          <p class="warning" role="alert">
            {now.why}
          </p>
          <button type="button" onClick={() => void notes.open()}>
            Try again
          </button>
        </>
      )}
      {now.at === 'open' && <Open notes={notes} notebook={now.notebook} />}
    </aside>
  );
}

function Steps({ notebook: { marginalia } }: { notebook: Notebook }) {
  return (
    <span class="private-steps">
      <button type="button" class="link" disabled={!marginalia.canUndo.value} onClick={() => marginalia.undo()}>
        Undo
      </button>
      <button type="button" class="link" disabled={!marginalia.canRedo.value} onClick={() => marginalia.redo()}>
        Redo
      </button>
    </span>
  );
}

function Open({ notes, notebook }: { notes: PrivateNotes; notebook: Notebook }) {
  const { marginalia, session } = notebook;
  const area = useRef<HTMLTextAreaElement>(null);
  const text = marginalia.notes;
  const isOver = session.sync.value.state === 'closed';
  useLayoutEffect(() => {
    if (area.current === null) {
      return undefined;
    }
    const binding = new NotesBinding(text, new TextareaField(area.current), marginalia.notesHistory, NOTES);
    return () => binding.stop();
  }, [text]);
  const ids = [...marginalia.order.value, ...marginalia.orphans.value];
  return (
    <>
      <p class="hint" role="status">
        {standing(notebook)}
      </p>
      <div class="private-all">
        {ids.length === 0 ? (
          <p class="hint">Select words in the text and choose “Only me” to make a note on them.</p>
        ) : (
          <ol class="private-list" aria-label="Private notes on the text">
            {ids.map((note) => (
              <PrivateNote key={note} id={note} notes={notes} marginalia={marginalia} isReadOnly={isOver} />
            ))}
          </ol>
        )}
        <label class="private-label" for="private-free">
          Private notes on the whole
        </label>
        <textarea ref={area} id="private-free" class="private-free" rows={8} dir="auto" spellcheck autocomplete="off" readOnly={isOver} />
      </div>
    </>
  );
}

function standing({ session }: Notebook): string {
  const { state } = session.sync.value;
  if (state === 'closed') {
    return 'These notes cannot be opened any more; what is here is the copy of this browser.';
  }
  if (state === 'live') {
    return session.saved.value.unsaved > 0 ? 'Being saved.' : 'Saved.';
  }
  const kept = session.saved.value.storedLocally ? ' What you write is kept in this browser.' : '';
  return `${state === 'waiting' ? 'Not connected.' : 'Connecting.'}${kept}`;
}
