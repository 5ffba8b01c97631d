// Bringing back an earlier state of a case, as edits like any other: what was taken away since then comes back with its
// author, what was changed says again what it said. What came later goes only if that is asked for. Nothing is written
// while this is planned, so that it can be shown first.

import * as Y from 'yjs';

import { momentField, plainOf } from './fields.ts';
import type { Marginalia } from './marginalia.ts';
import type { Fields, NewEntry } from './pen.ts';
import { readComment, readHighlight, rootsOf, ROOT_NAMES } from './schema.ts';
import type { RootName, WrittenComment, WrittenHighlight } from './schema.ts';

/** What an earlier state and the present one do not have in common. */
export type Restoration = {
  /** What was there, and is not any more. */
  readonly back: readonly NewEntry[];
  /** What is there still, and says something else now: the fields as they were; null where there was none. */
  readonly changed: readonly NewEntry[];
  /** What has come since. */
  readonly later: readonly { readonly root: RootName; readonly id: string }[];
  /** The notes as they were; null if they are the same. */
  readonly notes: string | null;
};

/** What is done besides bringing back what is missing or changed. */
export type Extent = { readonly withoutLater: boolean; readonly withNotes: boolean };

/** What a state says, for reading. */
export type State = {
  readonly highlights: readonly WrittenHighlight[];
  readonly comments: ReadonlyMap<string, readonly WrittenComment[]>;
  readonly notes: string;
};

/** Whoever made a thing, and when, stays as it is for as long as the thing is there (rules RO6 and RO8 of room/SPEC.md). */
const KEPT: readonly string[] = ['author_id', 'created_at'];

/** A document of its own with one state in it, as the host tells it in base64. */
export function openState(base64: string): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  return doc;
}

/** Whether two plans do the same. */
export function isSamePlan(one: Restoration, other: Restoration): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Compares an earlier state with the present document. */
export function planRestoration(then: Y.Doc, marginalia: Marginalia): Restoration {
  const before = rootsOf(then);
  const now = marginalia.pen.roots;
  const back: NewEntry[] = [];
  const changed: NewEntry[] = [];
  const later: { root: RootName; id: string }[] = [];
  for (const root of ROOT_NAMES) {
    for (const id of before[root].keys()) {
      const was = fieldsOf(before[root].get(id));
      const is = fieldsOf(now[root].get(id));
      if (was === null) {
        continue;
      }
      if (!now[root].has(id)) {
        back.push({ root, id, fields: dated(was, marginalia.pen.now()) });
      } else if (is !== null) {
        const fields = difference(was, is);
        if (Object.keys(fields).length > 0) {
          changed.push({ root, id, fields });
        }
      }
    }
    later.push(...[...now[root].keys()].filter((id) => !before[root].has(id)).map((id) => ({ root, id })));
  }
  const notes = then.getText('notes').toString();
  return { back, changed, later, notes: notes === marginalia.notes.toString() ? null : notes };
}

/** Does what was planned, as one step that can be undone. Gives how many entries were written or taken away. */
export function restore(marginalia: Marginalia, plan: Restoration, { withoutLater, withNotes }: Extent): number {
  const { pen, notes } = marginalia;
  return pen.write(() => {
    const missing = plan.back.filter(({ root, id }) => !pen.roots[root].has(id));
    missing.forEach((entry) => pen.add(entry));
    const different = plan.changed.filter(({ root, id, fields }) => pen.change(root, id, fields));
    const gone = withoutLater ? plan.later.filter(({ root, id }) => pen.remove(root, id)) : [];
    if (withNotes && plan.notes !== null) {
      notes.delete(0, notes.length);
      notes.insert(0, plan.notes);
    }
    return missing.length + different.length + gone.length;
  });
}

/** Reads a state: highlights in the order of the text, each with its comments from the oldest on. */
export function readState(doc: Y.Doc): State {
  const roots = rootsOf(doc);
  const isThere = <T>(read: T | null): read is T => read !== null;
  const highlights = [...roots.highlights.keys()].map((id) => readHighlight(roots.highlights, id)).filter(isThere);
  const comments = [...roots.comments.keys()].map((id) => readComment(roots.comments, id)).filter(isThere);
  comments.sort((one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0));
  const threads = new Map<string, WrittenComment[]>();
  for (const comment of comments) {
    const thread = threads.get(comment.highlightId) ?? [];
    thread.push(comment);
    threads.set(comment.highlightId, thread);
  }
  return {
    highlights: highlights.sort((one, other) => one.target.start - other.target.start || one.target.end - other.target.end),
    comments: threads,
    notes: doc.getText('notes').toString(),
  };
}

/** What an entry says as plain values; null for what is no entry. What is nested deeper is nobody's field, and left alone. */
function fieldsOf(value: unknown): Fields | null {
  const plain = value instanceof Y.Map ? Object.fromEntries((value as Y.Map<unknown>).entries()) : plainOf(value);
  if (plain === null) {
    return null;
  }
  const texts = Object.entries(plain).map(([name, field]) => [name, field instanceof Y.Text ? field.toString() : field] as const);
  return Object.fromEntries(texts.filter((field): field is [string, string | number | boolean] => isScalar(field[1])));
}

/**
 * The room refuses what comes back from the future, or with a date that is none, and all that comes with it: such a thing
 * comes back without one.
 */
function dated(fields: Fields, now: number): Fields {
  const createdAt = momentField((name) => fields[name], 'created_at');
  return createdAt !== null && createdAt <= now ? fields : { ...fields, created_at: null };
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function difference(was: Fields, is: Fields): Fields {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  const differing = [...names].filter((name) => !KEPT.includes(name) && was[name] !== is[name]);
  return Object.fromEntries(differing.map((name) => [name, was[name] ?? null]));
}
