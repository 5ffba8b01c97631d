// People sign in: at a university, with Google, by mail, with GitHub. The providers are real ones, and one of them
// misbehaves.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { CookieBrowser } from './lib/cookie_browser.ts';
import type { GitHubServer } from './lib/github_server.ts';
import type { Mailbox } from './lib/mailbox.ts';
import { clientId, OidcServer, type Tampering } from './lib/oidc_server.ts';
import { freePort } from './lib/ports.ts';
import { Stack } from './lib/stack.ts';
import { backTo, clientOptions, WaysIn } from './lib/ways_in.ts';

const ann = { sub: 'ann', name: 'Ann Lee', email: 'ann@uni.example', email_verified: true };
const faculty = { eduperson_affiliation: ['faculty'], eduperson_scoped_affiliation: ['faculty@uni.example'] };

describe('signing in', { concurrency: 1 }, () => {
  let stack: Stack;
  let ways: WaysIn;
  let university: OidcServer;
  let google: OidcServer;
  let liar: OidcServer;
  let github: GitHubServer;
  let mailbox: Mailbox;

  before(async () => {
    const port = await freePort();
    ways = await WaysIn.start(port);
    ({ university, google, github, mailbox } = ways);
    liar = await OidcServer.start(backTo(port, 'liar'), { claimsInToken: true });
    stack = await Stack.start({ port, hostVariables: ways.hostVariables });
    await ways.introduceTo(stack.host);
    // It claims to speak for the university, too: only what it signs can keep people out.
    const who = ['--kind', 'oidc', '--issuer', liar.issuer, '--institution', 'uni', '--position', '1'];
    await stack.host.command('admin', 'provider', 'liar', ...who, ...clientOptions);
  });

  after(async () => {
    await stack?.stop();
    await ways?.stop();
    await liar?.stop();
  });

  beforeEach(() => {
    for (const server of [university, google, liar]) {
      server.tampering = {};
      server.cancels = false;
    }
  });

  const browser = (): CookieBrowser => new CookieBrowser(stack.edge.url);
  const people = async (): Promise<number> => {
    const [row] = await stack.database.query<{ count: string }>('select count(*) from users');
    return Number(row?.count);
  };

  test('the ways are offered in their order', async () => {
    const { json } = await browser().ask('GET', '/auth/ways');
    const { ways } = json as { ways: { id: string; kind: string; name: string }[] };
    assert.deepEqual(ways.map(({ id }) => id), ['uni', 'liar', 'google', 'mail', 'github', 'development']);
    assert.deepEqual(ways[0], { id: 'uni', kind: 'oidc', name: 'The university' });
  });

  test('what somebody is at the university follows what it says at each sign-in', async () => {
    university.account = { ...ann, ...faculty };
    const first = browser();
    assert.equal(await first.signInBy('uni', { to: '/cases?x=1#p7' }), '/cases?x=1#p7');
    const me = await first.me();
    assert.deepEqual({ ...me, user: '' }, { user: '', name: 'Ann Lee', email: 'ann@uni.example', can_create_classes: true, digest: 'never' });
    assert.deepEqual([...first.cookies.keys()], ['__Host-sid']);

    university.account = { ...ann, eduperson_scoped_affiliation: 'student@uni.example' };
    const second = browser();
    await second.signInBy('uni');
    assert.equal((await second.me())?.user, me?.user);
    assert.equal((await second.me())?.can_create_classes, false);
  });

  test('staff of another institution does not become an instructor', async () => {
    for (const attributes of [
      { eduperson_scoped_affiliation: ['faculty@other.example'], eduperson_affiliation: ['faculty'] },
      { eduperson_affiliation: ['faculty'] },
    ]) {
      university.account = { sub: 'guest', name: 'A guest', email: 'guest@other.example', email_verified: true, ...attributes };
      const guest = browser();
      await guest.signInBy('uni');
      const me = await guest.me();
      assert.deepEqual([me?.email, me?.can_create_classes], [null, false]);
    }
  });

  test('Google leads to the same person where it keeps the account, and to somebody else where it does not', async () => {
    university.account = ann;
    const atUniversity = browser();
    await atUniversity.signInBy('uni');
    google.account = { ...ann, sub: 'g-1', hd: 'uni.example' };
    const hosted = browser();
    await hosted.signInBy('google');
    assert.equal((await hosted.me())?.user, (await atUniversity.me())?.user);

    for (const hd of [undefined, 'evil.example']) {
      google.account = { ...ann, sub: `g-${hd}`, hd };
      const taker = browser();
      await taker.signInBy('google');
      const me = await taker.me();
      assert.notEqual(me?.user, (await atUniversity.me())?.user);
      assert.equal(me?.email, null);
    }
  });

  test('an address that is not verified leads to nobody', async () => {
    university.account = ann;
    const victim = browser();
    await victim.signInBy('uni');
    for (const email_verified of [false, undefined]) {
      liar.account = { ...ann, sub: `unverified-${email_verified}`, email_verified };
      const taker = browser();
      await taker.signInBy('liar');
      assert.notEqual((await taker.me())?.user, (await victim.me())?.user);
    }
  });

  const lies: Record<string, Tampering> = {
    'with another nonce': { claims: (claims) => ({ ...claims, nonce: 'another' }) },
    'without a nonce': { claims: ({ nonce: _, ...claims }) => claims },
    'for somebody else': { claims: (claims) => ({ ...claims, aud: 'another' }) },
    'for somebody else, too': { claims: (claims) => ({ ...claims, aud: [clientId, 'another'] }) },
    'of another issuer': { claims: (claims) => ({ ...claims, iss: 'https://accounts.google.com' }) },
    'that has expired': { claims: (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }) },
    'of the future': { claims: (claims) => ({ ...claims, iat: Math.floor(Date.now() / 1000) + 3_600 }) },
    'without a subject': { claims: ({ sub: _, ...claims }) => claims },
    'with another access token': { claims: (claims) => ({ ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) },
    'that is not signed': { signed: 'not' },
    'that is signed with our own secret': { signed: 'with the secret' },
    'that is signed with another key': { signed: 'with another key' },
    'beside information of somebody else': { information: (claims) => ({ ...claims, sub: 'ann' }) },
  };
  for (const [what, tampering] of Object.entries(lies)) {
    test(`an ID token ${what} is refused`, async () => {
      liar.account = { sub: 'eve', name: 'Eve', email: 'eve@uni.example', email_verified: true };
      liar.tampering = tampering;
      const before = await people();
      const eve = browser();
      assert.equal(await eve.signInBy('liar'), '/sign-in?problem=refused');
      assert.equal(await eve.me(), undefined);
      assert.equal(await people(), before);
      liar.tampering = {};
      assert.equal(await eve.signInBy('liar'), '/', 'the truth is believed');
    });
  }

  test('a provider that changes its keys between two sign-ins is believed', async () => {
    university.account = ann;
    for (let changes = 0; changes < 3; changes += 1) {
      assert.equal(await browser().signInBy('uni'), '/');
      university.rotate();
    }
  });

  test('a provider whose metadata names another issuer leads nobody away, and nobody in', async () => {
    // Who it names may be one that is believed.
    for (const named of ['its own', university.issuer, 'https://accounts.google.com', undefined]) {
      const impostor = await OidcServer.start(backTo(stack.edge.settings.port, 'impostor'), { claimsInToken: true });
      try {
        impostor.tampering = { metadata: { issuer: named === 'its own' ? impostor.issuer : named } };
        const who = ['--kind', 'oidc', '--issuer', impostor.issuer, '--institution', 'uni', '--position', '2'];
        await stack.host.command('admin', 'provider', 'impostor', ...who, ...clientOptions);
        const eve = browser();
        const started = await eve.ask('POST', '/auth/way/impostor/start', { to: '/' });
        assert.equal(started.status, named === 'its own' ? 200 : 502, `${named}: ${JSON.stringify(started.json)}`);
      } finally {
        await impostor.stop();
      }
    }
  });

  test('what a provider gives for a code is kept nowhere', async () => {
    university.account = ann;
    const before = university.given.length;
    const person = browser();
    assert.equal(await person.signInBy('uni'), '/');
    const given = university.given.slice(before);
    assert.equal(given.length, 2);
    const tables = await stack.database.query<{ name: string }>("select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'");
    assert.ok(tables.length > 30);
    let sessions = 0;
    for (const { name } of tables) {
      const rows = await stack.database.query<{ row: string }>(`select t::text as row from ${name} as t`);
      sessions += name === 'sessions' ? rows.length : 0;
      for (const { row } of rows) {
        assert.ok(given.every((token) => !row.includes(token) && !row.includes(Buffer.from(token).toString('hex'))), `${name} has it`);
      }
    }
    assert.ok(sessions > 0, 'rows are read');
  });

  test('a code counts only from the provider that it was asked of', async () => {
    university.account = ann;
    for (const changed of [
      (back: URL) => back.searchParams.set('iss', liar.issuer),
      (back: URL) => back.searchParams.delete('iss'),
      (back: URL) => back.pathname = '/auth/way/liar/callback',
      (back: URL) => back.searchParams.set('code', 'another'),
      (back: URL) => back.searchParams.delete('code'),
    ]) {
      const person = browser();
      assert.equal(await person.signInBy('uni', { changed: (back) => void changed(back) }), '/sign-in?problem=refused');
      assert.equal(await person.me(), undefined);
    }
  });

  test('what comes back counts once, and in no other browser', async () => {
    university.account = ann;
    const person = browser();
    const back = await person.sentBack('uni');
    const other = browser();
    await other.sentBack('uni');
    assert.equal(await other.comeBack(back), '/sign-in?problem=expired');
    assert.equal(await browser().comeBack(back), '/sign-in?problem=expired');
    const twice = person.copy();
    assert.equal(await person.comeBack(back), '/');
    assert.equal(await twice.comeBack(back), '/sign-in?problem=expired');
    assert.equal(await twice.me(), undefined);
  });

  test('whoever changes their mind is told so', async () => {
    university.cancels = true;
    const person = browser();
    assert.equal(await person.signInBy('uni'), '/sign-in?problem=cancelled');
  });

  test('a link by mail works once, in the browser that asked, when the button is pressed', async () => {
    const person = browser();
    const number = mailbox.mails.length;
    for (const email of ['bob@uni.example', 'bob@other.example']) {
      const answer = await person.ask('POST', '/auth/mail/start', { email, to: '/cases' });
      assert.deepEqual([answer.status, answer.json], [202, {}]);
    }
    const link = await mailbox.link(number);
    assert.equal(link.origin + link.pathname, `${stack.edge.url}/sign-in`);
    const token = link.hash.replace('#mail=', '');
    // A scanner opens the link, with whatever it has.
    await person.copy().go(link);
    assert.equal((await browser().ask('POST', '/auth/mail/finish', { token })).status, 410);
    const twice = person.copy();
    const done = await person.ask('POST', '/auth/mail/finish', { token });
    assert.deepEqual([done.status, done.json], [200, { to: '/cases' }]);
    assert.equal((await person.me())?.email, 'bob@uni.example');
    assert.equal((await twice.ask('POST', '/auth/mail/finish', { token })).status, 410);
    assert.equal(mailbox.mails.length, number + 1, 'only the listed address was written to');
  });

  test('listed developers come in by GitHub', async () => {
    github.account = { id: 7, login: 'ada', name: 'Ada' };
    const ada = browser();
    assert.equal(await ada.signInBy('github'), '/');
    assert.equal((await ada.me())?.name, 'Ada');
    github.account = { id: 8, login: 'eve' };
    assert.equal(await browser().signInBy('github'), '/sign-in?problem=not_allowed');
  });

  test('nobody ends at another site', async () => {
    for (const to of ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example']) {
      const answers = await Promise.all([
        browser().ask('POST', '/auth/way/uni/start', { to }),
        browser().ask('POST', '/auth/mail/start', { email: 'bob@uni.example', to }),
        browser().ask('POST', '/auth/development', { name: 'Eve', to }),
      ]);
      assert.deepEqual(answers.map(({ status }) => status), [400, 400, 400], to);
    }
  });

  test('a session that was planted or stolen is worth nothing once its person signs in or out', async () => {
    const eve = browser();
    await eve.ask('POST', '/auth/development', { name: 'Eve' });
    university.account = ann;
    const victim = eve.copy();
    await victim.signInBy('uni');
    assert.notEqual(victim.cookies.get('__Host-sid'), eve.cookies.get('__Host-sid'));
    assert.equal(await eve.me(), undefined, 'what was planted has ended');
    assert.equal((await victim.me())?.name, 'Ann Lee');

    const thief = victim.copy();
    assert.equal((await victim.ask('POST', '/auth/sign-out', {})).status, 200);
    assert.deepEqual([...victim.cookies.keys()].filter((name) => name === '__Host-sid'), []);
    assert.equal(await thief.me(), undefined);
  });

  test('signing out everywhere ends what goes on elsewhere', async () => {
    university.account = ann;
    const [desk, library] = [browser(), browser()];
    await desk.signInBy('uni');
    await library.signInBy('uni');
    const { json } = await desk.ask('GET', '/api/me/sessions');
    const { sessions } = json as { sessions: { way: string; current: boolean }[] };
    assert.equal(sessions.filter(({ current }) => current).length, 1);
    assert.equal((await desk.ask('POST', '/auth/sign-out-everywhere', {})).status, 200);
    assert.equal(await library.me(), undefined);
  });
});
