// Whether the room would take a change that is to be made again, from somebody who may do less than when it was made.

import type * as Y from 'yjs';

import type { Operation } from '../sync/operations.ts';
import { entryOf } from './fields.ts';
import { isAtLeast, may, mayWriteFreely, whoseIs } from './rights.ts';
import type { Deed, Role, Thing } from './rights.ts';

const THINGS: Readonly<Record<string, Thing>> = {
  highlights: 'highlight', comments: 'comment', tags: 'tag', stickies: 'sticky', strokes: 'stroke',
};
const PLACE: readonly string[] = ['x', 'y', 'z'];
const RESOLUTION: readonly string[] = ['resolved_at', 'resolved_by', 'resolved_by_id'];

/** The part of a thing that a field of it belongs to. */
export function partOf(thing: Thing, field: string): Deed {
  if (field === 'author_id' || field === 'created_at') {
    return field;
  }
  if (thing === 'tag') {
    return field === 'order' || field === 'group' ? 'arrangement' : 'content';
  }
  if (thing === 'sticky') {
    return PLACE.includes(field) ? 'arrangement' : 'content';
  }
  return thing !== 'stroke' && RESOLUTION.includes(field) ? 'resolution' : 'content';
}

/** Judges an operation by the document as it is. What would come to nothing is permitted. */
export function isPermitted(doc: Y.Doc, operation: Operation, { role, userId }: { role: Role; userId: string }): boolean {
  const [root = '', id, field] = operation.path;
  const thing = Object.hasOwn(THINGS, root) ? THINGS[root] : undefined;
  if (thing === undefined || id === undefined) {
    return mayWriteFreely(role);
  }
  const written: unknown = doc.getMap(root).get(id);
  if (written === undefined) {
    return operation.op !== 'set' || field !== undefined || (may(role, 'add', thing, 'own') && hasItsPlace(doc, operation, role));
  }
  const deed = field !== undefined ? partOf(thing, field) : operation.op === 'delete' ? 'delete' : 'whole';
  return may(role, deed, thing, whoseIs(thing, entryOf(written)?.('author_id'), userId));
}

/**
 * A comment on a highlight that was lost would be kept and never be seen: better its words are given back. To whoever may
 * highlight none is lost.
 */
function hasItsPlace(doc: Y.Doc, operation: Operation, role: Role): boolean {
  if (operation.op !== 'set' || operation.path[0] !== 'comments' || isAtLeast(role, 'annotate')) {
    return true;
  }
  const highlight = operation.value.kind === 'map' ? operation.value.entries['highlight_id'] : undefined;
  return highlight?.kind === 'value' && typeof highlight.value === 'string' && doc.getMap('highlights').has(highlight.value);
}
