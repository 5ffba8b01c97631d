// The cases of a class; its staff add some, and change when and how they are open.

import { signal } from '@preact/signals';

import { leads } from '../../api/classes.ts';
import type { ClassCase, WholeClass } from '../../api/classes.ts';
import { divideCase } from '../../api/sections.ts';
import { Icon } from '../base/icons.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { ShareDialog } from '../share/late.ts';
import { AddCaseDialog } from './add_case_dialog.tsx';
import { refresh, say } from './class_state.ts';
import { CaseDialog, CopyDialog } from './late_dialogs.ts';
import { counted, whenWords } from './words.ts';

const KIND_WORDS = { judgment: 'Judgment', conversation: 'AI conversation', text: 'Text' } as const;

type Open = { dialog: 'none' | 'add' } | { dialog: 'change' | 'copy' | 'share'; of: ClassCase };
const open = signal<Open>({ dialog: 'none' });

export function CasesPart({ whole }: { whole: WholeClass }) {
  const { cases, role, state } = whole;
  const mayChange = leads(role);
  return (
    <section aria-label="Cases">
      {mayChange && state !== 'archived' && (
        <p class="row part-head">
          <button type="button" class="primary" onClick={() => (open.value = { dialog: 'add' })}>
            <Icon name="plus" />
            Add a case
          </button>
        </p>
      )}
      {cases.length === 0 ? (
        <p class="hint">
          {mayChange ? 'No case yet. Add one of yours; a text becomes a case on the page “Your cases”.' : 'No case yet. They appear here as soon as they are given out.'}
        </p>
      ) : (
        <ul class="cases">
          {cases.map((each) => (
            <CaseRow key={each.id} of={each} mayChange={mayChange} />
          ))}
        </ul>
      )}
      {mayChange && state !== 'archived' && <MissingCases whole={whole} />}
      <Opened whole={whole} />
    </section>
  );
}

function CaseRow({ of, mayChange }: { of: ClassCase; mayChange: boolean }) {
  // Cases of several sections have one title.
  const name = of.section === null ? of.title : `${of.title} of ${of.section.name}`;
  const length = of.paragraphs > 0 ? [counted(of.paragraphs, 'paragraph', 'paragraphs')] : [];
  return (
    <li>
      <a href={`/c/${of.id}`} dir="auto">
        {of.title}
      </a>
      <div class="case-foot">
        <p class="facts">
          {[KIND_WORDS[of.kind], ...length].join(' · ')} {of.section !== null && <span class="badge">{of.section.name}</span>} <Standing of={of} />
        </p>
        {mayChange && (
          <span class="row">
            <button type="button" class="link" aria-label={`Change ${name}`} onClick={() => (open.value = { dialog: 'change', of })}>
              Change
            </button>
            <button type="button" class="link" aria-label={`Copy ${name}`} onClick={() => (open.value = { dialog: 'copy', of })}>
              Copy
            </button>
            <button type="button" class="link" aria-label={`Share ${name}`} onClick={() => (open.value = { dialog: 'share', of })}>
              Share
            </button>
          </span>
        )}
      </div>
    </li>
  );
}

/** Sections that came after a text was given to all of them. */
function MissingCases({ whole }: { whole: WholeClass }) {
  const texts = new Map(whole.cases.filter(({ section }) => section !== null).map((each) => [each.text, each]));
  return (
    <>
      {[...texts].map(([text, of]) => {
        const have = new Set(whole.cases.filter((each) => each.text === text).map(({ section }) => section?.id));
        const without = whole.sections.filter(({ id }) => !have.has(id));
        return without.length === 0 ? null : <MissingCase key={text} of={of} classId={whole.id} names={without.map(({ name }) => name)} />;
      })}
    </>
  );
}

function MissingCase({ of, classId, names }: { of: ClassCase; classId: string; names: readonly string[] }) {
  const sending = useSending();
  const give = (): Promise<void> => sending.send(() => divideCase(classId, of.id, null), async () => {
    await refresh();
    say(`${names.join(', ')} has the case, too.`);
  });
  return (
    <div class="notice-line">
      <p>
        {names.join(', ')} {names.length === 1 ? 'has' : 'have'} no case of “<span dir="auto">{of.title}</span>”.{' '}
        <button type="button" class="link" aria-disabled={sending.isSending.value} onClick={() => void give()}>
          Add it
        </button>
      </p>
      <Problem words={sending.problem.value} />
    </div>
  );
}

/** Said only where it is not as usual. */
function Standing({ of }: { of: ClassCase }) {
  const from = of.visibleFrom === null ? Number.NaN : Date.parse(of.visibleFrom);
  return (
    <>
      {of.state !== 'open' && <span class="badge">{of.state}</span>} {from > Date.now() && <span class="badge">hidden until {whenWords(of.visibleFrom)}</span>}
    </>
  );
}

function Opened({ whole }: { whole: WholeClass }) {
  const now = open.value;
  const close = (): void => void (open.value = { dialog: 'none' });
  switch (now.dialog) {
    case 'none':
      return null;
    case 'add':
      return <AddCaseDialog whole={whole} onClose={close} />;
    case 'change':
      return (
        <CaseDialog
          of={now.of}
          // What an anonymous class has stays in it.
          within={{ id: whole.id, letsGo: leads(whole.role) && !whole.anonymous }}
          changed={async (words) => {
            await refresh();
            say(words);
          }}
          onClose={close}
        />
      );
    case 'copy':
      return <CopyDialog of={now.of} classId={whole.id} onClose={close} />;
    case 'share':
      return <ShareDialog caseId={now.of.id} title={now.of.title} onClose={close} />;
  }
}
