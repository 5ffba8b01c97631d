// Measures our server beside its peers and two floors: `cargo xtask bench` runs it. Rounds are interleaved and each begins with
// another server, so that what the machine does besides is everybody's; what counts are ratios within one run.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { inWords, warmUp, type Case } from './case.ts';
import { casesOf } from './cases.ts';
import { briefly, foundElsewhere, GaveUp, generatorOf, type Found } from './generator.ts';
import { measuredOn, versionsOfServers } from './machine.ts';
import { planned } from './plan.ts';
import { Servers } from './rest.ts';
import type { Result, Run } from './results.ts';
import { table } from './table.ts';
import { start, TARGET_NAMES, type Target, type TargetName } from './targets.ts';

const { values } = parseArgs({
  options: {
    load: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    long: { type: 'boolean', default: false },
    // Whether all of it works, in seconds: nobody is warmed up or waited for, and what is found is no measurement.
    smoke: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
});
const unhurried = generatorOf(values.load ?? fail('--load is missing: the load generator that `cargo build -p bench` makes'));
const generate = values.smoke ? briefly(unhurried) : unhurried;

const cases = casesOf({ isLong: values.long }).filter(({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
const wanted = TARGET_NAMES.filter((name) => values.target.includes(name) && cases.some(({ targets }) => targets.includes(name)));
const plan = planned(cases, wanted, Number(values.rounds));
console.error(`${plan.length} measurements of ${cases.length} cases on ${wanted.length} servers, half a minute each or less, but for a few`);
const targets = new Map<TargetName, Target>();
const servers = new Servers();
const results: Result[] = [];
const on = { ...(await measuredOn(await versionsOfServers())), ...(values.smoke ? { isSmoke: true } : {}) };
try {
  for (const [index, { case: each, target: name, round }] of plan.entries()) {
    const found = each.isFresh === true ? await measuredFresh(each, name) : await measured(each, await running(name));
    results.push({ case: each.name, target: name, round, found });
    await keep();
    const losses = found.losses.length === 0 ? '' : ` LOST: ${found.losses.join('; ')}`;
    console.error(`${index + 1}. ${each.name}, round ${round}, ${name}: ${inWords(each, found)}${losses}`);
  }
} finally {
  await Promise.all([...targets.values()].map((target) => target.stop()));
}
console.log(table(cases, wanted, results));

/** Writes down what was measured so far: whoever ends it early has that. */
async function keep(): Promise<void> {
  if (values.out !== undefined) {
    const run: Run = { measured: on, results };
    await writeFile(values.out, `${JSON.stringify(run, null, 1)}\n`);
  }
}

/** The server that serves every case but those that want one of their own; it has served somebody before. */
async function running(name: TargetName): Promise<Target> {
  const there = targets.get(name);
  if (there !== undefined) {
    return there;
  }
  const target = await start(name);
  targets.set(name, target);
  if (!values.smoke) {
    await warmUp(target, generate);
  }
  servers.asked(target);
  return target;
}

async function measuredFresh(each: Case, name: TargetName): Promise<Found> {
  const target = await start(name);
  try {
    if (each.isWarm === true && !values.smoke) {
      await warmUp(target, generate);
    }
    servers.asked(target);
    return await measured(each, target);
  } finally {
    servers.stopped(target);
    await target.stop();
  }
}

/** Nothing that any of the servers has still to do is done at the expense of this one. */
async function measured(each: Case, target: Target): Promise<Found> {
  if (!values.smoke) {
    await servers.rest();
  }
  try {
    return await each.run(target, generate);
  } catch (error) {
    // One server that answers somebody too late is no reason to measure nothing else for an hour.
    if (error instanceof GaveUp && !values.smoke) {
      return foundElsewhere({}, [error.message]);
    }
    throw error;
  } finally {
    servers.asked(target);
  }
}

function fail(words: string): never {
  throw new Error(words);
}
