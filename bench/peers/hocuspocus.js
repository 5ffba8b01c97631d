// Hocuspocus as its README sets it up, with nothing kept.

import { Server } from '@hocuspocus/server';

await new Server({ address: '127.0.0.1', port: Number(process.env.PORT), quiet: true, stopOnSignals: true }).listen();
