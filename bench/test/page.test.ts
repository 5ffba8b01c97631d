// Whether docs/performance.md says what was measured: it is made of docs/performance/run.json and of nothing else.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { filesOf } from '../report.ts';
import type { Run } from '../results.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (name: string): Promise<string> => readFile(join(docs, name), 'utf8');

test('the page about performance and its charts are what `cargo xtask bench --report docs/performance/run.json` writes', async () => {
  const runs = JSON.parse(await read('performance/run.json')) as readonly Run[];
  const files = filesOf(runs, await read('performance.md'));
  const wanted = Object.keys(files).filter((name) => name.startsWith('performance/'));
  assert.deepEqual((await readdir(join(docs, 'performance'))).map((name) => `performance/${name}`).toSorted(), wanted.toSorted());
  for (const [name, text] of Object.entries(files)) {
    assert.equal(await read(name), text, `docs/${name} was not written by the report of this commit`);
  }
});
