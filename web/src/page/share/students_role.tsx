// The choice of what the students of a class may do on one of its cases or boards: what the class says, or something else.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { setStudentsRole } from '../../api/places.ts';
import type { Place, StudentsMay } from '../../api/places.ts';
import { DEFAULT_ROLES } from '../../api/shares.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { studentsWords } from './class_rows.ts';

type StudentsRoleProps = {
  caseId: string;
  what: 'case' | 'board';
  place: Pick<Place, 'section' | 'state' | 'students'>;
  className: string;
  changed: (students: StudentsMay) => void;
};

/** For whoever may say it, where there is a class to say it of. */
export function StudentsRole({ caseId, what, place, className, changed }: StudentsRoleProps) {
  const id = useId();
  const said = useSignal('');
  const sending = useSending();
  /** The newest choice, until it has been sent; one that is made while another is on its way goes when that is done. */
  const wanted = useSignal<{ here: DefaultRole | null } | null>(null);
  const { section, students } = place;
  if (students === null) {
    return null;
  }
  const who = `Students of ${section?.name ?? className}`;
  const choose = async (here: DefaultRole | null): Promise<void> => {
    said.value = '';
    wanted.value = { here };
    if (sending.isSending.peek()) {
      return;
    }
    for (let now = wanted.peek(); now !== null; ) {
      const sent = now;
      await sending.send(() => setStudentsRole(what, caseId, sent.here), () => {
        changed({ ...students, here: sent.here });
        if (wanted.peek() === sent) {
          said.value = studentsWords(who, what, place, sent.here);
        }
      });
      now = wanted.peek() === sent ? null : wanted.peek();
    }
    wanted.value = null;
  };
  return (
    <>
      <div class="row students-role">
        <label for={id} dir="auto">
          {who} may
        </label>
        <select id={id} value={(wanted.value ?? students).here ?? ''} onChange={({ currentTarget: { value } }) => void choose(DEFAULT_ROLES.find((role) => role === value) ?? null)}>
          <option value="">as the class says ({students.inClass})</option>
          {DEFAULT_ROLES.map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
      </div>
      <Problem words={sending.problem.value} />
      <p class="hint" role="status">
        {said.value}
      </p>
    </>
  );
}
