// The door: which token lets somebody in, and how everything else is answered, without a room being woken for it.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';

import { newTicket, orderArrived, setGrant, tokenFor } from './lib/authority.ts';
import { RawPeer, StockClient, type RawOptions } from './lib/clients.ts';
import { Edge } from './lib/edge.ts';
import { append, notesOf } from './lib/edits.ts';
import { OurPeer, subprotocol } from './lib/ours.ts';
import { freePort } from './lib/ports.ts';
import { callHost, newKey } from './lib/signed.ts';
import { newCase, Stack } from './lib/stack.ts';
import {
  clientTokenOf,
  newTicketKey,
  payloadOf,
  sealed,
  sealedBySecret,
  ticketOf,
  ticketPayload,
  type TicketFields,
} from './lib/tokens.ts';
import { until } from './lib/until.ts';
import { syncStep1 } from './lib/wire.ts';

/** What an upgrade shows. */
type Knock = { protocols?: readonly string[]; query?: string; origin?: string | null; headers?: Record<string, string> };

const minute = 60_000;
const evil = 'https://evil.example';

describe('the door', () => {
  let stack: Stack;
  let ours: string;

  before(async () => {
    stack = await Stack.start({ developmentSignIn: null });
    ours = stack.edge.url;
  });

  after(async () => {
    await stack?.stop();
  });

  /** How an upgrade ends: with a code, or in the room. Pages come from our own address unless it is said otherwise. */
  const knock = async (caseId: string, { protocols = [], query = '', origin = ours, headers = {} }: Knock): Promise<number | 'open'> => {
    const options: RawOptions = { token: null, headers, ...(origin === null ? {} : { origin }) };
    const peer = await RawPeer.open(stack.edge.syncUrl, `${caseId}${query}`, options, protocols);
    peer.send(syncStep1());
    const ending = await until('the room answers or the socket is closed', () => {
      const isServed = peer.frames.length > 0;
      return isServed ? 'open' : peer.ending?.code;
    });
    peer.cut();
    return ending;
  };
  const page = (token: string, more: Omit<Knock, 'protocols'> = {}): Knock => ({ protocols: [subprotocol, token], ...more });
  const program = (token: string, more: Omit<Knock, 'query'> = {}): Knock => ({ query: `?token=${token}`, origin: null, ...more });
  const ticket = (caseId: string, fields: Partial<TicketFields> = {}): string =>
    ticketOf(stack.ticketKey, { caseId, user: 'ann', origin: ours, ...fields });
  const clientToken = (caseId: string, fields: Partial<TicketFields> = {}): string =>
    clientTokenOf(stack.ticketKey, { caseId, user: 'ann', ...fields });
  /** Opens a case's room for the first time: what was issued before does not count in it. */
  const begin = async (caseId: string): Promise<void> => {
    assert.equal(await knock(caseId, program(clientToken(caseId))), 'open');
  };
  const rooms = (): number => (existsSync(stack.edge.storage) ? readdirSync(stack.edge.storage).length : 0);

  test('whoever shows nothing that is good is closed with a code, and wakes no room', async () => {
    const attacks: [string, number, (caseId: string) => Knock][] = [
      ['no token', 4401, () => ({ protocols: [subprotocol] })],
      ['no token and no origin', 4401, () => ({ origin: null })],
      ['no token from another site', 4401, () => ({ origin: evil })],

      ['an expired ticket', 4500, (id) => page(ticket(id, { issuedMs: Date.now() - 2 * minute }))],
      ['a ticket that is not valid yet', 4500, (id) => page(ticket(id, { issuedMs: Date.now() + minute }))],
      ['a ticket for too long', 4401, (id) => page(ticket(id, { authorityUntilMs: Date.now() + 16 * minute }))],
      ['a ticket that may be used for too long', 4401, (id) => page(ticket(id, { openUntilMs: Date.now() + 2 * minute }))],
      ['a ticket of another case', 4403, () => page(ticket(newCase()))],
      ['a changed ticket', 4401, (id) => page(tampered(ticket(id, { role: 'read' })))],
      ['a ticket without its signature', 4401, (id) => page(ticket(id).replace(/[^.]*$/, ''))],
      ['half a signature', 4401, (id) => page(ticket(id).slice(0, -43))],
      ['a ticket of another key under our id', 4401, (id) => page(ticketOf(newTicketKey('test'), fields(id)))],
      ['a ticket of a key that is not listed', 4401, (id) => page(ticketOf(newTicketKey('other'), fields(id)))],
      ['an oversized ticket', 4401, () => page(`ticket.1.test.${'A'.repeat(2_100)}.AA`)],
      ['an oversized header', 4401, () => ({ headers: { 'Sec-WebSocket-Protocol': `ticket.1.test.${'A'.repeat(4_000)}.AA` } })],
      ['a signed ticket that is oversized', 4401, (id) => page(ticket(id, { name: 'n'.repeat(1_500) }))],
      ['another version', 4401, (id) => page(sealed(stack.ticketKey, 'ticket.2', ticketPayload(fields(id))))],
      ['signed with a secret, as if the public key were one', 4401, (id) => page(sealedBySecret(publicAsSecret(), 'ticket.1', ticketPayload(fields(id))))],
      ['a ticket called a resume token', 4401, (id) => page(sealed(stack.ticketKey, 'resume.1', resumePayload(id)))],
      ['a resume token of another secret', 4401, (id) => page(sealedBySecret(newKey('resume'), 'resume.1', resumePayload(id)))],
      ['a resume token that has ended', 4500, (id) => page(resume(id, Date.now() - 16 * minute))],
      ['a resume token of another case', 4403, () => page(resume(newCase()))],
      ['two tickets', 4401, (id) => ({ headers: { 'Sec-WebSocket-Protocol': `${ticket(id)}, ${ticket(id)}` } })],
      ['a ticket and a client token', 4401, (id) => ({ ...page(ticket(id)), query: `?token=${clientToken(id)}` })],

      ['a ticket without an origin', 4403, (id) => page(ticket(id), { origin: null })],
      ['a resume token without an origin', 4403, (id) => page(resume(id), { origin: null })],
      ['a stolen ticket on another site', 4403, (id) => page(ticket(id), { origin: evil })],
      ['a ticket in a sandboxed frame', 4403, (id) => page(ticket(id), { origin: 'null' })],
      ['a ticket of another site, from ours', 4403, (id) => page(ticket(id, { origin: evil }))],
      ['a ticket of our other address', 4403, (id) => page(ticket(id, { origin: ours.replace('127.0.0.1', 'localhost') }))],
      ['a rebound name', 4403, (id) => page(ticket(id), { headers: { Host: 'evil.example' } })],
      ['a rebound name with our port', 4403, (id) => page(ticket(id), { headers: { Host: `evil.example:${stack.edge.settings.port}` } })],

      ['an expired client token', 4401, (id) => program(clientToken(id, { issuedMs: Date.now() - 2 * minute, authorityUntilMs: Date.now() - 1 }))],
      ['a client token that is not valid yet', 4401, (id) => program(clientToken(id, { issuedMs: Date.now() + minute }))],
      ['a client token for more than a day', 4401, (id) => program(clientToken(id, { authorityUntilMs: Date.now() + 25 * 60 * minute }))],
      ['a client token of another case', 4403, () => program(clientToken(newCase()))],
      ['a changed client token', 4401, (id) => program(tampered(clientToken(id, { role: 'read' })))],
      ['a client token called a ticket', 4401, (id) => page(clientToken(id).replace('client', 'ticket'))],
      ['a client token among the subprotocols', 4401, (id) => page(clientToken(id))],
      ['a ticket in the query', 4401, (id) => ({ query: `?token=${ticket(id)}` })],
      ['two client tokens', 4401, (id) => ({ query: `?token=${clientToken(id)}&token=${clientToken(id)}`, origin: null })],
      ['a stolen client token on another site', 4403, (id) => program(clientToken(id), { origin: evil })],
      ['a client token under a rebound name', 4403, (id) => program(clientToken(id), { headers: { Host: 'evil.example' } })],
    ];
    const before = rooms();
    for (const [name, code, attack] of attacks) {
      const caseId = newCase();
      assert.equal(await knock(caseId, attack(caseId)), code, name);
    }
    assert.equal(rooms(), before, 'no room was woken');

    await begin(newCase());
    assert.ok(rooms() > before, 'a room that is woken can be seen');
  });

  test('no token lets anybody in of which one bit was changed, or to which nobody put this signature', async () => {
    const caseId = newCase();
    await begin(caseId);
    const attacks: [string, Knock][] = [['ticket', page] as const, ['client token', program] as const].flatMap(([kind, show]) => {
      const token = kind === 'ticket' ? ticket(caseId) : clientToken(caseId);
      return forgeries(token).map(([what, forged]): [string, Knock] => [`${what} of a ${kind}`, show(forged)]);
    });
    await Promise.all(attacks.map(async ([name, attack]) => assert.equal(await knock(caseId, attack), 4401, name)));
    assert.equal(await knock(caseId, page(ticket(caseId))), 'open', 'and one that nobody has changed does');
  });

  test('a ticket lets a page in once, also after the Worker was started anew', async () => {
    const caseId = newCase();
    await begin(caseId);
    const [shown, later] = [ticket(caseId), ticket(caseId)];
    const ann = await OurPeer.joinWith(stack.edge.syncUrl, caseId, shown, ours);
    assert.equal(ann.peer.protocol, subprotocol, 'no answer repeats a token');
    ann.write('hers');
    await ann.allSaved();
    assert.equal(await knock(caseId, page(shown)), 4500);
    ann.cut();

    await stack.edge.stop();
    await stack.edge.start();
    assert.equal(await knock(caseId, page(shown)), 4500);
    assert.equal(await knock(caseId, page(later)), 'open');
  });

  test('a ticket that is older than the room’s storage is sent back for another one', async () => {
    const caseId = newCase();
    assert.equal(await knock(caseId, page(ticket(caseId))), 4500, 'the room has just begun');
    const [spent, unspent] = [ticket(caseId), ticket(caseId)];
    assert.equal(await knock(caseId, page(spent)), 'open');

    await stack.edge.stop();
    await stack.edge.loseStorage();
    await stack.edge.start();
    for (const old of [spent, unspent]) {
      assert.equal(await knock(caseId, page(old)), 4500);
    }
    assert.equal(await knock(caseId, page(ticket(caseId))), 'open');
  });

  test('a resume token brings its page back while the host is away, and nobody else', async () => {
    const caseId = newCase();
    await begin(caseId);
    const ann = await OurPeer.joinWith(stack.edge.syncUrl, caseId, ticket(caseId), ours);
    const told = await until('she is given one', () => ann.said().find(({ kind }) => kind === 'resume'));
    const token = told.kind === 'resume' ? told.token : '';
    ann.cut();

    await stack.host.stop();
    try {
      const again = await OurPeer.joinWith(stack.edge.syncUrl, caseId, token, ours);
      again.write('still hers');
      await again.allSaved();
      again.cut();
      assert.equal(await knock(caseId, page(token, { origin: evil })), 4403);
      assert.equal(await knock(newCase(), page(token)), 4403);
    } finally {
      await stack.host.start();
    }
  });

  test('a room opens that a token or an order places in a region', async () => {
    const [placed, ordered] = [newCase(), newCase()];
    assert.equal(await knock(placed, program(clientToken(placed, { region: 'weur' }))), 'open');
    assert.equal(await knock(placed, page(ticket(placed, { region: 'oc' }))), 'open', 'another one later changes nothing');
    assert.equal(await knock(placed, program(clientToken(placed, { region: 'nowhere' }))), 4401);

    await setGrant(stack, ordered, 'ann', 'annotate', 'ann', 'apac');
    await orderArrived(stack, ordered);
    await begin(ordered);
    const ann = await OurPeer.joinWith(stack.edge.syncUrl, ordered, await newTicket(stack, ordered, 'ann'), ours);
    const told = await until('she is given one', () => ann.said().find(({ kind }) => kind === 'resume'));
    const token = told.kind === 'resume' ? told.token : '';
    assert.match(Buffer.from(token.split('.')[3] ?? '', 'base64url').toString('utf8'), /\nann\nann\napac$/);
    ann.cut();
    assert.equal(await knock(ordered, page(token)), 'open');
  });

  test('a stock client comes in with a client token of the host, again and again', async () => {
    const caseId = newCase();
    const token = await tokenFor(stack, caseId, 'ann', 'annotate');
    const ann = await StockClient.join(stack.edge.syncUrl, caseId, { token });
    append(ann, 'hers');
    const twin = await StockClient.join(stack.edge.syncUrl, caseId, { token });
    await until('she reads it', () => notesOf(twin) === 'hers');
    assert.equal(await knock(caseId, program(token, { origin: ours })), 'open', 'and on a page of ours');
    ann.leave();
    twin.leave();
  });

  test('a room that was wiped keeps nothing of anybody', async () => {
    const [caseId, other] = [newCase(), newCase()];
    await begin(caseId);
    await begin(other);
    await callHost(stack.host.url, stack.key, 'DELETE', caseId);
    await until('the room is wiped', async () => {
      const [row] = await stack.database.query<{ count: string }>('SELECT count(*) FROM outbox');
      return Number(row?.count) === 0;
    }, { within: 30_000 });
    assert.equal(await knock(caseId, program(clientToken(caseId))), 4404);
    await stack.edge.stop();
    const kept = records(stack.edge.storage);
    await stack.edge.start();
    assert.ok(kept.some(({ keys }) => keys.includes('kept:person:ann')), 'a room that was not wiped does');
    const wiped = kept.filter(({ room }) => room?.includes('"deleted":true'));
    assert.deepEqual(wiped.map(({ keys }) => keys), [['room']]);
  });

  test('without keys a Worker serves nothing, and says what is missing', async () => {
    const { tokens: _, ...settings } = stack.edge.settings;
    const edge = await Edge.create({ ...settings, port: await freePort() });
    try {
      await edge.start();
      for (const path of [`/c/${newCase()}`, '/api/cases', `/sync/${newCase()}`]) {
        const response = await fetch(`${edge.url}${path}`);
        assert.equal(response.status, 503, path);
        assert.match(await response.text(), /TICKET_PUBLIC_KEYS is not set/);
      }
      const peer = await RawPeer.open(edge.syncUrl, newCase(), { token: null });
      assert.equal((await peer.closed()).code, 1006);
    } finally {
      await edge.stop();
      await edge.remove();
    }
  });

  test('nobody signs in by name where that is not set up, and whoever tries is told to sign in', async () => {
    const response = await fetch(`${ours}/api/cases/${newCase()}/ticket`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ours },
      body: JSON.stringify({ user: 'ann', name: 'Ann' }),
    });
    assert.equal(response.status, 401);
  });

  const fields = (caseId: string): TicketFields => ({ caseId, user: 'ann', origin: ours });
  const resumePayload = (caseId: string, grantedMs = Date.now()): string =>
    payloadOf(['ab'.repeat(16), caseId, 'own', String(grantedMs), String(grantedMs + 15 * minute), ours, 'ann', 'ann']);
  const resume = (caseId: string, grantedMs = Date.now()): string =>
    sealedBySecret(stack.resumeKey, 'resume.1', resumePayload(caseId, grantedMs));
  const publicAsSecret = (): { id: string; secret: Uint8Array } => {
    const [id = '', hex = ''] = stack.ticketKey.public.split(':');
    return { id, secret: Buffer.from(hex, 'hex') };
  };
});

/** The keys of what every room has written beside its document, and its own record. */
function records(storage: string): { keys: string[]; room: string | undefined }[] {
  const files = readdirSync(storage).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return files.flatMap((name) => {
    const database = new DatabaseSync(join(storage, name));
    try {
      const hasMeta = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() !== undefined;
      const rows = hasMeta ? database.prepare('SELECT key, value FROM meta ORDER BY key').all() : [];
      const room = rows.find((row) => row['key'] === 'room')?.['value'];
      return [{ keys: rows.map((row) => String(row['key'])), room: room === undefined ? undefined : String(room) }];
    } finally {
      database.close();
    }
  });
}

/** What somebody without the key can make of a token. */
function forgeries(token: string): [string, string][] {
  const [kind = '', version = '', id = '', payload = '', signature = ''] = token.split('.');
  const flipped = (text: string): string[] => {
    const bytes = Buffer.from(text, 'base64url');
    return Array.from(bytes, (_, index) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ (1 << (index % 8)), index);
      return changed.toString('base64url');
    });
  };
  const signed = (by: Uint8Array): string => [kind, version, id, payload, Buffer.from(by).toString('base64url')].join('.');
  const identity = Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0));
  return [
    ...flipped(payload).map((changed, index): [string, string] => [`byte ${index} of the payload`, [kind, version, id, changed, signature].join('.')]),
    ...flipped(signature).map((changed, index): [string, string] => [`byte ${index} of the signature`, [kind, version, id, payload, changed].join('.')]),
    ['the key’s id', [kind, version, `${id.slice(0, -1)}u`, payload, signature].join('.')],
    ['a second signature, made from the first,', signed(secondSignature(Buffer.from(signature, 'base64url')))],
    ['no signature', signed(new Uint8Array(64))],
    ['a signature of nothing', signed(identity)],
    ['a signature of ones', signed(new Uint8Array(64).fill(0xff))],
  ];
}

/** S + L, which is the same number to whoever does not look closely. */
function secondSignature(signature: Uint8Array): Uint8Array {
  const order = (1n << 252n) + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`);
  const second = (s + order).toString(16).padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(second, 'hex').reverse()]);
}

/** The same token for an owner, under the old signature. */
function tampered(token: string): string {
  const parts = token.split('.');
  const payload = Buffer.from(parts[3] ?? '', 'base64url').toString('utf8');
  parts[3] = payloadOf(payload.replace('\nread\n', '\nown\n').split('\n'));
  return parts.join('.');
}
