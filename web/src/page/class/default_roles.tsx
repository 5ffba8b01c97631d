// The choice of what students may do.

import { useId } from 'preact/hooks';

import { DEFAULT_ROLES } from '../../api/shares.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { DEFAULT_ROLE_WORDS } from './words.ts';

export function DefaultRoles({ chosen, choose }: { chosen: DefaultRole; choose: (role: DefaultRole) => void }) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>Students may</legend>
      {DEFAULT_ROLES.toReversed().map((role) => (
        <label class="check" key={role}>
          <input type="radio" name={name} checked={chosen === role} onChange={() => choose(role)} />
          {DEFAULT_ROLE_WORDS[role]}
        </label>
      ))}
    </fieldset>
  );
}
