// The ways into a university's Glossator, with real providers behind them: its own single sign-on, Google, a link by e-mail,
// GitHub for developers.

import { GitHubServer } from './github_server.ts';
import type { Host } from './host.ts';
import { Mailbox } from './mailbox.ts';
import { clientId, clientSecret, OidcServer } from './oidc_server.ts';

/** What an operator says of a provider for which the tests have a client. */
export const clientOptions = ['--client-id', clientId, '--secret-variable', 'SIGN_IN_SECRET_TEST'] as const;

/** Where a provider leads back to, at a Worker with this port. */
export function backTo(port: number, way: string): string {
  return `http://127.0.0.1:${port}/auth/way/${way}/callback`;
}

/** The running providers. */
export class WaysIn {
  readonly university: OidcServer;
  readonly google: OidcServer;
  readonly github: GitHubServer;
  readonly mailbox: Mailbox;

  private constructor(university: OidcServer, google: OidcServer, github: GitHubServer, mailbox: Mailbox) {
    this.university = university;
    this.google = google;
    this.github = github;
    this.mailbox = mailbox;
  }

  /** Starts them for a Worker with this port. */
  static async start(port: number): Promise<WaysIn> {
    const started: { stop: () => Promise<unknown> }[] = [];
    const start = async <Server extends { stop: () => Promise<unknown> }>(server: Promise<Server>): Promise<Server> => {
      started.push(await server);
      return server;
    };
    try {
      return new WaysIn(
        await start(OidcServer.start(backTo(port, 'uni'), { claimsInToken: false })),
        await start(OidcServer.start(backTo(port, 'google'), { claimsInToken: true })),
        await start(GitHubServer.start()),
        await start(Mailbox.start()),
      );
    } catch (error) {
      // Or they would keep the process of the tests from ending.
      await Promise.all(started.map((server) => server.stop()));
      throw error;
    }
  }

  /** What the host needs in its environment. */
  get hostVariables(): Readonly<Record<string, string>> {
    return {
      SIGN_IN_SECRET_TEST: clientSecret,
      SMTP_URL: this.mailbox.url,
      MAIL_FROM: 'Glossator <sign-in@uni.example>',
    };
  }

  /** Does what an operator does first: the institution, what its people are, and the ways. */
  async introduceTo(host: Host): Promise<void> {
    await host.command('admin', 'institution', 'uni', 'The university', '--domain', 'uni.example');
    await host.command('admin', 'role', 'uni', 'faculty', 'instructor');
    await host.command('admin', 'role', 'uni', 'student', 'student');
    const way = (slug: string, kind: string, ...more: readonly string[]): Promise<string> =>
      host.command('admin', 'provider', slug, '--kind', kind, ...more);
    await way('github', 'github', '--issuer', this.github.url, '--allow', 'Ada', ...clientOptions);
    await way('mail', 'mail', '--institution', 'uni', '--name', 'A link by e-mail');
    await way('google', 'google', '--issuer', this.google.issuer, '--institution', 'uni', '--name', 'Google', ...clientOptions);
    await way('uni', 'oidc', '--issuer', this.university.issuer, '--institution', 'uni', ...clientOptions);
  }

  /** Stops them. */
  async stop(): Promise<void> {
    await Promise.all([this.university, this.google, this.github, this.mailbox].map((server) => server.stop()));
  }
}
