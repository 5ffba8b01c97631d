// A new case: a title, and a text that is pasted or chosen as a file.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

import { Dialog } from '../base/dialog.tsx';
import { CONTENT_BYTES_MAX, formatOf, makeCase, titleOf } from './new_case.ts';
import type { CaseFormat } from './new_case.ts';

const FORMATS: readonly { value: CaseFormat; label: string; hint: string }[] = [
  { value: 'text', label: 'Plain text', hint: 'Empty lines part paragraphs; numbers such as [12] are kept.' },
  { value: 'markdown', label: 'Markdown', hint: 'Headings, quotations and lists are kept.' },
  { value: 'html', label: 'HTML', hint: 'Only the words and their order are kept; scripts and pictures are not.' },
  {
    value: 'conversation',
    label: 'AI conversation',
    hint: 'Select everything in the assistant’s window, copy, and paste. Turns are told apart by speaker.',
  },
];

export function NewCaseDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const title = useRef<HTMLInputElement>(null);
  const content = useRef<HTMLTextAreaElement>(null);
  const format = useSignal<CaseFormat>('text');
  const problem = useSignal<{ words: string; at: 'title' | 'content' } | null>(null);
  const isSending = useSignal(false);
  const refuse = (words: string, at: 'title' | 'content'): void => {
    problem.value = { words, at };
    (at === 'title' ? title : content).current?.focus();
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined || content.current === null || title.current === null) {
      return;
    }
    if (file.size > CONTENT_BYTES_MAX) {
      refuse(`${file.name} is too large: a case may have up to 4 MB.`, 'content');
      return;
    }
    const words = decodeText(await file.arrayBuffer());
    if (words === null) {
      refuse(`${file.name} is not a text file. Text, Markdown and HTML can be read; save other documents as one of these.`, 'content');
      return;
    }
    problem.value = null;
    content.current.value = words;
    format.value = formatOf(file.name, file.type);
    title.current.value ||= titleOf(file.name);
  };
  const send = async (): Promise<void> => {
    const name = title.current?.value.trim() ?? '';
    const words = content.current?.value ?? '';
    if (name === '') {
      refuse('A case needs a title.', 'title');
    } else if (words.trim() === '') {
      refuse('Paste a text, or choose a file.', 'content');
    } else if (!isSending.value) {
      isSending.value = true;
      const made = await makeCase({ title: name, format: format.value, content: words });
      isSending.value = false;
      if (made.made === 'case') {
        location.assign(`/c/${encodeURIComponent(made.id)}`);
      } else {
        refuse(made.why, 'content');
      }
    }
  };
  const problemAt = (place: 'title' | 'content') => problem.value?.at === place;
  return (
    <Dialog title="New case" onClose={onClose} isWide>
      <form
        class="new-case"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for={`${id}-title`}>Title</label>
        <input ref={title} id={`${id}-title`} maxLength={200} autocomplete="off" aria-invalid={problemAt('title')} aria-describedby={`${id}-problem`} />
        <fieldset class="formats">
          <legend>What it is</legend>
          {FORMATS.map(({ value, label }) => (
            <label class="check" key={value}>
              <input type="radio" name="format" checked={format.value === value} onChange={() => (format.value = value)} />
              {label}
            </label>
          ))}
        </fieldset>
        <p class="hint" id={`${id}-hint`}>
          {FORMATS.find(({ value }) => value === format.value)?.hint}
        </p>
        <label for={`${id}-content`}>Text</label>
        <textarea
          ref={content}
          id={`${id}-content`}
          rows={10}
          dir="auto"
          spellcheck={false}
          placeholder="Paste it here, or drop a file."
          aria-invalid={problemAt('content')}
          aria-describedby={`${id}-hint ${id}-problem`}
          onPaste={(event) => {
            const html = format.value === 'html' ? (event.clipboardData?.getData('text/html') ?? '') : '';
            if (html !== '') {
              // Of a page that was copied, its structure is wanted and not only its words.
              event.preventDefault();
              event.currentTarget.setRangeText(html, event.currentTarget.selectionStart, event.currentTarget.selectionEnd, 'end');
            }
          }}
          onDrop={(event) => {
            const file = event.dataTransfer?.files[0];
            if (file !== undefined) {
              event.preventDefault();
              void take(file);
            }
          }}
        />
        <label class="file">
          Or choose a file
          <input type="file" accept=".txt,.md,.markdown,.html,.htm,text/plain,text/markdown,text/html" onChange={({ currentTarget }) => void take(currentTarget.files?.[0])} />
        </label>
        <p class="warning" id={`${id}-problem`} role="alert">
          {problem.value?.words ?? ''}
        </p>
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isSending.value}>
            {isSending.value ? 'Adding…' : 'Add the case'}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** The words of a file; null if it is none of text. */
function decodeText(bytes: ArrayBuffer): string | null {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const words = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return words.includes('\0') ? null : words;
  } catch {
    return null;
  }
}
