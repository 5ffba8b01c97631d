// Somebody who only listens: what the room tells them, and what their document has become by it.

import * as Y from 'yjs';

import { RawPeer } from './clients.ts';
import { fingerprintOf, type Fingerprint } from './documents.ts';
import type { Entry } from './entry.ts';
import { until } from './until.ts';
import { awarenessEntriesOf, syncStep1, type Message } from './wire.ts';

/** A raw client that has the document, writes nothing and shows nothing. */
export class Bystander {
  readonly #doc = new Y.Doc();
  readonly #peer: RawPeer;
  /** The presence that it was told of, as text. */
  readonly #shown = new Map<number, string>();
  #read = 0;

  private constructor(peer: RawPeer) {
    this.#peer = peer;
  }

  /** Comes in, and takes the document. */
  static async join(syncUrl: string, caseId: string, entry: Entry): Promise<Bystander> {
    const bystander = new Bystander(await RawPeer.open(syncUrl, caseId, entry));
    await bystander.news();
    return bystander;
  }

  /**
   * What it was told since it was asked last, and what that says: changes of the document, and of who is shown how. It asks
   * the room a question first, and what the room has sent before the answer has arrived.
   */
  async news(): Promise<string[]> {
    const { frames } = this.#peer;
    const from = this.#peer.messages().length;
    this.#peer.send(syncStep1(Y.encodeStateVector(this.#doc)));
    await until('the room answers a bystander', () => this.#peer.messages().slice(from).some(({ kind }) => kind === 'step2'), {
      every: 2,
      explain: () => JSON.stringify({ frames: frames.length, ending: this.#peer.ending }),
    });
    const fresh = this.#peer.messages().slice(this.#read);
    this.#read += fresh.length;
    return fresh.flatMap((message) => this.#take(message));
  }

  /** What it holds. */
  holds(): Fingerprint {
    return fingerprintOf(this.#doc);
  }

  /** Drops the connection. */
  cut(): void {
    this.#peer.cut();
    this.#doc.destroy();
  }

  #take(message: Message): string[] {
    if (message.kind === 'update' || message.kind === 'step2') {
      const before = fingerprintOf(this.#doc);
      Y.applyUpdate(this.#doc, message.update);
      const isNews = message.kind === 'update' || JSON.stringify(before) !== JSON.stringify(fingerprintOf(this.#doc));
      return isNews ? [`${message.kind} of ${message.update.length} bytes`] : [];
    }
    if (message.kind === 'awareness') {
      return awarenessEntriesOf(message.entries).flatMap(({ client, state }) => {
        const text = JSON.stringify(state);
        const isNews = this.#shown.get(client) !== text;
        this.#shown.set(client, text);
        return isNews ? [`presence of ${client}: ${text}`] : [];
      });
    }
    return [];
  }
}
