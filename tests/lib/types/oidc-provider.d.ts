// The parts of oidc-provider that the tests use; the package brings no types of its own.

declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export type Claims = Record<string, unknown> & { sub: string };

  /** What a middleware sees of a request. */
  export type Context = {
    path: string;
    body: unknown;
    oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
  };

  export type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };

  export type Configuration = {
    claims: Record<string, readonly string[]>;
    clients: readonly Record<string, unknown>[];
    conformIdTokenClaims: boolean;
    cookies: { keys: readonly string[] };
    features: { devInteractions: { enabled: boolean } };
    findAccount: (context: Context, sub: string) => Promise<{ accountId: string; claims: () => Promise<Claims> }>;
    interactions: { url: (context: Context, interaction: { uid: string }) => string };
    jwks: { keys: readonly object[] };
    loadExistingGrant: (context: Context) => Promise<Grant>;
    scopes: readonly string[];
    ttl: Record<string, number>;
  };

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    Grant: new (of: { clientId: string; accountId: string }) => Grant;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }

  export default Provider;
}
