// Annotations as the document holds them: what the room says of them, and writing them as any Yjs client may.

import * as Y from 'yjs';

import { documentOfRoom, type StockClient } from './clients.ts';
import { documentFrom, roots } from './documents.ts';
import type { Edge } from './edge.ts';
import type { Database } from './postgres.ts';

/** Highlights and comments by id, notes, as plain values. */
export type Annotations = {
  highlights: Record<string, Record<string, unknown>>;
  comments: Record<string, Record<string, unknown>>;
  notes: string;
};

/** What the room holds, as a newcomer is served it. */
export async function annotationsIn(edge: Edge, caseId: string): Promise<Annotations> {
  const doc = documentFrom(await documentOfRoom(edge.syncUrl, caseId));
  try {
    return {
      highlights: roots.highlights(doc).toJSON() as Annotations['highlights'],
      comments: roots.comments(doc).toJSON() as Annotations['comments'],
      notes: roots.notes(doc).toString(),
    };
  } finally {
    doc.destroy();
  }
}

/** The texts of all comments in the room. */
export async function commentsIn(edge: Edge, caseId: string): Promise<unknown[]> {
  return Object.values((await annotationsIn(edge, caseId)).comments).map((comment) => comment['text']);
}

/** Writes a highlight of the client's own; the fields that are not given are plausible ones. */
export function writeHighlight(client: StockClient, fields: Readonly<Record<string, unknown>>): string {
  const id = crypto.randomUUID();
  roots.highlights(client.doc).set(id, entry({ author_id: client.user, author: 'Odofredus', prefix: '', suffix: '', ...fields }));
  return id;
}

/** Writes a comment on a highlight, as whoever the client is unless it is said as whom. */
export function writeComment(client: StockClient, highlightId: string, text: string, authorId = client.user): string {
  const id = crypto.randomUUID();
  const fields = { highlight_id: highlightId, text, author_id: authorId, author: 'Odofredus' };
  roots.comments(client.doc).set(id, entry(fields));
  return id;
}

/** The quotes of a case's highlights in Postgres' projection. */
export async function projectedQuotes(database: Database, caseId: string): Promise<(string | null)[]> {
  const rows = await database.query<{ quote: string | null }>('SELECT quote FROM highlight WHERE case_id = $1', [caseId]);
  return rows.map(({ quote }) => quote);
}

/** The texts of a case's comments in Postgres' projection. */
export async function projectedComments(database: Database, caseId: string): Promise<(string | null)[]> {
  const rows = await database.query<{ body: string | null }>(
    'SELECT body FROM highlight_comment WHERE case_id = $1',
    [caseId],
  );
  return rows.map(({ body }) => body);
}

function entry(fields: Readonly<Record<string, unknown>>): Y.Map<unknown> {
  return new Y.Map(Object.entries({ created_at: new Date().toISOString(), ...fields }));
}
