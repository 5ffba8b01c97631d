// The short stories that many tests begin with: somebody writes something, and it reaches the room or Postgres.

import { documentOfRoom, StockClient } from './clients.ts';
import type { Edge } from './edge.ts';
import { areEqual, fingerprintOf, fingerprintOfUpdate, roots, type Fingerprint } from './documents.ts';
import type { Database } from './postgres.ts';
import { rowOf, storedFingerprint, type Row } from './rows.ts';
import { until } from './until.ts';

/** Appends to the notes. */
export function append(client: StockClient, text: string): void {
  const notes = roots.notes(client.doc);
  notes.insert(notes.length, text);
}

/** The notes of a client. */
export function notesOf(client: StockClient): string {
  return roots.notes(client.doc).toString();
}

/** Begins a case's room: the first ticket that a room is shown lets nobody in, so that its page would come twice. */
export async function begin(edge: Edge, caseId: string): Promise<void> {
  await documentOfRoom(edge.syncUrl, caseId);
}

/** Waits until the room holds what a client holds. */
export async function roomHolds(edge: Edge, caseId: string, client: StockClient): Promise<void> {
  await until('the room holds what the client holds', async () => {
    const room = fingerprintOfUpdate(await documentOfRoom(edge.syncUrl, caseId));
    return areEqual(room, fingerprintOf(client.doc));
  }, { every: 100 });
}

/** Waits until Postgres holds exactly this document; returns its row. */
export async function postgresHolds(
  database: Database,
  caseId: string,
  wanted: Fingerprint,
  within = 20_000,
): Promise<Row> {
  await until('Postgres holds the document', async () => {
    const stored = await storedFingerprint(database, caseId);
    return stored !== undefined && areEqual(stored, wanted);
  }, {
    within,
    every: 100,
    explain: async () => {
      const stored = await storedFingerprint(database, caseId).catch((error: unknown) => String(error));
      return `it holds ${JSON.stringify(stored)} instead of ${JSON.stringify(wanted)}`;
    },
  });
  return until('the row is there', () => rowOf(database, caseId));
}

/** Somebody comes, writes, and leaves once the room holds it; returns what they left behind. */
export async function writeAndLeave(edge: Edge, caseId: string, text: string): Promise<Fingerprint> {
  const client = await StockClient.join(edge.syncUrl, caseId);
  append(client, text);
  await roomHolds(edge, caseId, client);
  const fingerprint = fingerprintOf(client.doc);
  client.leave();
  return fingerprint;
}
