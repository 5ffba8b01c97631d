// Free ports on the loopback address.
//
// A port is chosen long before the program that is given it listens there. Meanwhile nobody else may take it: not the
// system, which hands out the ephemeral range to whoever connects, and not another process of tests. So ports are
// chosen below that range, and each is reserved until this process ends by listening on the same port of 127.0.0.2,
// which `xtask` does too. The kernel gives a reservation back whatever way a process ends.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const lowest = 10_240;
const reserving = '127.0.0.2';

let next = process.pid * 97;

/** A port of 127.0.0.1 that nobody listens on and that no other test is given while this process lives. */
export async function freePort(): Promise<number> {
  const count = ephemeralFrom() - lowest;
  for (let tried = 0; tried < count; tried += 1) {
    const port = lowest + (next % count);
    next += 1;
    if (await listens(port, reserving, 'for good')) {
      // Who was here before us listens where the program will.
      if (await listens(port, '127.0.0.1', 'for a moment')) {
        return port;
      }
    }
  }
  throw new Error(`all of the ${count} ports from ${lowest} are taken`);
}

/** Where the range begins that the system gives to outgoing connections (proc_sys_net_ipv4(5), ip_local_port_range). */
function ephemeralFrom(): number {
  const [from] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/);
  const port = Number(from);
  if (!Number.isInteger(port) || port <= lowest) {
    throw new Error(`the system's ephemeral ports begin at ${from}: none is left below them`);
  }
  return port;
}

/** Listens on a port; `false` if somebody else does. */
function listens(port: number, address: string, howLong: 'for good' | 'for a moment'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(false);
      } else {
        reject(error);
      }
    });
    server.listen({ port, host: address, exclusive: true }, () => {
      if (howLong === 'for good') {
        resolve(true);
      } else {
        server.close(() => resolve(true));
      }
    });
  });
}
