// The choice of what the students of a class may do on one of its cases or boards: what the class says, or something else.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { setStudentsRole } from '../../api/places.ts';
import type { Place, StudentsMay } from '../../api/places.ts';
import { DEFAULT_ROLES } from '../../api/shares.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { SHARE_ROLE_WORDS } from '../class/words.ts';

type StudentsRoleProps = {
  caseId: string;
  what: 'case' | 'board';
  place: Pick<Place, 'section' | 'students'>;
  className: string;
  changed: (students: StudentsMay) => void;
};

/** For whoever may say it, where there is a class to say it of. */
export function StudentsRole({ caseId, what, place, className, changed }: StudentsRoleProps) {
  const id = useId();
  const said = useSignal('');
  const sending = useSending();
  const { section, students } = place;
  if (students === null) {
    return null;
  }
  const who = `Students of ${section?.name ?? className}`;
  const choose = (here: DefaultRole | null): void => {
    said.value = '';
    void sending.send(() => setStudentsRole(what, caseId, here), () => {
      changed({ ...students, here });
      said.value = here === null ? `${who} ${SHARE_ROLE_WORDS[students.inClass]}, as the class says.` : `${who} ${SHARE_ROLE_WORDS[here]} this ${what}.`;
    });
  };
  return (
    <>
      <div class="row students-role">
        <label for={id} dir="auto">
          {who} may
        </label>
        <select id={id} value={students.here ?? ''} onChange={({ currentTarget: { value } }) => choose(DEFAULT_ROLES.find((role) => role === value) ?? null)}>
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
