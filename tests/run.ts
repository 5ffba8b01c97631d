// Runs every file of tests, each in a process of its own, some of them side by side: `cargo xtask test e2e`. With names,
// such as `page-tags kill`, only these.
//
// Node alone would take them by their names and leave the longest wait for the end. In what order they begin decides how
// long all of them take, and who has the machine while something is measured.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** Two keep two processors busy; a third is, for much of the time, one that waits for a clock. */
const AT_ONCE = 3;

/**
 * Those that take long, in the order in which they begin; the others follow. The first one measures, beside two that only
 * wait, so that it has the processors to itself. After that, one that waits goes beside two that work.
 */
const ORDER = [
  'page-budgets', 'host-faults', 'v1',
  'presence', 'page-accessible', 'sync',
  'zombie', 'page-marking', 'page-offline',
  'v1-asleep', 'page-closed', 'page-together',
  'page-saving', 'page-operable', 'kill',
  'restore', 'page-taking-out', 'page-refused',
  'archive', 'page-reading', 'page-text',
];

const found = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => basename(name, '.test.ts'))
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = [...ORDER, ...wanted].filter((name) => !found.includes(name));
if (unknown.length > 0) {
  throw new Error(`there is no file of tests by the name of ${unknown.join(', ')}`);
}
const names = [...new Set([...ORDER, ...found])].filter((name) => wanted.length === 0 || wanted.includes(name));
const files = names.map((name) => join(import.meta.dirname, `${name}.test.ts`));

run({ files, concurrency: AT_ONCE })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);
