// The sections of a class: how many are in each, making and naming them, and dealing out who is in none.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { leads } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import { SECTION_NAME_MAX, createSection, distribute, removeSection, renameSection } from '../../api/sections.ts';
import type { Section } from '../../api/sections.ts';
import { Confirm } from '../base/confirm.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { counted } from './words.ts';

type Asked = { ask: 'nothing' } | { ask: 'new' | 'deal' } | { ask: 'rename' | 'remove'; of: Section };

export function SectionsPart({ whole }: { whole: WholeClass }) {
  const { sections } = whole;
  const asked = useSignal<Asked>({ ask: 'nothing' });
  const mayChange = leads(whole.role);
  const without = studentsIn(whole, null);
  if (sections.length === 0 && !mayChange) {
    return null;
  }
  return (
    <section aria-label="Sections">
      <header class="section-head">
        <h2>Sections</h2>
        {sections.length > 0 && <p class="facts">{without === 0 ? 'Every student is in one' : `${counted(without, 'student is', 'students are')} in none`}</p>}
      </header>
      {sections.length === 0 ? (
        <p class="hint">None. With sections, one text is read by each of them with a margin of its own; students see that of their section, staff see all.</p>
      ) : (
        <ul class="people-rows" aria-label="Sections">
          {sections.map((each) => (
            <li key={each.id}>
              <div class="who">
                <strong dir="auto">{each.name}</strong>
                <span class="facts">{counted(studentsIn(whole, each.id), 'student', 'students')}</span>
              </div>
              {mayChange && (
                <span class="row">
                  <button type="button" class="quiet" aria-label={`Rename section ${each.name}`} onClick={() => (asked.value = { ask: 'rename', of: each })}>
                    Rename
                  </button>
                  <button type="button" class="quiet" aria-label={`Remove section ${each.name}`} onClick={() => (asked.value = { ask: 'remove', of: each })}>
                    Remove
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayChange && (
        <p class="row part-head">
          <button type="button" class="quiet framed" onClick={() => (asked.value = { ask: 'new' })}>
            New section
          </button>
          {sections.length > 0 && without > 0 && (
            <button type="button" class="quiet framed" onClick={() => (asked.value = { ask: 'deal' })}>
              Deal out {counted(without, 'student', 'students')}
            </button>
          )}
        </p>
      )}
      <Opened whole={whole} asked={asked.value} close={() => (asked.value = { ask: 'nothing' })} />
    </section>
  );
}

/** How many students are in a section, or in none, those who were invited included. */
function studentsIn({ members, invited }: WholeClass, section: string | null): number {
  return [...members, ...invited].filter((each) => each.role === 'student' && each.section === section).length;
}

function Opened({ whole, asked, close }: { whole: WholeClass; asked: Asked; close: () => void }) {
  switch (asked.ask) {
    case 'nothing':
      return null;
    case 'new':
      return <NameDialog classId={whole.id} of={null} onClose={close} />;
    case 'rename':
      return <NameDialog classId={whole.id} of={asked.of} onClose={close} />;
    case 'remove':
      return (
        <Confirm
          title={`Remove ${asked.of.name}?`}
          action="Remove the section"
          question={() => removeSection(whole.id, asked.of.id)}
          done={async () => {
            await refresh();
            say(`${asked.of.name} is no section any more.`);
          }}
          onClose={close}
        >
          Whoever is in it is in no section then. A section that has cases cannot be removed.
        </Confirm>
      );
    case 'deal':
      return (
        <Confirm
          title="Deal out the students?"
          action="Deal them out"
          question={() => distribute(whole.id)}
          done={async () => {
            await refresh();
            say('The students have been dealt out to the sections.');
          }}
          onClose={close}
        >
          Each student who is in no section comes to the smallest one, by lot. Nobody is moved who is in one already.
        </Confirm>
      );
  }
}

function NameDialog({ classId, of, onClose }: { classId: string; of: Section | null; onClose: () => void }) {
  const id = useId();
  const sending = useSending();
  return (
    <Dialog title={of === null ? 'New section' : 'Rename the section'} onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const dialog = event.currentTarget.closest('dialog');
          const field = event.currentTarget.elements.namedItem('name');
          const name = field instanceof HTMLInputElement ? field.value.trim() : '';
          if (name === '') {
            sending.refuse('A section needs a name.');
            return;
          }
          const question = () => (of === null ? createSection(classId, name) : renameSection(classId, of.id, name));
          void sending.send<unknown>(question, async () => {
            await refresh();
            say(of === null ? `${name} has been made.` : `The section is called ${name} now.`);
            dialog?.close();
          });
        }}
      >
        <label for={id}>Name</label>
        <input id={id} name="name" dir="auto" autocomplete="off" placeholder="Tuesdays" defaultValue={of?.name ?? ''} maxLength={SECTION_NAME_MAX} aria-describedby={`${id}-problem`} />
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            {of === null ? 'Make it' : 'Save'}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
