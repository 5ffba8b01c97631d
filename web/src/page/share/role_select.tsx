// The choice of what somebody, or a program, may do.

import { SHARE_ROLES } from '../../api/shares.ts';
import type { ShareRole } from '../../api/shares.ts';
import { SHARE_ROLE_WORDS } from '../class/words.ts';

type RoleSelectProps = { role: ShareRole; roles?: readonly ShareRole[]; label: string; choose: (role: ShareRole) => void };

export function RoleSelect({ role, roles = SHARE_ROLES, label, choose }: RoleSelectProps) {
  return (
    <select aria-label={label} value={role} onChange={({ currentTarget }) => choose(currentTarget.value as ShareRole)}>
      {roles.map((each) => (
        <option key={each} value={each}>
          {SHARE_ROLE_WORDS[each]}
        </option>
      ))}
    </select>
  );
}
