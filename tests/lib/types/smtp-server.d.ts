// The parts of smtp-server that the tests use; the package brings no types of its own.

declare module 'smtp-server' {
  import type { Server } from 'node:net';
  import type { Readable } from 'node:stream';

  export type Session = { envelope: { rcptTo: readonly { address: string }[] } };

  export class SMTPServer {
    constructor(options: {
      authOptional: boolean;
      disabledCommands: readonly string[];
      onData: (stream: Readable, session: Session, done: (error?: Error) => void) => void;
    });
    server: Server;
    listen(port: number, host: string, listening: () => void): Server;
    close(closed: () => void): void;
  }
}
