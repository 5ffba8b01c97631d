// Leaving a class of which one is a student or a tutor.

import { useSignal } from '@preact/signals';

import { removeMember } from '../../api/classes.ts';
import { Confirm } from '../base/confirm.tsx';

export function LeaveClass({ classId, user }: { classId: string; user: string }) {
  const isAsked = useSignal(false);
  return (
    <p class="row leave-class">
      <button type="button" class="link" onClick={() => (isAsked.value = true)}>
        Leave this class
      </button>
      {isAsked.value && (
        <Confirm
          title="Leave this class?"
          action="Leave the class"
          question={() => removeMember(classId, user)}
          done={() => location.assign('/')}
          onClose={() => (isAsked.value = false)}
        >
          You will not see its cases any more. What you wrote in them stays.
        </Confirm>
      )}
    </p>
  );
}
