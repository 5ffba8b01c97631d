// Bundled for a page; see bundle.ts. Leaves the claims at `window.textContract` for whoever drives the browser.

import type { Claim } from './check.ts';
import { painterClaims } from './painter_claims.ts';
import { textClaims } from './text_claims.ts';

const claims: readonly Claim[] = [...textClaims, ...painterClaims];

/** What the page offers to the one who drives it. */
export type TextContract = {
  readonly names: readonly string[];
  /** Null if the claim holds, else why not. */
  run(name: string): Promise<string | null>;
};

const contract: TextContract = {
  names: claims.map(({ name }) => name),
  async run(name) {
    const claim = claims.find((each) => each.name === name);
    if (claim === undefined) {
      return 'there is no such claim';
    }
    try {
      await claim.check();
      return null;
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  },
};

Object.assign(globalThis, { textContract: contract });
