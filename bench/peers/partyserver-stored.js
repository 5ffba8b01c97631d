// y-partyserver as its README keeps documents: read when the room starts, saved some seconds after an edit; here in the
// object's own database.

import { routePartykitRequest } from 'partyserver';
import { YServer } from 'y-partyserver';
import { applyUpdate, encodeStateAsUpdate } from 'yjs';

export class Room extends YServer {
  static options = { hibernate: true };

  async onLoad() {
    const { sql } = this.ctx.storage;
    sql.exec('create table if not exists document (id integer primary key, bytes blob not null)');
    for (const { bytes } of sql.exec('select bytes from document')) {
      applyUpdate(this.document, new Uint8Array(bytes));
    }
  }

  async onSave() {
    this.ctx.storage.sql.exec('insert or replace into document values (1, ?)', encodeStateAsUpdate(this.document));
  }
}

export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response('y-partyserver');
  },
};
