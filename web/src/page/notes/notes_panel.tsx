// The shared notes of a case, beside everything else. The panel stays on the page while it is closed, so that nothing of
// the field is lost: caret, scroll, and what an input method is composing.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { NOTES } from '../../marginalia/marginalia.ts';
import { Icon } from '../base/icons.tsx';
import { useDesk } from '../desk/desk.ts';
import { NotesBinding } from './notes_binding.ts';
import { TextareaField } from './textarea_field.ts';

export function NotesPanel() {
  const desk = useDesk();
  const area = useRef<HTMLTextAreaElement>(null);
  const { marginalia, session } = desk;
  const isOpen = desk.areNotesOpen.value;
  const isReady = session.hasDocument.value;
  const text = marginalia.notes;
  // Before the field is seen: what is typed into it at once must not be lost.
  useLayoutEffect(() => {
    if (area.current === null || !isReady) {
      return undefined;
    }
    const binding = new NotesBinding(text, new TextareaField(area.current), marginalia.notesHistory, NOTES);
    return () => binding.stop();
  }, [text, isReady]);
  useEffect(() => {
    if (isOpen) {
      area.current?.focus({ preventScroll: true });
    }
  }, [isOpen]);
  return (
    <aside id="notes-panel" class="notes-panel" aria-labelledby="notes-title" hidden={!isOpen}>
      <header class="panel-head">
        <h2 id="notes-title">Shared notes</h2>
        <button type="button" class="quiet square" aria-label="Close the notes" onClick={() => (desk.areNotesOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <label class="unseen" for="notes">
        Shared notes of everybody in this case
      </label>
      <textarea
        ref={area}
        id="notes"
        dir="auto"
        spellcheck
        autocomplete="off"
        readOnly={!isReady || !desk.canEdit.value || !marginalia.mayWriteFreely}
        placeholder={!isReady ? 'The notes are not here yet.' : marginalia.mayWriteFreely ? 'Write here. Everybody in this case sees it at once.' : 'Nothing is written here yet.'}
      />
    </aside>
  );
}
