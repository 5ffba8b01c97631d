// oidc-provider as a university, as Google, or as somebody who misbehaves.

import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import Provider, { type Claims, type Context } from 'oidc-provider';

import { freePort } from './ports.ts';

export const clientId = 'glossator';
export const clientSecret = 'a-secret-of-the-tests';

/** What is changed of an ID token before it is signed, or how it is signed. */
export type Tampering = {
  claims?: (claims: Claims) => Record<string, unknown>;
  signed?: 'not' | 'with the secret' | 'with another key';
  information?: (claims: Claims) => Record<string, unknown>;
  /** What it says of itself. */
  metadata?: Readonly<Record<string, unknown>>;
};

type SigningKey = { id: string; private: KeyObject; public: object };

/** A running provider. Whoever is sent to it is signed in as `account` at once. */
export class OidcServer {
  /** Who comes. */
  account: Claims = { sub: 'nobody' };
  /** Whether they change their mind. */
  cancels = false;
  /** How it misbehaves, if it does. */
  tampering: Tampering = {};
  /** The tokens that it has given for codes. */
  readonly given: string[] = [];
  readonly issuer: string;
  readonly #server: Server;
  readonly #provider: Provider;
  #key: SigningKey = newKey();

  private constructor(port: number, redirectUri: string, claimsInToken: boolean) {
    this.issuer = `http://127.0.0.1:${port}`;
    this.#provider = new Provider(this.issuer, {
      claims: {
        openid: ['sub', 'hd'],
        email: ['email', 'email_verified'],
        profile: ['name'],
        eduperson: ['eduperson_affiliation', 'eduperson_scoped_affiliation'],
      },
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
      conformIdTokenClaims: !claimsInToken,
      cookies: { keys: ['a key of the tests'] },
      features: { devInteractions: { enabled: false } },
      findAccount: async (_context, sub) => ({ accountId: sub, claims: async () => this.account }),
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      jwks: { keys: [{ ...this.#key.private.export({ format: 'jwk' }), kid: this.#key.id, use: 'sig', alg: 'RS256' }] },
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile eduperson');
        await grant.save();
        return grant;
      },
      scopes: ['openid', 'email', 'profile', 'eduperson'],
      ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    });
    this.#provider.use((context, next) => this.#around(context, next));
    const answer = this.#provider.callback();
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith('/interaction/') === true) {
        void this.#signIn(request, response);
      } else {
        answer(request, response);
      }
    });
  }

  /** Starts one. People come back to `redirectUri`; what is said of them is in the ID token, or at another address. */
  static async start(redirectUri: string, { claimsInToken }: { claimsInToken: boolean }): Promise<OidcServer> {
    const port = await freePort();
    const server = new OidcServer(port, redirectUri, claimsInToken);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  /** Signs with another key from now on, and publishes that alone. */
  rotate(): void {
    this.#key = newKey();
  }

  /** Stops it. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const result = this.cancels
      ? { error: 'access_denied', error_description: 'they changed their mind' }
      : { login: { accountId: this.account.sub } };
    await this.#provider.interactionFinished(request, response, result);
  }

  async #around(context: Context, next: () => Promise<void>): Promise<void> {
    await next();
    if (context.path === '/.well-known/openid-configuration' && this.tampering.metadata !== undefined) {
      context.body = { ...(context.body as object), ...this.tampering.metadata };
    } else if (context.path === '/jwks') {
      context.body = { keys: [this.#key.public] };
    } else if (context.path === '/token' && hasToken(context.body)) {
      const id_token = this.#signed(context.body.id_token);
      this.given.push(context.body.access_token, id_token);
      context.body = { ...context.body, id_token };
    } else if (context.path === '/me' && this.tampering.information !== undefined) {
      context.body = this.tampering.information(this.account);
    }
  }

  #signed(token: string): string {
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const changed = this.tampering.claims?.(claims) ?? claims;
    switch (this.tampering.signed) {
      case 'not':
        return `${encoded({ alg: 'none' }, changed)}.`;
      case 'with the secret': {
        const text = encoded({ alg: 'HS256' }, changed);
        return `${text}.${createHmac('sha256', clientSecret).update(text).digest('base64url')}`;
      }
      case 'with another key':
        return signedBy({ ...newKey(), id: this.#key.id }, changed);
      default:
        return signedBy(this.#key, changed);
    }
  }
}

function newKey(): SigningKey {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = crypto.randomUUID();
  return {
    id,
    private: pair.privateKey,
    public: { ...pair.publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256' },
  };
}

function signedBy(key: SigningKey, claims: object): string {
  const text = encoded({ alg: 'RS256', kid: key.id }, claims);
  return `${text}.${sign('sha256', Buffer.from(text), key.private).toString('base64url')}`;
}

function encoded(...parts: readonly object[]): string {
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

function hasToken(body: unknown): body is { id_token: string; access_token: string } {
  const tokens: { id_token?: unknown; access_token?: unknown } = typeof body === 'object' && body !== null ? body : {};
  return typeof tokens.id_token === 'string' && typeof tokens.access_token === 'string';
}
