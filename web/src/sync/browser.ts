// The browser as the client sees it: sockets, time, whether anybody looks, other tabs. Nothing here decides anything.

import type { Clock, SiblingMessage, Siblings, SiblingsFactory, SocketFactory, Surroundings } from './interface.ts';

export const openWebSocket: SocketFactory = (address, protocols, events) => {
  const socket = new WebSocket(address, protocols);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    events.received(typeof data === 'string' ? data : new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => events.closed(code, reason);
  return {
    send(data) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(data as Uint8Array<ArrayBuffer> | string);
      }
    },
    // A reason is 123 bytes at most, and a code of 1000 is what a page may say.
    close: (code, reason) => socket.close(code, reason.slice(0, 40)),
  };
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const browserSurroundings: Surroundings = {
  isVisible: () => document.visibilityState === 'visible',
  watch(told) {
    const watched = new AbortController();
    const options = { signal: watched.signal };
    addEventListener('online', () => told('online'), options);
    addEventListener('offline', () => told('offline'), options);
    // Coming back from the back-forward cache makes no visibility event everywhere.
    addEventListener('pageshow', ({ persisted }) => persisted && told('visible'), options);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && told('visible'), options);
    return () => watched.abort();
  },
};

/** Only tabs that share an offline copy have anything to say to each other. */
export const broadcastSiblings: SiblingsFactory = (name, told): Siblings => {
  if (typeof BroadcastChannel === 'undefined') {
    return { tell() {}, close() {} };
  }
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === 'rebuilt' || data === 'forgotten' || data === 'left') {
      told(data);
    }
  };
  return { tell: (message: SiblingMessage) => channel.postMessage(message), close: () => channel.close() };
};
