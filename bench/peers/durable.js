// The durable floor: the relay, with one row for each message before anybody else has it.

import { DurableObject } from 'cloudflare:workers';

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('create table if not exists journal (seq integer primary key, bytes blob not null)');
  }

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(sender, message) {
    this.ctx.storage.sql.exec('insert into journal (bytes) values (?)', message);
    for (const socket of this.ctx.getWebSockets()) {
      if (socket !== sender) {
        socket.send(message);
      }
    }
  }

  webSocketClose(socket) {
    socket.close();
  }
}

export default {
  fetch(request, env) {
    if (request.headers.get('upgrade') !== 'websocket') {
      return new Response('a durable relay');
    }
    return env.ROOMS.get(env.ROOMS.idFromName(new URL(request.url).pathname)).fetch(request);
  },
};
