// A browser without pages: it keeps cookies, follows redirects one at a time, and asks as our page does.

import assert from 'node:assert/strict';

/** What somebody is told of themselves. */
export type Me = { user: string; name: string; email: string | null; can_create_classes: boolean };

/** A browser with its cookies, by the host that gave them. */
export class CookieBrowser {
  readonly origin: string;
  readonly #cookies = new Map<string, Map<string, string>>();

  /** A browser that has our page open at this origin. */
  constructor(origin: string) {
    this.origin = origin;
  }

  /** The cookies of ours that it has. */
  get cookies(): Map<string, string> {
    return this.#of(this.origin);
  }

  /** Another browser, into which all cookies of this one were copied. */
  copy(): CookieBrowser {
    const copy = new CookieBrowser(this.origin);
    for (const [host, cookies] of this.#cookies) {
      copy.#cookies.set(host, new Map(cookies));
    }
    return copy;
  }

  /** Goes somewhere, as a link does; a redirect is not followed. */
  async go(url: string | URL): Promise<Response> {
    return this.#fetch(new URL(url, this.origin), { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } });
  }

  /** Asks as our page does, and returns the status and the answer. */
  async ask(method: string, path: string, body?: object): Promise<{ status: number; json: unknown; headers: Headers }> {
    const headers = { origin: this.origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await this.#fetch(new URL(path, this.origin), { method, headers, ...given });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  }

  /** Who has signed in; absent if nobody has. */
  async me(): Promise<Me | undefined> {
    const { status, json } = await this.ask('GET', '/api/me');
    assert.ok(status === 200 || status === 401, `/api/me answered ${status}`);
    return status === 200 ? (json as Me) : undefined;
  }

  /** Signs in by a provider, and returns the address of ours at which that ends. */
  async signInBy(way: string, { to = '/', changed = (_back: URL) => {} } = {}): Promise<string> {
    const back = await this.sentBack(way, to);
    changed(back);
    return this.comeBack(back);
  }

  /** Goes to a provider, and returns the address with which that sends it back. */
  async sentBack(way: string, to = '/'): Promise<URL> {
    const started = await this.ask('POST', `/auth/way/${way}/start`, { to });
    assert.equal(started.status, 200, JSON.stringify(started.json));
    let url = new URL((started.json as { go: string }).go);
    for (let steps = 0; url.origin !== this.origin; steps += 1) {
      assert.ok(steps < 10, `the provider never sends back: ${url.href}`);
      const response = await this.go(url);
      const location = response.headers.get('location');
      assert.ok(location !== null, `${url.href} answered ${response.status}: ${await response.text()}`);
      url = new URL(location, url);
    }
    return url;
  }

  /** Comes back from a provider, and returns where it is sent. */
  async comeBack(back: URL): Promise<string> {
    const response = await this.go(back);
    assert.equal(response.status, 303, await response.text());
    return response.headers.get('location') ?? '';
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const jar = this.#of(url.href);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split('; ');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const isTaken = attributes.some((attribute) => attribute.toLowerCase() === 'max-age=0') || value === '';
      if (isTaken) {
        jar.delete(name);
      } else {
        jar.set(name, value);
      }
    }
    return response;
  }

  #of(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }
}
