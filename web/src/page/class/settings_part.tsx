// The settings of a class: its name, what students may do, and whether it is open.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { changeClass } from '../../api/classes.ts';
import type { ClassChange, ClassState, DefaultRole, WholeClass } from '../../api/classes.ts';
import { Confirm } from '../base/confirm.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { DefaultRoles } from './default_roles.tsx';
import { CLASS_NAME_MAX } from './new_class_dialog.tsx';

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
