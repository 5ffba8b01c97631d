// Runs every file of tests, each in a process of its own, some of them side by side: `cargo xtask test e2e`. With names,
// such as `page-tags kill`, only these.
//
// Node alone would take them by their names and leave the longest wait for the end. In what order they begin decides how
// long all of them take, and who has the machine while something is measured.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** What measures has the machine to itself. */
const ALONE = ['page-budgets'];

/** As many as there are processors to count on. */
const AT_ONCE = 2;

/** A file that takes longer hangs: the longest takes four minutes. */
const FILE_MS_MAX = 10 * 60_000;

/** Those that take long, in the order in which they begin, one that waits beside one that works; the others follow. */
const ORDER = [
  'page-site', 'host-faults', 'page-site-operable', 'attacks', 'page-journey', 'page-accessible', 'v1', 'page-marking', 'presence',
  'page-offline', 'zombie', 'page-together', 'v1-asleep', 'page-operable', 'restore', 'page-closed', 'sync', 'page-saving', 'kill', 'page-taking-out',
  'archive', 'page-refused', 'page-reading', 'page-text',
];

const found = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => basename(name, '.test.ts'))
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = [...ALONE, ...ORDER, ...wanted].filter((name) => !found.includes(name));
if (unknown.length > 0) {
  throw new Error(`there is no file of tests by the name of ${unknown.join(', ')}`);
}
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const together = [...new Set([...ORDER, ...found])].filter((name) => !ALONE.includes(name));

for (const name of ALONE.filter(isWanted)) {
  await pass([name], 1);
}
await pass(together.filter(isWanted), AT_ONCE);

async function pass(names: readonly string[], concurrency: number): Promise<void> {
  if (names.length === 0) {
    return;
  }
  const files = names.map((name) => join(import.meta.dirname, `${name}.test.ts`));
  const tests = run({ files, concurrency, timeout: FILE_MS_MAX });
  tests.on('test:fail', () => {
    process.exitCode = 1;
  });
  const report = tests.compose(spec);
  report.pipe(process.stdout, { end: false });
  await finished(report);
}
