// The cases of a class; its staff add some, and change when and how they are open.

import { signal } from '@preact/signals';

import { leads } from '../../api/classes.ts';
import type { ClassCase, WholeClass } from '../../api/classes.ts';
import type { Me } from '../../api/me.ts';
import { Icon } from '../base/icons.tsx';
import { ShareDialog } from '../share/share_dialog.tsx';
import { AddCaseDialog } from './add_case_dialog.tsx';
import { CaseDialog } from './case_dialog.tsx';
import { CopyDialog } from './copy_dialog.tsx';
import { LeaveClass } from './leave_class.tsx';
import { counted, whenWords } from './words.ts';

const KIND_WORDS = { judgment: 'Judgment', conversation: 'AI conversation', text: 'Text' } as const;

type Open = { dialog: 'none' | 'add' } | { dialog: 'change' | 'copy' | 'share'; of: ClassCase };
const open = signal<Open>({ dialog: 'none' });

export function CasesPart({ whole, me }: { whole: WholeClass; me: Me }) {
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
      <Opened whole={whole} />
      {!mayChange && <LeaveClass classId={whole.id} user={me.user} />}
    </section>
  );
}

function CaseRow({ of, mayChange }: { of: ClassCase; mayChange: boolean }) {
  const length = of.paragraphs > 0 ? [counted(of.paragraphs, 'paragraph', 'paragraphs')] : [];
  return (
    <li>
      <a href={`/c/${of.id}`} dir="auto">
        {of.title}
      </a>
      <div class="case-foot">
        <p class="facts">
          {[KIND_WORDS[of.kind], ...length].join(' · ')} <Standing of={of} />
        </p>
        {mayChange && (
          <span class="row">
            <button type="button" class="link" aria-label={`Change ${of.title}`} onClick={() => (open.value = { dialog: 'change', of })}>
              Change
            </button>
            <button type="button" class="link" aria-label={`Copy ${of.title}`} onClick={() => (open.value = { dialog: 'copy', of })}>
              Copy
            </button>
            <button type="button" class="link" aria-label={`Share ${of.title}`} onClick={() => (open.value = { dialog: 'share', of })}>
              Share
            </button>
          </span>
        )}
      </div>
    </li>
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
      return <CaseDialog of={now.of} classId={whole.id} onClose={close} />;
    case 'copy':
      return <CopyDialog of={now.of} classId={whole.id} onClose={close} />;
    case 'share':
      return <ShareDialog caseId={now.of.id} title={now.of.title} onClose={close} />;
  }
}
