// Who of a class may do what with one of its cases or boards, in words. Pure.

import type { Member, WholeClass } from '../../api/classes.ts';
import type { Place } from '../../api/places.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { SHARE_ROLE_WORDS } from '../class/words.ts';

/** Null where their number is not known. */
export type ClassRow = { readonly who: string; readonly number: number | null; readonly may: string };

export function classRows(whole: Pick<WholeClass, 'defaultRole' | 'members'>, place: Pick<Place, 'section' | 'state' | 'students'>): readonly ClassRow[] {
  const { section, state } = place;
  const { members } = whole;
  const studentsMay = place.students?.here ?? whole.defaultRole;
  const number = (is: (member: Member) => boolean): number | null => (members.length === 0 ? null : members.filter(is).length);
  const students = number((member) => member.role === 'student' && (section === null || member.section === section.id));
  return [
    { who: section === null ? 'Students' : `Students of ${section.name}`, number: students, may: SHARE_ROLE_WORDS[state === 'open' ? studentsMay : 'read'] },
    { who: 'Tutors', number: number(({ role }) => role === 'tutor'), may: SHARE_ROLE_WORDS[state === 'open' ? 'annotate' : 'read'] },
    { who: 'Instructors and coordinators', number: number(({ role }) => role === 'instructor' || role === 'coordinator'), may: 'own it' },
  ];
}

/** What has come of a choice, in one sentence: `here` is null where the class is followed. Reading alone is not put off. */
export function studentsWords(who: string, what: string, { state, students }: Pick<Place, 'state' | 'students'>, here: DefaultRole | null): string {
  const may = here ?? students?.inClass ?? 'read';
  const once = state === 'open' || may === 'read' ? '' : ', once it is open';
  return here === null ? `${who} ${SHARE_ROLE_WORDS[may]}, as the class says${once}.` : `${who} ${SHARE_ROLE_WORDS[may]} this ${what}${once}.`;
}
