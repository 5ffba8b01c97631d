// The Worker under wrangler's test harness, which can do what a network cannot: force a hibernation, or evict an
// object. Its storage ends with it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createTestHarness, type TestHarness } from 'wrangler';

import { endClientsOf } from './clients.ts';
import { originsAt, quiet, writeConfiguration } from './edge.ts';
import { workerBelieves } from './entry.ts';
import { keysText, newKey, type Key } from './signed.ts';
import { newTicketKey } from './tokens.ts';

/** A Worker whose objects obey the test. */
export class HarnessedEdge {
  readonly #harness: TestHarness;
  readonly #directory: string;
  readonly #url: URL;

  private constructor(harness: TestHarness, directory: string, url: URL) {
    this.#harness = harness;
    this.#directory = directory;
    this.#url = url;
  }

  /** Starts a Worker. Its port is only known afterwards, which is why the host is told its address later. */
  static async start(hostUrl: string, keys: readonly Key[]): Promise<HarnessedEdge> {
    const ticketKey = newTicketKey('test');
    // The harness runs in this very process and reads its environment.
    Object.assign(process.env, quiet);
    const directory = await mkdtemp(join(tmpdir(), 'glossator-harness-'));
    await writeConfiguration(directory);
    const worker = {
      configPath: join(directory, 'wrangler.toml'),
      vars: { HOST_URL: hostUrl },
      secrets: {
        HOST_KEYS: keysText(keys),
        TICKET_PUBLIC_KEYS: ticketKey.public,
        RESUME_KEYS: keysText([newKey('resume')]),
      },
    };
    const harness = createTestHarness({ root: directory, workers: [worker] });
    const { url } = await harness.listen();
    const vars = { ...worker.vars, PUBLIC_ORIGINS: originsAt(url.port) };
    await harness.update({ root: directory, workers: [{ ...worker, vars }] });
    const edge = new HarnessedEdge(harness, directory, (await harness.listen()).url);
    workerBelieves(edge.syncUrl, ticketKey);
    return edge;
  }

  /** Its address. */
  get url(): string {
    return this.#url.origin;
  }

  /** What a stock provider is given as the server's address. */
  get syncUrl(): string {
    return `ws://${this.#url.host}/sync`;
  }

  /** Hibernates an object at once, unless it sleeps already: it is dropped from memory, its sockets stay open. */
  async hibernate(caseId: string): Promise<void> {
    try {
      await this.#harness.getWorker().evictDurableObject('RoomObject', { name: caseId, webSockets: 'hibernate' });
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('it is not currently running'))) {
        throw error;
      }
    }
  }

  /** Evicts an object as a deploy does: it is dropped from memory, its sockets are closed. */
  async evict(caseId: string): Promise<void> {
    await this.#harness.getWorker().evictDurableObject('RoomObject', { name: caseId, webSockets: 'close' });
  }

  /** Stops it. */
  async stop(): Promise<void> {
    endClientsOf(this.syncUrl);
    await this.#harness.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
