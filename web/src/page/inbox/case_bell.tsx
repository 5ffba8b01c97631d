// The bell on the page of a case: for whoever has signed in, since to a mere name nobody tells anything.

import { isAccount } from '../base/account.ts';
import { useDesk } from '../desk/desk.ts';
import { Bell } from './bell.tsx';

export function CaseBell() {
  return isAccount(useDesk().me.id) ? <Bell /> : null;
}
