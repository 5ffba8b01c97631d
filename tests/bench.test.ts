// Whether what measures still works: loads of a second on a floor and on ours, and a page of what was found. What anything costs is
// not looked at here.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { figures } from '../bench/report.ts';
import type { Run } from '../bench/results.ts';
import { loadBinary, nodeBinary } from './lib/environment.ts';
import { Child } from './lib/process.ts';

const script = fileURLToPath(new URL('../bench/run.ts', import.meta.url));
const CASE = '50 writers';

test('the bench measures a floor and ours, of which neither loses anything, and a page can be made of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glossator-bench-smoke-'));
  const out = join(folder, 'run.json');
  const chosen = ['--rounds', '1', '--only', CASE, '--target', 'relay', '--target', 'glossator'];
  const bench = await Child.start('the bench', nodeBinary(), [script, '--load', loadBinary(), '--smoke', '--out', out, ...chosen], {});
  try {
    assert.equal(await bench.exited(), 'code 0', bench.output);
    const run = JSON.parse(await readFile(out, 'utf8')) as Run;
    assert.deepEqual(run.results.map((result) => [result.case, result.target, result.round]), [[CASE, 'relay', 1], [CASE, 'glossator', 1]]);
    for (const { target, found } of run.results) {
      assert.deepEqual(found.losses, [], target);
      // 50 write twice, and 49 others have it.
      assert.equal(found.deliveries, 50 * 2 * 49, target);
      assert.ok((found.cpu_us_per_delivery ?? 0) > 0 && found.delivery_ms.p99 > 0 && found.resident_mib[0] > 0, JSON.stringify(found));
    }
    assert.throws(() => figures([run]), /was made with --smoke/);
    const { isSmoke, ...measured } = run.measured;
    assert.equal(isSmoke, true);
    const page = figures([{ ...run, measured: { ...measured, commit: measured.commit.replace('-dirty', '') } }]);
    assert.match(page, /\| 50 writers: µs per delivery \| 1 \| [\d.,]+( †)? \| [\d.,]+( †)? \|/);
    assert.match(page, /\| 50 writers: p99 ms \| ≤ 50 \| [\d.,]+( †)? \|/);
  } finally {
    if (bench.ending === undefined) {
      bench.killTree();
    }
    await rm(folder, { recursive: true, force: true });
  }
});
