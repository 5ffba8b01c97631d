// Which requests of a page were ended because the page went elsewhere: the browser gives up what the last document had
// asked for, and reports it with the same words as a request that a script has aborted.

import type { Page, Request } from 'playwright-core';

/** One navigation of the main frame; moments are counted in events of the page. */
type Departure = { request: Request; began: number; arrived: number | null };

/** Watches one page from its first request on. */
export class Departures {
  readonly #began = new WeakMap<Request, number>();
  readonly #departures: Departure[] = [];
  readonly #page: Page;
  #events = 0;

  constructor(page: Page) {
    this.#page = page;
    page.on('request', (request) => {
      this.#events += 1;
      this.#began.set(request, this.#events);
      if (request.isNavigationRequest() && this.#isOfMainFrame(request)) {
        this.#departures.push({ request, began: this.#events, arrived: null });
      }
    });
    page.on('framenavigated', (frame) => {
      this.#events += 1;
      const last = this.#departures.at(-1);
      // A step within the document has no request, and what another one overtook never arrives.
      if (frame === page.mainFrame() && last?.arrived === null && withoutHash(last.request.url()) === withoutHash(frame.url())) {
        last.arrived = this.#events;
      }
    });
  }

  /**
   * Takes down that a request has failed at this moment. What is returned tells later on whether a navigation that had
   * begun by now has replaced the document that the request was made for: its arrival may be reported after the failure.
   */
  mayHaveEnded(request: Request): () => boolean {
    const began = this.#began.get(request);
    const underWay = this.#departures.filter((departure) => departure.request !== request);
    const isOfDocument = began !== undefined && this.#isOfMainFrame(request);
    return () => isOfDocument && underWay.some(({ arrived }) => arrived !== null && began < arrived);
  }

  #isOfMainFrame(request: Request): boolean {
    try {
      return request.frame() === this.#page.mainFrame();
    } catch {
      // A service worker's, or a page's that is only being made: there is no frame that could leave.
      return false;
    }
  }
}

function withoutHash(address: string): string {
  return address.replace(/#.*/, '');
}
