// A floor: a room that forwards each message to everybody else and keeps nothing. No server in a Durable Object that
// delivers messages one by one can cost less.

import { DurableObject } from 'cloudflare:workers';

export class Room extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(sender, message) {
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
      return new Response('a relay');
    }
    return env.ROOMS.get(env.ROOMS.idFromName(new URL(request.url).pathname)).fetch(request);
  },
};
