// What browsers complain about. No complaint is allowed but those that a test provokes, and that it names beforehand.

import type { BrowserContext, Page, Request } from 'playwright-core';

import { Departures } from './departures.ts';

/** The broken socket of a page whose server a test has killed or cut off. */
export const BROKEN_SOCKET = /^WebSocket connection to .* failed/;
/** A request that found nobody, or somebody who could not answer. */
export const FAILED_REQUEST = /Failed to load resource|^request failed/;

type Complaint = { page: Page; words: string; isVoid: () => boolean };

/** All complaints of one browser, whoever of its people they reached. */
export class Complaints {
  readonly #list: Complaint[] = [];
  readonly #expected = new Map<Page, RegExp[]>();

  /** Listens to everything that the pages of a context say, and to the content policies that they violate. */
  async listenTo(context: BrowserContext, who: string): Promise<void> {
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (violation) => {
        console.error(`policy violated: ${violation.violatedDirective} by ${violation.blockedURI}`);
      });
    });
    context.on('page', (page) => {
      const departures = new Departures(page);
      const complain = (words: string, isVoid = (): boolean => false): void => {
        this.#list.push({ page, words: `${who} at ${pathOf(page)}: ${words}`, isVoid });
      };
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') {
          complain(message.text());
        }
      });
      page.on('pageerror', (error) => complain(`error: ${error.stack ?? String(error)}`));
      page.on('requestfailed', (request: Request) => {
        const why = request.failure()?.errorText ?? '';
        // Whoever goes to another page wants no answers for the last one any more. Which these are shows afterwards.
        const endedByDeparture = departures.mayHaveEnded(request);
        complain(`request failed: ${request.url()} ${why}`, () => why === 'net::ERR_ABORTED' && endedByDeparture());
      });
      page.on('crash', () => complain('the page crashed'));
    });
  }

  /** Allows a page what the test is about to provoke, from here on. */
  expect(page: Page, ...patterns: readonly RegExp[]): void {
    this.#expected.set(page, [...(this.#expected.get(page) ?? []), ...patterns]);
  }

  /** Those that nobody expected. */
  get unexpected(): string[] {
    return this.#list
      .filter(({ page, words, isVoid }) => {
        const said = words.slice(words.indexOf(': ') + 2);
        return !isVoid() && !(this.#expected.get(page) ?? []).some((pattern) => pattern.test(said));
      })
      .map(({ words }) => words);
  }
}

function pathOf(page: Page): string {
  try {
    return new URL(page.url()).pathname;
  } catch {
    return page.url();
  }
}
