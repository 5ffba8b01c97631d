// Who may do what in a case or on a board: the same table as `annotation/src/rights.rs`, which the room judges by (rules RO of
// room/SPEC.md). Both are compared with `annotation/tests/rights.json`.

import type { Role } from '../sync/interface.ts';

export type { Role };

/** What has an author. Everything else in a document is free for those who may annotate. */
export type Thing = 'highlight' | 'comment' | 'tag' | 'sticky' | 'stroke';

/** What somebody does to a thing: makes it, takes it away, or writes a part of it. */
export type Deed = 'add' | 'delete' | 'whole' | 'author_id' | 'created_at' | 'resolution' | 'arrangement' | 'content';

/** Whose a thing is, as seen by somebody; nobody's, and so everybody's, is a tag without an author. */
export type Whose = 'own' | 'common' | 'anothers';

const ROLES: readonly Role[] = ['none', 'read', 'comment', 'annotate', 'own'];

export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

export function may(role: Role, deed: Deed, thing: Thing, whose: Whose): boolean {
  const writer = thing === 'comment' || thing === 'sticky' ? 'comment' : 'annotate';
  switch (deed) {
    case 'author_id':
      return false;
    case 'resolution':
      return isAtLeast(role, 'comment');
    case 'add':
      return isAtLeast(role, writer);
    case 'arrangement':
      return isAtLeast(role, whose === 'anothers' ? 'annotate' : writer);
    default:
      return isAtLeast(role, whose === 'anothers' ? 'own' : writer);
  }
}

/** Whether somebody may write the notes and all that is no thing. */
export function mayWriteFreely(role: Role): boolean {
  return isAtLeast(role, 'annotate');
}

/** `authorId` as it was written; a thing other than a tag that does not say whose it is is somebody else's. */
export function whoseIs(thing: Thing, authorId: unknown, userId: string): Whose {
  if (authorId === userId) {
    return 'own';
  }
  return thing === 'tag' && (authorId ?? null) === null ? 'common' : 'anothers';
}
