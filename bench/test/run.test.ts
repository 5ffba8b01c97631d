// In which order things are measured, and when: nothing at the expense of somebody else.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

import { writtenSince, tablesInWords } from '../archives.ts';
import { simply, steadily } from '../case.ts';
import { casesOf } from '../cases.ts';
import { ofOneDocument } from '../large.ts';
import { planned } from '../plan.ts';
import { Servers } from '../rest.ts';
import { TARGET_NAMES } from '../targets.ts';

const each = simply('one', { peersEach: 2, load: steadily({}) });
const once = simply('another', { peersEach: 2, load: steadily({}), targets: ['glossator'], isOnce: true });

test('each round begins with another server', () => {
  const plan = planned([each, once], ['relay', 'durable', 'glossator'], 4);
  const order = (round: number): string[] => plan.filter((next) => next.case === each && next.round === round).map(({ target }) => target);
  assert.deepEqual([1, 2, 3, 4].map(order), [
    ['relay', 'durable', 'glossator'],
    ['durable', 'glossator', 'relay'],
    ['glossator', 'relay', 'durable'],
    ['relay', 'durable', 'glossator'],
  ]);
  assert.equal(plan.filter((next) => next.case === once).length, 1);
  assert.deepEqual(planned([once], ['relay'], 3), []);
});

test('everything in one round is a hundred measurements or a few more', () => {
  const plan = planned(casesOf({ isLong: false }), TARGET_NAMES, 1);
  assert.ok(plan.length > 90 && plan.length < 115, String(plan.length));
});

/** A process that computes for so long. */
function busyFor(ms: number): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['-e', `const end = Date.now() + ${ms}; while (Date.now() < end); setTimeout(() => {}, 60_000)`]);
}

test('nobody is measured before all others rest', async () => {
  const child = busyFor(2_000);
  const servers = new Servers();
  const server = { name: 'busy', pids: () => [child.pid ?? 0] };
  try {
    servers.asked(server);
    await assert.rejects(() => servers.rest(900), /all servers rest: not so within 900 ms; in the last second: busy (?:0\.[1-9]\d|1\.\d\d) s/);
    await servers.rest(30_000);
    const began = Date.now();
    await servers.rest();
    assert.ok(Date.now() - began < 2_500);
  } finally {
    child.kill('SIGKILL');
  }
});

test('nor before what somebody has put off is due', async () => {
  const servers = new Servers();
  const server = { name: 'idle', pids: () => [], putsOffMs: 1_500 };
  const began = Date.now();
  servers.asked(server);
  await servers.rest();
  assert.ok(Date.now() - began >= 2_450, String(Date.now() - began));
  servers.asked(server);
  servers.stopped(server);
  const again = Date.now();
  await servers.rest();
  assert.ok(Date.now() - again < 1_400);
});

test('what many take is told in documents, and not at all if one takes nothing', () => {
  const loaded = { resident_mib: [100, 105, 120], resident_peak_mib: 130 } as const;
  const many = { resident_mib: [125, 140, 140], resident_peak_mib: 145 } as const;
  assert.equal(ofOneDocument(loaded, many), 1);
  assert.equal(ofOneDocument({ ...loaded, resident_mib: [120, 120, 119] }, many), Number.NaN);
});

test('rows that were written are told by table', () => {
  assert.deepEqual(writtenSince({ spent_nonce: 3, grants: 1 }, { spent_nonce: 7, grants: 1, fresh: 2 }), { spent_nonce: 4, fresh: 2 });
  assert.equal(tablesInWords({ 'rows of spent_nonce': 4, 'written rows of all tables, meanwhile': 4 }), '4 of `spent_nonce`');
});
