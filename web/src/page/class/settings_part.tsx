// The settings of a class: its name, what students may do, and whether it is open.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { changeClass, setRetention } from '../../api/classes.ts';
import type { ClassChange, ClassState, WholeClass } from '../../api/classes.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { Confirm } from '../base/confirm.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { DefaultRoles } from './default_roles.tsx';
import { CLASS_NAME_MAX } from './new_class_dialog.tsx';
import { whenWords } from './words.ts';

export function SettingsPart({ whole }: { whole: WholeClass }) {
  const id = useId();
  const sending = useSending();
  const role = useSignal<DefaultRole>(whole.defaultRole);
  return (
    <>
      <section aria-label="Name and roles">
        <form
          class="stacked narrow"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            const field = event.currentTarget.elements.namedItem('name');
            const name = field instanceof HTMLInputElement ? field.value.trim() : '';
            if (name === '') {
              sending.refuse('A class needs a name.');
              return;
            }
            const change: ClassChange = {
              ...(name === whole.name ? {} : { name }),
              ...(role.peek() === whole.defaultRole ? {} : { default_role: role.peek() }),
            };
            void sending.send(() => changeClass(whole.id, change), async () => {
              await refresh();
              say('The settings have been saved.');
            });
          }}
        >
          <label for={id}>Name of the class</label>
          <input id={id} name="name" dir="auto" defaultValue={whole.name} maxLength={CLASS_NAME_MAX} autocomplete="off" aria-describedby={`${id}-problem`} />
          <DefaultRoles chosen={role.value} choose={(chosen) => (role.value = chosen)} />
          <Problem words={sending.problem.value} id={`${id}-problem`} />
          <p class="row">
            <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
              Save
            </button>
          </p>
        </form>
      </section>
      <StateSection whole={whole} />
      <RetentionSection whole={whole} />
    </>
  );
}

type Step = { to: ClassState; button: string; title: string; action: string; words: string };

const LOCK: Step = { to: 'locked', button: 'Lock', title: 'Lock this class?', action: 'Lock it', words: 'Students and tutors can then read its cases, and write nothing until it is opened again.' };
const ARCHIVE: Step = { to: 'archived', button: 'Archive', title: 'Archive this class?', action: 'Archive it', words: 'Its cases can then be read, and nobody writes in them, you neither. It can be opened again.' };
const OPEN: Step = { to: 'open', button: 'Open again', title: 'Open this class again?', action: 'Open it', words: 'Everybody in it may then do again what their role allows.' };
const STEPS: Readonly<Record<ClassState, readonly Step[]>> = { open: [LOCK, ARCHIVE], locked: [OPEN, ARCHIVE], archived: [OPEN] };
const NOW_WORDS: Readonly<Record<ClassState, string>> = {
  open: 'The class is open.',
  locked: 'The class is locked: only the owners of its cases write.',
  archived: 'The class is archived: nobody writes in its cases.',
};

function StateSection({ whole }: { whole: WholeClass }) {
  const asked = useSignal<Step | null>(null);
  const step = asked.value;
  return (
    <section aria-label="State">
      <h2>State</h2>
      <p class="hint">{NOW_WORDS[whole.state]}</p>
      <p class="row">
        {STEPS[whole.state].map((each) => (
          <button type="button" class="quiet framed" key={each.to} onClick={() => (asked.value = each)}>
            {each.button}
          </button>
        ))}
      </p>
      {step !== null && (
        <Confirm
          title={step.title}
          action={step.action}
          question={() => changeClass(whole.id, { state: step.to })}
          done={async () => {
            await refresh();
            say(NOW_WORDS[step.to]);
          }}
          onClose={() => (asked.value = null)}
        >
          {step.words}
        </Confirm>
      )}
    </section>
  );
}

const KEPT: readonly (readonly [number, string])[] = [[0, 'For ever'], [30, '30 days'], [180, 'Half a year'], [365, 'A year'], [1_095, 'Three years'], [1_825, 'Five years'], [3_650, 'Ten years']];

function RetentionSection({ whole }: { whole: WholeClass }) {
  const id = useId();
  const sending = useSending();
  const { days, until } = whole.retention;
  const known = KEPT.some(([each]) => each === (days ?? 0));
  return (
    <section aria-label="How long its cases are kept">
      <h2>How long its cases are kept</h2>
      <div class="stacked narrow">
        <label for={id}>After the class was archived</label>
        <select
          id={id}
          value={String(days ?? 0)}
          aria-busy={sending.isSending.value}
          aria-describedby={`${id}-hint`}
          onChange={({ currentTarget }) => {
            const chosen = Number(currentTarget.value);
            void sending.send(() => setRetention(whole.id, chosen === 0 ? null : chosen), async () => {
              await refresh();
              say('How long cases are kept has been saved.');
            });
          }}
        >
          {KEPT.map(([each, words]) => (
            <option key={each} value={String(each)}>
              {words}
            </option>
          ))}
          {!known && <option value={String(days)}>{days} days</option>}
        </select>
        <Problem words={sending.problem.value} />
        <p class="hint" id={`${id}-hint`}>
          {retentionWords(until, days)}
        </p>
      </div>
    </section>
  );
}

function retentionWords(until: string | null, days: number | null): string {
  if (until !== null) {
    return `Its cases and boards, with all that was written in them, are deleted for good on ${whenWords(until)}. Open the class again, or choose a longer time, to keep them.`;
  }
  return days === null
    ? 'Its cases and boards stay until somebody deletes them.'
    : 'Then its cases and boards are deleted for good, with all that was written in them; not within a week of choosing so or archiving it.';
}
