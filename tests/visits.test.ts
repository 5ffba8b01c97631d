// Browsers' requests by way of the Worker to the host: sessions, and what pages of other sites may not do with them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { tokenFor } from './lib/authority.ts';
import { newCase, Stack } from './lib/stack.ts';

let stack: Stack;

before(async () => {
  stack = await Stack.start();
});
after(() => stack.stop());

type Browser = { cookie: string | undefined };

/** Sends what a page of ours would, with these headers in place of the page's own. */
async function send(browser: Browser, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const ours = { origin: stack.edge.url, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const response = await fetch(stack.edge.url + path, {
    method,
    redirect: 'manual',
    headers: { ...ours, ...(browser.cookie === undefined ? {} : { cookie: browser.cookie }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  for (const given of response.headers.getSetCookie()) {
    const [pair = ''] = given.split(';');
    assert.match(given, /; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    // Whoever has signed in is on no way to it any more.
    assert.match(pair, /^__Host-(sid|flow)=/);
    if (pair.startsWith('__Host-sid=')) {
      browser.cookie = given.endsWith('Max-Age=0') ? undefined : pair;
    }
  }
  return response;
}

async function signIn(name: string): Promise<Browser> {
  const browser: Browser = { cookie: undefined };
  const response = await send(browser, 'POST', '/auth/development', { name });
  assert.equal(response.status, 200, await response.text());
  assert.match(browser.cookie ?? '', /^__Host-sid=[\w-]{43}$/);
  return browser;
}

async function status(browser: Browser, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<number> {
  const response = await send(browser, method, path, body, headers);
  await response.arrayBuffer();
  return response.status;
}

test('a person signs in, is known, and signs out', async () => {
  const ada = await signIn('Ada');
  const me = await send(ada, 'GET', '/api/me');
  assert.equal(me.headers.get('cache-control'), 'no-store');
  assert.match(me.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.equal(((await me.json()) as { name: string }).name, 'Ada');
  const stolen = { ...ada };
  assert.equal(await status(ada, 'POST', '/auth/sign-out', {}), 200);
  assert.equal(ada.cookie, undefined);
  assert.equal(await status(ada, 'GET', '/api/me'), 401);
  assert.equal(await status(stolen, 'GET', '/api/me'), 401);
});

test('a page of another site changes nothing, and is told nothing', async () => {
  const ada = await signIn('Ada');
  const foreign = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    assert.equal(await status(ada, 'POST', '/auth/sign-out', {}, headers), 403, JSON.stringify(headers));
    assert.equal(await status(ada, 'GET', '/api/me', undefined, headers), 403, JSON.stringify(headers));
  }
  assert.equal(await status(ada, 'POST', '/auth/sign-out', {}, { origin: '' }), 403, 'no origin at all');
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    assert.equal(await status(ada, 'POST', '/auth/sign-out', {}, { 'content-type': type }), 415, type);
  }
  assert.equal(await status(ada, 'GET', '/api/me'), 200, 'nobody was signed out');
});

/** The routes of the table in `docs/api.md` that change something, about things that are not there. */
function changingRoutes(): { method: string; path: string }[] {
  const page = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(POST|PUT|PATCH|DELETE) (\S+)`/gm)];
  const routes = rows.map(([, method = '', path = '']) => `${method} ${path.replace(/\{\w+\}/g, crypto.randomUUID())}`);
  return [...new Set(routes)].map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });
}

test('no route that changes something is passed on from elsewhere, or as a form', async () => {
  const ada = await signIn('Ada');
  const routes = changingRoutes();
  assert.ok(routes.length > 40, `the table has ${routes.length} of them`);
  const before = stack.proxy.passages.length;
  for (const { method, path } of routes) {
    const route = `${method} ${path}`;
    for (const headers of [{ origin: '' }, { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      assert.equal(await status(ada, method, path, {}, headers), 403, `${route} with ${JSON.stringify(headers)}`);
    }
    if (method !== 'DELETE') {
      // No form deletes, and a page of another site is asked first whether it may.
      assert.equal(await status(ada, method, path, {}, { 'content-type': 'text/plain' }), 415, `${route} as a form`);
    }
  }
  assert.deepEqual(stack.proxy.passages.slice(before), [], 'the host heard nothing of it');
  // And that is due to what was wrong with them.
  for (const { method, path } of routes.filter(({ path }) => !path.startsWith('/auth/') && path !== '/api/me')) {
    const answered = await status(ada, method, path, {});
    assert.ok(![403, 415].includes(answered) || path === '/api/classes', `${method} ${path} from a page of ours: ${answered}`);
  }
});

test('what a browser says of itself and of proxies does not reach the host', async () => {
  const ada = await signIn('Ada');
  const claims = {
    'x-glossator-visit': 'e30',
    'x-glossator-key': 'theirs',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
    'remote-user': 'root',
    cookie: `${ada.cookie}; other=1`,
  };
  const answer = await send({ cookie: undefined }, 'GET', '/api/me', undefined, claims);
  assert.equal(((await answer.json()) as { name: string }).name, 'Ada');
  const headers = stack.proxy.passages.findLast(({ path }) => path === '/api/me')?.headers ?? {};
  const { 'x-glossator-visit': visit, 'x-glossator-key': key, ...others } = headers;
  for (const [name, value] of Object.entries(others)) {
    assert.ok(!Object.keys(claims).includes(name), `${name} is passed on`);
    assert.doesNotMatch(String(value), /203\.0\.113|evil|root/, name);
  }
  assert.equal(key, stack.key.id);
  const told = JSON.parse(Buffer.from(String(visit), 'base64url').toString()) as Record<string, unknown>;
  assert.deepEqual([told['session'], told['origin']], [ada.cookie?.replace('__Host-sid=', ''), stack.edge.url]);
  assert.doesNotMatch(JSON.stringify(told), /203\.0\.113|evil|other/);

  const cookies = ['__Host-sid=', '__Host-sid=short', `__Host-sid=${'A'.repeat(43)}`, `__Host-sid=${'A'.repeat(43)}; __Host-sid=${'A'.repeat(43)}`];
  for (const cookie of cookies) {
    assert.equal(await status({ cookie }, 'GET', '/api/me'), 401, cookie);
  }
});

test('a session gets tickets, for its own person and for the origin that asked', async () => {
  const ada = await signIn('Ada');
  const { user } = (await (await send(ada, 'GET', '/api/me')).json()) as { user: string };
  const caseId = newCase();
  // What the page says of its person counts only where names are believed, and there is a session here.
  const answer = await send(ada, 'POST', `/api/cases/${caseId}/ticket`, { user: 'u-other', name: 'Other' });
  assert.equal(answer.status, 201);
  const ticket = (await answer.json()) as { ticket: string; user: string; name: string; role: string };
  assert.deepEqual([ticket.user, ticket.name, ticket.role], [user, 'Ada', 'annotate']);
  assert.equal(await status({ cookie: `__Host-sid=${'A'.repeat(43)}` }, 'POST', `/api/cases/${caseId}/ticket`, { user: 'u', name: 'U' }), 401);
});

test('no session is told who wrote what, be it open or ended: a client token is', async () => {
  const ada = await signIn('Ada');
  const caseId = newCase();
  assert.equal(await status(ada, 'POST', `/api/cases/${caseId}/ticket`, {}), 201, 'the session is open, and its person may read');
  const path = `/api/cases/${caseId}/authorship`;
  const stolen = { ...ada };
  assert.equal(await status(ada, 'GET', path), 401);
  assert.equal(await status(ada, 'POST', '/auth/sign-out', {}), 200);
  assert.equal(await status(stolen, 'GET', path), 401);
  const token = await tokenFor(stack, caseId, 'rita', 'read');
  assert.equal(await status(stolen, 'GET', `${path}?token=${token}`), 404, 'nothing was written yet');
});

test('a method that is not known is refused, and so is what is too large', async () => {
  const nobody: Browser = { cookie: undefined };
  assert.equal(await status(nobody, 'OPTIONS', '/api/me'), 405);
  assert.equal(await status(nobody, 'POST', '/auth/development', { name: 'a'.repeat(1_100_000) }), 413);
  assert.equal(await status(nobody, 'GET', '/api/nowhere'), 404);
});

test('while the host is down it is said so, and whoever comes from a provider is led back', async () => {
  const ada = await signIn('Ada');
  await stack.host.stop();
  try {
    const answer = await send(ada, 'GET', '/api/me');
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    const back = await send(ada, 'GET', '/auth/way/uni/callback?code=a&state=b', undefined, { 'sec-fetch-site': 'cross-site' });
    assert.equal(back.status, 303);
    assert.equal(back.headers.get('location'), '/sign-in?problem=unavailable');
  } finally {
    await stack.host.start();
  }
  assert.equal(await status(ada, 'GET', '/api/me'), 200);
});
