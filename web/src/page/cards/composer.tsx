// A field for a comment. What is typed is kept as a draft, so that neither a reload nor a closed card loses a word.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import type { DraftOf } from '../../marginalia/drafts.ts';
import { commentProblem } from '../../marginalia/marginalia.ts';
import { allowed, mayComment } from '../desk/actions.ts';
import { fetchRest, prefetchSoon } from '../base/parts.ts';
import { useDesk } from '../desk/desk.ts';
import { complain } from '../desk/with_rest.ts';

type ComposerProps = {
  what: DraftOf;
  label: string;
  button: string;
  /** What stands in the field when there is no draft. */
  first?: string;
  takesFocus?: boolean;
  /** Posts; false if what it belongs to is gone. */
  send: (text: string) => boolean;
  /** Posted or thrown away; without it, the field stays. */
  onDone?: () => void;
};

const DRAFT_MS = 300;

export function Composer({ what, label, button, first = '', takesFocus = false, send, onDone }: ComposerProps) {
  const desk = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const id = useId();
  // The field is the browser's: its value is never written while it is being typed into.
  const start = useRef(desk.drafts.read(what) || first);
  const hasWords = useSignal(start.current.trim() !== '');
  const latest = useRef(start.current);
  const keepDraft = (): void => {
    if (timer.current !== undefined) {
      clearTimeout(timer.current);
      timer.current = undefined;
      desk.drafts.write(what, latest.current === first ? '' : latest.current);
    }
  };
  useEffect(() => {
    addEventListener('pagehide', keepDraft);
    return () => {
      removeEventListener('pagehide', keepDraft);
      keepDraft();
    };
  }, []);
  useEffect(() => {
    const area = field.current;
    const { writing } = desk;
    if (area !== null && (takesFocus || (what.kind === 'comment' && writing.peek()?.highlight === what.id))) {
      area.focus({ preventScroll: true });
      area.setSelectionRange(area.value.length, area.value.length);
      writing.value = null;
    }
  }, [takesFocus, what.kind === 'comment' ? desk.writing.value : null]);
  const giveUpDraft = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    desk.drafts.forget(what);
  };
  const post = (): void => {
    const area = field.current;
    if (area === null || !allowed(desk, mayComment(desk))) {
      return;
    }
    switch (commentProblem(area.value)) {
      case 'blank':
        area.focus();
        return;
      case 'too_long':
        void complain(desk, 'comment_too_long');
        return;
      case null:
        break;
    }
    if (!send(area.value)) {
      void complain(desk, 'not_posted');
      return;
    }
    giveUpDraft();
    desk.notices.say('Posted.');
    prefetchSoon();
    area.value = '';
    hasWords.value = false;
    onDone?.();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        post();
      }}
    >
      <label class="composer-label" for={id}>
        {label}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={2}
        dir="auto"
        placeholder={`${label}…`}
        defaultValue={start.current}
        onInput={({ currentTarget }) => {
          latest.current = currentTarget.value;
          if (currentTarget.value.includes('@')) {
            void fetchRest().then(({ mention }) => mention(desk, currentTarget), () => {});
          }
          hasWords.value = currentTarget.value.trim() !== '';
          clearTimeout(timer.current);
          timer.current = setTimeout(keepDraft, DRAFT_MS);
        }}
        onBlur={keepDraft}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            post();
          } else if (event.key === 'Escape' && onDone !== undefined) {
            event.stopPropagation();
            giveUpDraft();
            onDone();
          }
        }}
      />
      {(hasWords.value || onDone !== undefined) && (
        <p class="composer-tools">
          <button type="submit" class="primary">
            {button}
          </button>
          {onDone !== undefined && (
            <button type="button" class="quiet" onClick={() => (giveUpDraft(), onDone())}>
              Cancel
            </button>
          )}
          <span class="hint">Ctrl + Enter</span>
        </p>
      )}
    </form>
  );
}
