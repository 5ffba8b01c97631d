// `cargo xtask dev` as a newcomer uses it: started, stopped, killed piece by piece, and started again.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import pg from 'pg';

import { RawPeer, StockClient } from './lib/clients.ts';
import { CookieBrowser } from './lib/cookie_browser.ts';
import { append, notesOf } from './lib/edits.ts';
import { hostBinary, workerDirectory } from './lib/environment.ts';
import { freePort } from './lib/ports.ts';
import { Child, descendantsOf, processes, type ProcessEntry } from './lib/process.ts';
import { newCase } from './lib/stack.ts';
import { until } from './lib/until.ts';

const readyWithinMs = 15_000;

/** A running `cargo xtask dev`. */
type Dev = { child: Child; url: string; postgres: string; startedInMs: number };

describe('cargo xtask dev', () => {
  let directory: string;
  let data: string;
  let port: number;
  let dev: Dev | undefined;
  const caseId = newCase();
  let text = '';
  /** Lasts a day, and through every restart. */
  let token: string | undefined;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'glossator-dev-'));
    // Postgres runs as another user when we are root, and must be able to enter.
    await chmod(directory, 0o755);
    data = join(directory, 'data');
    port = await freePort();
  });

  after(async () => {
    await dev?.child.stop(30_000);
    await rm(directory, { recursive: true, force: true });
  });

  /** Writes something in the one case of this file, and waits until another client was shown it. */
  const write = async (running: Dev, added: string): Promise<void> => {
    const syncUrl = `${running.url.replace('http', 'ws')}/sync`;
    token ??= await tokenFor(data, caseId);
    const author = await StockClient.join(syncUrl, caseId, { token });
    const reader = await StockClient.join(syncUrl, caseId, { token });
    append(author, added);
    text += added;
    await until('the reader sees it', () => notesOf(reader) === text);
    author.leave();
    reader.leave();
  };

  const holds = async (running: Dev): Promise<void> => {
    token ??= await tokenFor(data, caseId);
    const reader = await StockClient.join(`${running.url.replace('http', 'ws')}/sync`, caseId, { token });
    await until('everything is there', () => notesOf(reader) === text, {
      explain: () => `there is: ${notesOf(reader)}`,
    });
    reader.leave();
  };

  test('prints where Postgres and the page are, each on a line of its own, once they can be used', async () => {
    dev = await start(port, data, 300_000);
    assert.equal(dev.url, `http://127.0.0.1:${port}`);
    assert.equal((await fetch(dev.url)).status, 200);
    const client = new pg.Client({ connectionString: dev.postgres });
    await client.connect();
    await client.query('SELECT 1 FROM annotation_document_state');
    await client.end();
    await write(dev, 'first run, ');
  });

  test('lets a page in by a name, and no client without a token', async () => {
    const { url } = running(dev);
    const headers = { origin: url, 'content-type': 'application/json' };
    const asked = { method: 'POST', headers, body: JSON.stringify({ user: 'u-1', name: 'Azo' }) };
    const answer = await fetch(`${url}/api/cases/${caseId}/ticket`, asked);
    assert.equal(answer.status, 201);
    assert.equal(((await answer.json()) as { role: string }).role, 'own');
    const peer = await RawPeer.open(`${url.replace('http', 'ws')}/sync`, caseId, { token: null });
    assert.equal((await peer.closed()).code, 4401);
    assert.equal((await fetch(`${url}/api/cases`)).status, 200);
    assert.equal((await fetch(`${url}/api/cases`, { headers: { origin: 'http://evil.example' } })).status, 403);
  });

  test('prints the link of a mail, and whoever opens it is signed in', async () => {
    const { child, url, postgres } = running(dev);
    const env = { ...process.env, DATABASE_URL: postgres };
    const host = (...words: string[]) => promisify(execFile)(hostBinary(), ['admin', ...words], { env });
    await host('institution', 'uni', 'The university', '--domain', 'uni.example');
    await host('provider', 'mail', '--kind', 'mail', '--institution', 'uni');
    const ann = new CookieBrowser(url);
    const asked = await ann.ask('POST', '/auth/mail/start', { email: 'ann@uni.example', to: '/' });
    assert.ok(asked.status < 300, JSON.stringify(asked));
    const link = await until('the link is printed', () => /a mail to ann@uni\.example[^]*?(http:\S+#mail=\S+)/.exec(child.output)?.[1]);
    const token = new URL(link).hash.replace('#mail=', '');
    assert.equal((await ann.ask('POST', '/auth/mail/finish', { token })).status, 200);
    assert.equal((await ann.me())?.email, 'ann@uni.example');
  });

  test('says clearly that the port is in use, and disturbs nothing', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    assert.ok(address !== null && typeof address === 'object');
    const refused = await spawnDev(address.port, join(directory, 'other'));
    assert.notEqual(await refused.exited(), 'code 0');
    assert.match(refused.output, new RegExp(`port ${address.port}\\b.*in use`));
    listener.close();
    await holds(running(dev));
  });

  test('says clearly that the data is in use', async () => {
    const refused = await spawnDev(await freePort(), data);
    assert.notEqual(await refused.exited(), 'code 0');
    assert.match(refused.output, /in use by another/);
    await holds(running(dev));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`stops at ${signal}, leaves no process, and is ready again within 15 s with everything`, async (context) => {
      const { child } = running(dev);
      const everything = descendantsOf(child.pid);
      if (signal === 'SIGINT') {
        // Ctrl-C reaches everything that the terminal runs in the foreground, not the first process alone.
        process.kill(-child.pid, signal);
      } else {
        child.signal(signal);
      }
      assert.equal(await until('dev ends', () => child.ending, { within: 30_000 }), 'code 0');
      const left = processes().filter((entry) => everything.includes(entry.pid) || entry.command.includes(data));
      assert.deepEqual(left, []);

      dev = await start(port, data, readyWithinMs);
      context.diagnostic(`started again in ${Math.round(dev.startedInMs)} ms`);
      await holds(dev);
      await write(dev, `after ${signal}, `);
    });
  }

  const victims: readonly [string, (entry: ProcessEntry) => boolean][] = [
    ['workerd', (entry) => entry.command.includes('workerd serve') && entry.command.includes('--debug-port')],
    ['wrangler', (entry) => entry.command.includes('wrangler') && entry.command.includes(' dev ')],
    ['the mail server', (entry) => entry.command.includes('xtask/mails.mjs')],
    ['the host', (entry) => /\/host serve$/.test(entry.command)],
    ['Postgres', (entry) => /\/postgres .*-D/.test(entry.command)],
    ['xtask itself', (entry) => /xtask dev/.test(entry.command) && !entry.command.startsWith('cargo')],
  ];
  for (const [name, isVictim] of victims) {
    test(`loses nothing when ${name} is killed, and starts again`, async () => {
      const before = running(dev);
      await write(before, `before ${name} was killed, `);
      const tree = [before.child.pid, ...descendantsOf(before.child.pid)];
      const victim = among(tree).find(isVictim);
      assert.ok(victim !== undefined, `${name} is not among ${JSON.stringify(among(tree))}`);
      process.kill(victim.pid, 'SIGKILL');

      if (name !== 'workerd') {
        await until('dev ends', () => before.child.ending, { within: 60_000, explain: () => before.child.output });
        await until('nothing is left', () => among(tree).length === 0, {
          within: 60_000,
          explain: () => JSON.stringify(among(tree)),
        });
        dev = await start(port, data, 60_000);
      }
      await holds(running(dev));
      await write(running(dev), `after ${name}, `);
    });
  }
});

/** What `cargo xtask token` prints while `dev` runs on this data. */
async function tokenFor(data: string, caseId: string): Promise<string> {
  const { NODE_TEST_CONTEXT: _runner, NODE_OPTIONS: _options, ...env } = process.env;
  const options = ['--data', data, '--case', caseId, '--user', 'azo', '--role', 'annotate'];
  const cwd = workerDirectory();
  const { stdout } = await promisify(execFile)('cargo', ['xtask', 'token', ...options], { cwd, env });
  const token = stdout.trim();
  assert.match(token, /^client\.1\./);
  return token;
}

/** Those of the processes that live. */
function among(pids: readonly number[]): ProcessEntry[] {
  return processes().filter((entry) => pids.includes(entry.pid));
}

function running(dev: Dev | undefined): Dev {
  assert.ok(dev !== undefined, 'dev did not start');
  return dev;
}

function spawnDev(port: number, data: string): Promise<Child> {
  const { DATABASE_URL: _ours, NODE_TEST_CONTEXT: _runner, NODE_OPTIONS: _options, ...environment } = process.env;
  return Child.start('cargo xtask dev', 'cargo', ['xtask', 'dev', '--port', String(port), '--data', data], {
    cwd: workerDirectory(),
    env: environment,
    // A process group of its own, as a shell makes for each command.
    detached: true,
  });
}

async function start(port: number, data: string, within: number): Promise<Dev> {
  const from = performance.now();
  const child = await spawnDev(port, data);
  const said = new Map<string, string>();
  child.onLine((line) => {
    const [, word, rest] = /^(postgres|ready) (\S+)$/.exec(line) ?? [];
    if (word !== undefined && rest !== undefined) {
      said.set(word, rest);
    }
  });
  await child.ready('it prints `ready`', () => said.has('ready'), within);
  return {
    child,
    url: said.get('ready') ?? '',
    postgres: said.get('postgres') ?? '',
    startedInMs: performance.now() - from,
  };
}
