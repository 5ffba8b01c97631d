// A mail server that takes everything, and keeps it.

import { text } from 'node:stream/consumers';

import { SMTPServer } from 'smtp-server';

import { freePort } from './ports.ts';
import { until } from './until.ts';

/** A mail that came. */
export type Mail = { to: string; text: string };

/** A running mail server. */
export class Mailbox {
  readonly mails: Mail[] = [];
  readonly port: number;
  readonly #server: SMTPServer;

  private constructor(port: number) {
    this.port = port;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, session, done) => {
        void text(stream).then((content) => {
          this.mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), text: content });
          done();
        }, done);
      },
    });
  }

  /** Starts one. */
  static async start(): Promise<Mailbox> {
    const mailbox = new Mailbox(await freePort());
    await new Promise<void>((resolve, reject) => {
      mailbox.#server.server.once('error', reject);
      mailbox.#server.listen(mailbox.port, '127.0.0.1', resolve);
    });
    return mailbox;
  }

  /** For SMTP_URL. */
  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** The link in the mail with this number, once it came. */
  async link(number: number): Promise<URL> {
    const mail = await until(`mail ${number} comes`, () => this.mails[number]);
    const [link] = /^http\S+$/m.exec(mail.text.replaceAll('\r', '')) ?? [];
    if (link === undefined) {
      throw new Error('the mail has no link');
    }
    return new URL(link);
  }

  /** Stops it. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}
