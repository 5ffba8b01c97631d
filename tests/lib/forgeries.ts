// Updates that their sender may not make: each is well formed, and wrong in what it does to another person's things.

import * as Y from 'yjs';

import { roots } from './documents.ts';
import type { Role } from './tokens.ts';
import { concatenated, varUint } from './wire.ts';

/**
 * Who is attacked: what she has made under her client id up to the clock `things`, and written in the notes up to `clock`; and
 * the id of another person who has not begun.
 */
export type Victim = {
  user: string;
  highlight: string;
  comment: string;
  client: number;
  things: number;
  clock: number;
  silent: number;
};

/** What is wrong with an update: it adds what is not its sender's to add, deletes, says what is not so, or is another's. */
type Wrong = 'adds' | 'deletes' | 'lies' | 'anothers id';

/** Some updates of somebody, who has the room's document before them, and the roles for which they are an attack. */
export type Forgery = {
  name: string;
  wrong: Wrong;
  roles: readonly Role[];
  make: (victim: Victim, me: Y.Doc, user: string) => Uint8Array;
};

const everybody = ['read', 'comment', 'annotate', 'own'] as const;
const notOwners = ['read', 'comment', 'annotate'] as const;
const writers = ['comment', 'annotate', 'own'] as const;

/** The attacks. */
export const forgeries: readonly Forgery[] = [
  change('adds', 'her highlight is changed', notOwners, (victim, me) => {
    thing(me, 'highlights', victim.highlight).set('tag', 'changed');
  }),
  change('deletes', 'her highlight is moved to other words', notOwners, (victim, me) => {
    thing(me, 'highlights', victim.highlight).set('start', 1);
  }),
  change('deletes', 'her highlight is deleted', notOwners, (victim, me) => roots.highlights(me).delete(victim.highlight)),
  change('deletes', 'her highlight is replaced', notOwners, (victim, me, user) => {
    roots.highlights(me).set(victim.highlight, entry(user));
  }),
  change('deletes', 'her comment is rewritten', notOwners, (victim, me) => {
    thing(me, 'comments', victim.comment).set('text', 'changed');
  }),
  change('deletes', 'her comment is deleted', notOwners, (victim, me) => roots.comments(me).delete(victim.comment)),
  change('deletes', 'her comment is deleted between two honest ones', ['comment', 'annotate'], (victim, me, user) => {
    roots.comments(me).set(crypto.randomUUID(), entry(user));
    roots.comments(me).delete(victim.comment);
    roots.comments(me).set(crypto.randomUUID(), entry(user));
  }),
  change('deletes', 'her highlight is deleted between two honest ones', ['annotate'], (victim, me, user) => {
    roots.highlights(me).set(crypto.randomUUID(), entry(user));
    roots.highlights(me).delete(victim.highlight);
    roots.highlights(me).set(crypto.randomUUID(), entry(user));
  }),
  change('deletes', 'her highlight becomes theirs', everybody, (victim, me, user) => {
    thing(me, 'highlights', victim.highlight).set('author_id', user);
  }),
  change('lies', 'a highlight in her name', ['read', 'annotate', 'own'], (victim, me) => {
    roots.highlights(me).set(crypto.randomUUID(), entry(victim.user));
  }),
  change('lies', 'a comment in her name', everybody, (victim, me) => {
    roots.comments(me).set(crypto.randomUUID(), entry(victim.user));
  }),
  change('lies', 'a comment of nobody', writers, (_, me) => {
    roots.comments(me).set(crypto.randomUUID(), new Y.Map([['text', 'whose?']]));
  }),
  change('lies', 'a comment of the day after tomorrow', writers, (_, me, user) => {
    roots.comments(me).set(crypto.randomUUID(), entry(user, Date.now() + 48 * 3_600_000));
  }),
  change('lies', 'a highlight of ten minutes ahead', ['annotate', 'own'], (_, me, user) => {
    roots.highlights(me).set(crypto.randomUUID(), entry(user, Date.now() + 600_000));
  }),
  change('adds', 'a highlight of a commenter', ['read', 'comment'], (_, me, user) => {
    roots.highlights(me).set(crypto.randomUUID(), entry(user));
  }),
  change('adds', 'words in the notes', ['read', 'comment'], (_, me) => roots.notes(me).insert(0, 'not theirs')),
  change('adds', 'a comment of a reader', ['read'], (_, me, user) => {
    roots.comments(me).set(crypto.randomUUID(), entry(user));
  }),

  { wrong: 'deletes', name: 'a delete set over all her things', roles: notOwners, make: (it) => deletions(it.client, 0, it.things) },
  { wrong: 'deletes', name: 'a delete set over the first of it', roles: notOwners, make: (it) => deletions(it.client, 0, 1) },
  { wrong: 'anothers id', name: 'a tombstone after what she wrote', roles: everybody, make: (it) => tombstone(it.client, it.clock) },
  { wrong: 'anothers id', name: 'a tombstone where nobody has begun', roles: everybody, make: (it) => tombstone(it.silent, 0) },
  { wrong: 'anothers id', name: 'words under her client id', roles: everybody, make: ({ client }, me) => underAnothers(client, me) },
  { wrong: 'anothers id', name: 'words under an id where nobody has begun', roles: everybody, make: ({ silent }, me) => underAnothers(silent, me) },
];

/**
 * What a socket that is not ours gets for a forgery that it sends as a SyncStep2 while the room may lack what others wrote
 * (room/SPEC.md, AU4), under an id that is nobody's unless that is what is wrong.
 */
export function answerToAnswer({ wrong }: Forgery, wasRestored: boolean): 4403 | 'open' {
  switch (wrong) {
    case 'anothers id':
      // AU2 and AU3: whatever is under it is left out, and then it is refused.
      return 4403;
    case 'adds':
    case 'lies':
      // AU4: left out with all that is passed on, which is nobody's fault.
      return 'open';
    case 'deletes':
      // Not passed on but done, and judged (AT1). Only where the room came back is it left out (AU4).
      return wasRestored ? 'open' : 4403;
  }
}

/** What came to a document by a change, as an update. */
export function updateOf(doc: Y.Doc, make: () => void): Uint8Array {
  const before = Y.encodeStateVector(doc);
  doc.transact(make);
  return Y.encodeStateAsUpdate(doc, before);
}

/** A thing of somebody's that says when it was made. */
export function entry(user: string, createdMs = Date.now()): Y.Map<unknown> {
  const created = new Date(createdMs).toISOString();
  return new Y.Map(Object.entries({ author_id: user, author: user, created_at: created, text: 'words', start: 0, end: 3 }));
}

/** Everything of a client from a clock on is gone: six bytes, if the id is small. */
export function deletions(client: number, clock: number, count: number): Uint8Array {
  return concatenated(varUint(0), varUint(1), varUint(client), varUint(1), varUint(clock), varUint(count));
}

/** A tombstone of one clock under a client id: eight bytes that swallow what its owner writes there. */
export function tombstone(client: number, clock: number): Uint8Array {
  return concatenated(varUint(1), varUint(1), varUint(client), varUint(clock), Uint8Array.of(0, 1, 0));
}

function change(
  wrong: Wrong,
  name: string,
  roles: readonly Role[],
  make: (victim: Victim, me: Y.Doc, user: string) => void,
): Forgery {
  return { wrong, name, roles, make: (victim, me, user) => updateOf(me, () => make(victim, me, user)) };
}

function thing(doc: Y.Doc, root: 'highlights' | 'comments', key: string): Y.Map<unknown> {
  return roots[root](doc).get(key) as Y.Map<unknown>;
}

function underAnothers(client: number, me: Y.Doc): Uint8Array {
  me.clientID = client;
  return updateOf(me, () => roots.notes(me).insert(0, 'forged'));
}
