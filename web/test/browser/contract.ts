// Bundled into a page with its claims; see bundle.ts. Leaves them at `window.contract` for whoever drives the browser.

import type { Claim } from './check.ts';

/** Whoever waits for a database that is never given waits for ever. */
const WITHIN_MS = 20_000;

/** What a page of claims offers to the one who drives it. */
export type Contract = {
  readonly names: readonly string[];
  /** Null if the claim holds, else why not. */
  run(name: string): Promise<string | null>;
};

/** Leaves claims at `window.contract`. */
export function offer(claims: readonly Claim[]): void {
  const contract: Contract = {
    names: claims.map(({ name }) => name),
    async run(name) {
      const claim = claims.find((each) => each.name === name);
      if (claim === undefined) {
        return 'there is no such claim';
      }
      try {
        const late = new Promise<string>((done) => setTimeout(done, WITHIN_MS, `is not done within ${WITHIN_MS} ms`));
        return await Promise.race([Promise.resolve(claim.check()).then(() => null), late]);
      } catch (error) {
        return error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
    },
  };
  Object.assign(globalThis, { contract });
}
