// Measures our server beside its peers and two floors: `cargo xtask bench` runs it. Rounds are interleaved, so that what
// the machine does besides is everybody's; what counts are ratios within one run.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { CASES } from './cases.ts';
import { generatorOf, type Found } from './generator.ts';
import { table } from './table.ts';
import { start, TARGET_NAMES, type Target, type TargetName } from './targets.ts';

/** One case on one server in one round. */
export type Result = { readonly case: string; readonly target: TargetName; readonly round: number; readonly found: Found };

const { values } = parseArgs({
  options: {
    load: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
});
const generate = generatorOf(values.load ?? fail('--load is missing: the load generator that `cargo build -p bench` makes'));

const cases = CASES.filter(({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
const wanted = TARGET_NAMES.filter((name) => values.target.includes(name) && cases.some(({ targets }) => targets.includes(name)));
const targets: Target[] = [];
const results: Result[] = [];
try {
  for (const name of wanted) {
    targets.push(await start(name));
  }
  for (const each of cases) {
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      for (const target of targets.filter(({ name }) => each.targets.includes(name))) {
        const found = await each.run(target, generate);
        results.push({ case: each.name, target: target.name, round, found });
        const losses = found.losses.length === 0 ? '' : ` LOST: ${found.losses.join('; ')}`;
        console.error(`${each.name}, round ${round}, ${target.name}: ${each.figure(found)}${losses}`);
      }
    }
  }
} finally {
  await Promise.all(targets.map((target) => target.stop()));
}
console.log(table(cases, wanted, results));
if (values.out !== undefined) {
  await writeFile(values.out, `${JSON.stringify({ results }, null, 1)}\n`);
}

function fail(words: string): never {
  throw new Error(words);
}
