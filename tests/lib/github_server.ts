// A server of GitHub's kind: it gives tokens for codes, and says whose they are.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { freePort } from './ports.ts';

export type GitHubAccount = { id: number; login: string; name?: string };

/** A running server. Whoever is sent to it is signed in as `account` at once. */
export class GitHubServer {
  /** Who comes. */
  account: GitHubAccount = { id: 1, login: 'nobody' };
  readonly url: string;
  readonly #server: Server;
  readonly #codes = new Map<string, { challenge: string; account: GitHubAccount }>();
  readonly #tokens = new Map<string, GitHubAccount>();

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Starts one. */
  static async start(): Promise<GitHubServer> {
    const port = await freePort();
    const server = new GitHubServer(port);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  /** Stops it. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    switch (url.pathname) {
      case '/login/oauth/authorize': {
        const code = crypto.randomUUID();
        this.#codes.set(code, { challenge: url.searchParams.get('code_challenge') ?? '', account: this.account });
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', url.searchParams.get('state') ?? '');
        back.searchParams.set('iss', `${this.url}/login/oauth`);
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      case '/login/oauth/access_token': {
        const said = new URLSearchParams(await text(request));
        const code = said.get('code') ?? '';
        const given = this.#codes.get(code);
        this.#codes.delete(code);
        const challenge = createHash('sha256').update(said.get('code_verifier') ?? '').digest('base64url');
        if (given?.challenge !== challenge) {
          json(response, { error: 'bad_verification_code' });
          return;
        }
        const token = crypto.randomUUID();
        this.#tokens.set(token, given.account);
        json(response, { access_token: token, token_type: 'bearer', scope: '' });
        return;
      }
      case '/api/v3/user': {
        const account = this.#tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
        json(response, account ?? {}, account === undefined ? 401 : 200);
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
