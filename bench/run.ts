// Measures our server beside its peers and two floors: `cargo xtask bench` runs it. Rounds are interleaved, so that what
// the machine does besides is everybody's; what counts are ratios within one run.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { inWords, simply, steadily, type Case } from './case.ts';
import { casesOf } from './cases.ts';
import { generatorOf, type Found } from './generator.ts';
import { measuredOn } from './machine.ts';
import type { Result, Run } from './results.ts';
import { table } from './table.ts';
import { start, TARGET_NAMES, type Target, type TargetName } from './targets.ts';

const { values } = parseArgs({
  options: {
    load: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    long: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
});
/** A runtime compiles what it runs often while it runs it: a third of the time of a first run, and no edit's. */
const WARM_UP = simply('warm-up', { peersEach: 41, load: steadily({ writers: 10, edits_per_second: 20, seconds: 6 }) });

const generate = generatorOf(values.load ?? fail('--load is missing: the load generator that `cargo build -p bench` makes'));

const cases = casesOf({ isLong: values.long }).filter(({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
const wanted = TARGET_NAMES.filter((name) => values.target.includes(name) && cases.some(({ targets }) => targets.includes(name)));
const targets = new Map<TargetName, Target>();
const results: Result[] = [];
try {
  for (const each of cases) {
    const rounds = each.isOnce === true ? 1 : Number(values.rounds);
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of wanted.filter((target) => each.targets.includes(target))) {
        const found = each.isFresh === true ? await measuredFresh(each, name) : await each.run(await running(name), generate);
        results.push({ case: each.name, target: name, round, found });
        const losses = found.losses.length === 0 ? '' : ` LOST: ${found.losses.join('; ')}`;
        console.error(`${each.name}, round ${round}, ${name}: ${inWords(each, found)}${losses}`);
      }
    }
  }
} finally {
  await Promise.all([...targets.values()].map((target) => target.stop()));
}
console.log(table(cases, wanted, results));
if (values.out !== undefined) {
  const run: Run = { measured: await measuredOn(), results };
  await writeFile(values.out, `${JSON.stringify(run, null, 1)}\n`);
}

/** The server that serves every case but those that want one of their own; it has served somebody before. */
async function running(name: TargetName): Promise<Target> {
  const there = targets.get(name);
  if (there !== undefined) {
    return there;
  }
  const target = await start(name);
  targets.set(name, target);
  await WARM_UP.run(target, generate);
  return target;
}

async function measuredFresh(each: Case, name: TargetName): Promise<Found> {
  const target = await start(name);
  try {
    return await each.run(target, generate);
  } finally {
    await target.stop();
  }
}

function fail(words: string): never {
  throw new Error(words);
}
