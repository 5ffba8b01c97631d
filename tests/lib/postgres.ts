// Postgres for tests: a database of one's own on the shared server, or a whole server that may be stopped and copied.

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';

import { databaseServerUrl, postgresAccount, postgresBinaries } from './environment.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

/** One database, reached by short-lived connections so that it can be stopped, copied and replaced beneath us. */
export class Database {
  readonly #serverUrl: string;
  readonly name: string;

  private constructor(serverUrl: string, name: string) {
    this.#serverUrl = serverUrl;
    this.name = name;
  }

  /** Makes an empty database on a server. */
  static async create(serverUrl: string = databaseServerUrl()): Promise<Database> {
    const name = `glossator_test_${crypto.randomUUID().replaceAll('-', '')}`;
    const database = new Database(serverUrl, name);
    await database.#administer(`CREATE DATABASE ${name}`);
    return database;
  }

  /** The address for DATABASE_URL. */
  get url(): string {
    return urlOf(this.#serverUrl, this.name);
  }

  /** Runs one statement. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return connected(this.url, async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** Copies the database under another name, as a backup does. Nobody may be connected. */
  async backUp(): Promise<string> {
    const copy = `${this.name}_copy`;
    await this.#administer(`CREATE DATABASE ${copy} TEMPLATE ${this.name}`);
    return copy;
  }

  /** Puts a copy back in the place of the database. Whoever is connected is thrown out. */
  async putBack(copy: string): Promise<void> {
    await this.#administer(`DROP DATABASE ${this.name} WITH (FORCE)`);
    await this.#administer(`ALTER DATABASE ${copy} RENAME TO ${this.name}`);
  }

  /** Removes the database. */
  async drop(): Promise<void> {
    await this.#administer(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }

  async #administer(statement: string): Promise<void> {
    await connected(urlOf(this.#serverUrl, 'postgres'), (client) => client.query(statement));
  }
}

/** A Postgres server of one's own, for tests that stop it. */
export class DatabaseServer {
  readonly #directory: string;
  readonly #port: number;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  /** Makes and starts a server. */
  static async create(): Promise<DatabaseServer> {
    const directory = await mkdtemp(join(tmpdir(), 'glossator-postgres-'));
    await chmod(directory, 0o755);
    const account = postgresAccount();
    if (account !== undefined) {
      await run('chown', [account, directory]);
    }
    const server = new DatabaseServer(directory, await freePort());
    await server.#run('initdb', ['-D', server.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
    await server.start();
    return server;
  }

  /** The superuser's address. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  /** Starts it and waits until it can be used. */
  async start(): Promise<void> {
    const options = `-p ${this.#port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    await this.#run('pg_ctl', ['start', '-w', '-D', this.#data, '-o', options, '-l', join(this.#directory, 'log')]);
  }

  /** Stops it as a crash does: no session is ended in order and nothing is written back. */
  async crash(): Promise<void> {
    await this.#run('pg_ctl', ['stop', '-w', '-m', 'immediate', '-D', this.#data]);
  }

  /** Stops it and removes what it stored. */
  async remove(): Promise<void> {
    await this.crash().catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#directory, 'data');
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    const path = join(postgresBinaries(), program);
    const account = postgresAccount();
    const ids = account === undefined ? {} : await idsOf(account);
    // pg_ctl leaves the server behind with our pipes, so its output must not be one.
    await new Promise<void>((resolve, reject) => {
      const child = execFile(path, [...args], { ...ids, cwd: this.#directory, timeout: 60_000 });
      let said = '';
      child.stderr?.on('data', (text: string) => (said += text));
      child.once('error', reject);
      child.once('exit', (code) => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        if (code === 0) {
          resolve();
        } else {
          reject(new Error(`${program} ended with code ${String(code)}: ${said}`));
        }
      });
    });
  }
}

async function idsOf(account: string): Promise<{ uid: number; gid: number }> {
  const [user, group] = await Promise.all([run('id', ['-u', account]), run('id', ['-g', account])]);
  return { uid: Number(user.stdout), gid: Number(group.stdout) };
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away reports it here as well as to the query.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
