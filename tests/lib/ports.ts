// Free ports on the loopback address.

import { createServer } from 'node:net';

const given = new Set<number>();

/** A port that nobody listens on, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => {
          if (address === null || typeof address === 'string') {
            reject(new Error(`a listening TCP socket has the address ${String(address)}`));
          } else {
            resolve(address.port);
          }
        });
      });
    });
    if (!given.has(port)) {
      given.add(port);
      return port;
    }
  }
}
