// Where and with what something was measured.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** As it stands in the JSON of a run. */
export type Measured = {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Whether it was seen only that all of it works. */
  readonly isSmoke?: boolean;
};

/** Here, today, with these. */
export async function measuredOn(versions: Readonly<Record<string, string>>): Promise<Measured> {
  const { stdout: commit } = await run('git', ['describe', '--always', '--dirty', '--abbrev=12'], { cwd: import.meta.dirname });
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit.trim(),
    machine: `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}, ${memory} GiB, Linux ${release()}`,
    versions,
  };
}

/** What the servers are that are measured side by side, and what runs them. */
export async function versionsOfServers(): Promise<Record<string, string>> {
  return {
    ...(await pinned('peers/package.json')),
    ...(await pinned('../package.json')),
    workerd: await versionOf('../node_modules/workerd/package.json'),
    node: process.version.slice(1),
  };
}

async function versionOf(path: string): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** What a package.json pins of what is measured. */
async function pinned(path: string): Promise<Record<string, string>> {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const measured = ['@hocuspocus/server', '@y/websocket-server', 'partyserver', 'y-partyserver', 'yjs', 'wrangler'];
  return Object.fromEntries(Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => measured.includes(name)));
}
