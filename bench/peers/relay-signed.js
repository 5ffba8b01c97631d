// The relay with what it costs to let people in: each shows a token, whose signature is checked as our door checks it.

import { DurableObject } from 'cloudflare:workers';

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
let key;

async function isSigned(token, publicKey) {
  key ??= await crypto.subtle.importKey('raw', Uint8Array.fromHex(publicKey), 'Ed25519', false, ['verify']);
  const end = token.lastIndexOf('.');
  const message = new TextEncoder().encode(`glossator-token\n${token.slice(0, end)}`);
  return crypto.subtle.verify('Ed25519', key, bytesOf(token.slice(end + 1)), message);
}

export class Room extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(sender, message) {
    this.ctx.getWebSockets().filter((socket) => socket !== sender).forEach((socket) => socket.send(message));
  }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (request.headers.get('upgrade') !== 'websocket') {
      return new Response('a relay that looks at tokens');
    }
    const isIn = await isSigned(searchParams.get('token') ?? '', env.PUBLIC_KEY);
    return isIn ? env.ROOMS.get(env.ROOMS.idFromName(pathname)).fetch(request) : new Response(null, { status: 403 });
  },
};
