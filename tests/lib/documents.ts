// Comparing documents: by content, by state vector and by delete set, so that "equal" leaves nothing out.

import * as Y from 'yjs';

/** The root types that the tests use; a document knows the type of a root only once it was asked for. */
export const roots = {
  notes: (doc: Y.Doc): Y.Text => doc.getText('notes'),
  highlights: (doc: Y.Doc): Y.Map<unknown> => doc.getMap('highlights'),
  comments: (doc: Y.Doc): Y.Map<unknown> => doc.getMap('comments'),
  list: (doc: Y.Doc): Y.Array<unknown> => doc.getArray('list'),
  page: (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('page'),
};

/** Everything that makes two replicas the same. */
export type Fingerprint = { content: string; stateVector: string; deleteSet: string };

/** A document that was built from one update. */
export function documentFrom(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

/** What a document holds, in a form that can be compared. */
export function fingerprintOf(doc: Y.Doc): Fingerprint {
  const content = {
    notes: roots.notes(doc).toDelta() as unknown,
    highlights: sorted(roots.highlights(doc).toJSON()),
    comments: sorted(roots.comments(doc).toJSON()),
    list: roots.list(doc).toJSON(),
    page: roots.page(doc).toString(),
  };
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([left], [right]) => left - right);
  const deleted = [...Y.createDeleteSetFromStructStore(doc.store).clients]
    .sort(([left], [right]) => left - right)
    .map(([client, ranges]) => [client, ranges.map((range) => [range.clock, range.len])]);
  return {
    content: JSON.stringify(content),
    stateVector: JSON.stringify(clocks),
    deleteSet: JSON.stringify(deleted),
  };
}

/** The fingerprint of the document that an update builds. */
export function fingerprintOfUpdate(update: Uint8Array): Fingerprint {
  const doc = documentFrom(update);
  try {
    return fingerprintOf(doc);
  } finally {
    doc.destroy();
  }
}

/** Whether two replicas are the same. */
export function areEqual(left: Fingerprint, right: Fingerprint): boolean {
  return (
    left.content === right.content && left.stateVector === right.stateVector && left.deleteSet === right.deleteSet
  );
}

/** Whether the document of `whole` holds every edit and every deletion of the document of `part`. */
export function contains(whole: Uint8Array, part: Uint8Array): boolean {
  const doc = documentFrom(whole);
  try {
    const before = fingerprintOf(doc);
    Y.applyUpdate(doc, part);
    return areEqual(before, fingerprintOf(doc));
  } finally {
    doc.destroy();
  }
}

/** Whether an update says anything at all: a struct or a deletion. */
export function saysSomething(update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  return structs.length > 0 || ds.clients.size > 0;
}

/** The ids of the clients whose structs an update carries. */
export function authorsOf(update: Uint8Array): Set<number> {
  return new Set(Y.decodeUpdate(update).structs.map((struct) => struct.id.client));
}

function sorted(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, entry]) => [key, isRecord(entry) ? sorted(entry) : entry]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
