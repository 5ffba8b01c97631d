// The words for classes and for what people are in them. Pure.

import type { ClassRole, ClassState } from '../../api/classes.ts';
import type { DefaultRole, ShareRole } from '../../api/shares.ts';

export const ROLE_WORDS: Readonly<Record<ClassRole, string>> = {
  student: 'Student',
  tutor: 'Tutor',
  coordinator: 'Coordinator',
  instructor: 'Instructor',
};

export const YOUR_ROLE_WORDS: Readonly<Record<ClassRole, string>> = {
  student: 'You are a student',
  tutor: 'You are a tutor',
  coordinator: 'You coordinate it',
  instructor: 'You teach it',
};

export const STATE_WORDS: Readonly<Record<ClassState, string>> = { open: 'open', locked: 'locked', archived: 'archived' };

/** What may be chosen for the students of a class. */
export const DEFAULT_ROLE_WORDS: Readonly<Record<DefaultRole, string>> = {
  annotate: 'Highlight, tag and comment',
  comment: 'Comment on what is highlighted',
  read: 'Read only',
};

/** What may be chosen for somebody with whom a case is shared. */
export const SHARE_ROLE_WORDS: Readonly<Record<ShareRole, string>> = {
  read: 'may read',
  comment: 'may comment',
  annotate: 'may annotate',
  own: 'owns it too',
};

export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** A day and an hour, in the time of whoever reads it; nothing for what is no moment. */
export function whenWords(moment: string | null): string {
  const date = moment === null ? Number.NaN : Date.parse(moment);
  return Number.isNaN(date) ? '' : new Date(date).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** The code in what somebody pasted: itself, or the last part of the link that has it. */
export function codeIn(pasted: string): string {
  const trimmed = pasted.trim();
  const inLink = /\/join\/([^/?#\s]+)/.exec(trimmed)?.[1];
  try {
    return inLink === undefined ? trimmed : decodeURIComponent(inLink);
  } catch {
    return trimmed;
  }
}
