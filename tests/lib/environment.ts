// What `cargo xtask test` tells the suite: where the tools, the built Worker and the database server are.

/** Reads a variable that the suite cannot do without. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: run the suite through \`cargo xtask test\`, which sets it`);
  }
  return value;
}

/** The Node binary that runs wrangler. */
export const nodeBinary = (): string => required('GLOSSATOR_NODE');

/** wrangler's JavaScript entry. */
export const wranglerScript = (): string => required('GLOSSATOR_WRANGLER');

/** The `host` executable. */
export const hostBinary = (): string => required('GLOSSATOR_HOST_BIN');

/** The load generator of the bench. */
export const loadBinary = (): string => required('GLOSSATOR_LOAD_BIN');

/** The directory of wrangler.toml, with the Worker already built in `build/` and the page in `web/dist`. */
export const workerDirectory = (): string => required('GLOSSATOR_WORKER_DIR');

/** A superuser's address of a running Postgres server; every stack makes a database of its own there. */
export const databaseServerUrl = (): string => required('TEST_DATABASE_URL');

/** The directory of initdb, pg_ctl and postgres, for tests that stop a server of their own. */
export const postgresBinaries = (): string => required('GLOSSATOR_PG_BIN');

/** The account that must run Postgres, since it refuses to be run by root; absent when we are not root. */
export function postgresAccount(): string | undefined {
  const account = process.env['GLOSSATOR_PG_RUNAS'];
  return account === undefined || account === '' ? undefined : account;
}

/** A Python that can import pycrdt and websockets. */
export const pythonBinary = (): string => required('GLOSSATOR_PYTHON');

/** A Chromium executable. */
export const chromiumBinary = (): string => required('GLOSSATOR_CHROMIUM');

/** How many counted kills the crash test must survive. */
export function killsWanted(): number {
  const text = process.env['KILLS'] ?? '50';
  const kills = Number(text);
  if (!Number.isSafeInteger(kills) || kills < 1) {
    throw new Error(`KILLS is "${text}": it must be a whole number of at least 1`);
  }
  return kills;
}
