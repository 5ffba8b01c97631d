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

/** These wait most of their time, for a minute of silence or for what was killed: they go one by one beside the others. */
const WAITING = ['host-faults', 'v1', 'presence', 'kill', 'v1-asleep'];

/** A file that takes longer hangs: the longest takes five and a half minutes. */
const FILE_MS_MAX = 10 * 60_000;

/** Those that take long, longest first, so that none is left alone in the end; the others follow. */
const ORDER = [
  'page-site', 'page-classes', 'page-board', 'page-site-operable', 'page-roles', 'page-offline', 'sync', 'page-accessible',
  'page-people', 'page-case-changes', 'page-saving', 'page-versions', 'page-private', 'page-operable', 'page-text', 'page-together',
  'page-sharing', 'page-finding', 'authority-door', 'page-inbox', 'page-journey', 'page-closed', 'attacks', 'zombie', 'restore',
  'page-reading', 'page-marking', 'page-refused', 'page-taking-out', 'page-class-keys', 'hostile', 'dev', 'page-crowded', 'privacy',
];

const found = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => basename(name, '.test.ts'))
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = [...ALONE, ...WAITING, ...ORDER, ...wanted].filter((name) => !found.includes(name));
if (unknown.length > 0) {
  throw new Error(`there is no file of tests by the name of ${unknown.join(', ')}`);
}
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const together = [...new Set([...ORDER, ...found])].filter((name) => ![...ALONE, ...WAITING].includes(name));

for (const name of ALONE.filter(isWanted)) {
  process.stdout.write(await pass([name], 1));
}
const [, waited] = await Promise.all([pass(together.filter(isWanted), AT_ONCE, process.stdout), pass(WAITING.filter(isWanted), 1)]);
process.stdout.write(waited);

/** Runs these files. What they say is written there while they run; where nothing is named it is given back when they have ended. */
async function pass(names: readonly string[], concurrency: number, shown?: NodeJS.WritableStream): Promise<string> {
  if (names.length === 0) {
    return '';
  }
  const files = names.map((name) => join(import.meta.dirname, `${name}.test.ts`));
  const tests = run({ files, concurrency, timeout: FILE_MS_MAX });
  tests.on('test:fail', () => {
    process.exitCode = 1;
  });
  const report = tests.compose(spec);
  let said = '';
  if (shown === undefined) {
    report.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
  } else {
    report.pipe(shown, { end: false });
  }
  await finished(report);
  return said;
}
