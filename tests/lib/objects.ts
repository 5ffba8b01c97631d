// What the objects of a Worker have in their storage, read from its files while it runs.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Edge } from './edge.ts';

const TABLES = ['meta', 'journal', 'snapshot'];

/** Every value of every row of all objects, as text. */
export function storedByObjects({ storage }: Edge): string {
  const files = existsSync(storage) ? readdirSync(storage).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) : [];
  return files.map((name) => everything(join(storage, name))).join('\n');
}

function everything(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const there = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) => String(row['name']));
    const rows = TABLES.filter((table) => there.includes(table)).flatMap((table) => database.prepare(`SELECT * FROM ${table}`).all());
    return rows.flatMap((row) => Object.values(row).map(written)).join('\n');
  } finally {
    database.close();
  }
}

function written(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}
