// What Postgres holds of a case.

import { fingerprintOfUpdate, type Fingerprint } from './documents.ts';
import type { Database } from './postgres.ts';

/** One row of `annotation_document_state`. */
export type Row = {
  state: Uint8Array;
  version: number;
  sha256: string;
  highlightCount: number;
  lastEditor: string | null;
  deletedAt: Date | null;
};

type Columns = {
  crdt_state: Buffer | null;
  version: string;
  sha256: Buffer | null;
  highlight_count: number;
  last_editor: string | null;
  deleted_at: Date | null;
};

/** Reads the row of a case; `undefined` if there is none. */
export async function rowOf(database: Database, caseId: string): Promise<Row | undefined> {
  const [columns] = await database.query<Columns>(
    `SELECT crdt_state, version::text AS version, sha256, highlight_count, last_editor, deleted_at
     FROM annotation_document_state WHERE case_id = $1`,
    [caseId],
  );
  return columns === undefined
    ? undefined
    : {
        state: Uint8Array.from(columns.crdt_state ?? []),
        version: Number(columns.version),
        sha256: (columns.sha256 ?? Buffer.alloc(0)).toString('hex'),
        highlightCount: columns.highlight_count,
        lastEditor: columns.last_editor,
        deletedAt: columns.deleted_at,
      };
}

/** The fingerprint of the stored document; `undefined` if nothing is stored. */
export async function storedFingerprint(database: Database, caseId: string): Promise<Fingerprint | undefined> {
  const row = await rowOf(database, caseId);
  return row === undefined || row.deletedAt !== null ? undefined : fingerprintOfUpdate(row.state);
}
