// Tokens, as the `contract` crate defines them: here the tests issue what they like.

import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

import type { Key } from './signed.ts';

/** A role on a case. */
export type Role = 'read' | 'comment' | 'annotate' | 'own';

/** What tickets and client tokens are signed with. */
export type TicketKey = {
  id: string;
  key: KeyObject;
  /** As TICKET_SIGNING_KEY names it. */
  signing: string;
  /** As TICKET_PUBLIC_KEYS names it. */
  public: string;
};

/** A fresh key. */
export function newTicketKey(id: string): TicketKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  if (d === undefined || x === undefined) {
    throw new Error('an Ed25519 key without its numbers');
  }
  const hex = (text: string): string => Buffer.from(text, 'base64url').toString('hex');
  return { id, key: privateKey, signing: `${id}:${hex(d)}`, public: `${id}:${hex(x)}` };
}

/** What a token says; times are in milliseconds since the Unix epoch. */
export type TicketFields = {
  caseId: string;
  origin: string;
  user: string;
  role?: Role;
  name?: string;
  id?: string;
  issuedMs?: number;
  openUntilMs?: number;
  authorityUntilMs?: number;
  region?: string;
};

/** The payload of a ticket, good from now on unless it is said otherwise. */
export function ticketPayload(fields: TicketFields): string {
  const issuedMs = fields.issuedMs ?? Date.now();
  return payloadOf([
    fields.id ?? randomBytes(16).toString('hex'),
    fields.caseId,
    fields.role ?? 'annotate',
    String(issuedMs),
    String(fields.openUntilMs ?? issuedMs + 60_000),
    String(fields.authorityUntilMs ?? issuedMs + 900_000),
    fields.origin,
    fields.user,
    fields.name ?? fields.user,
    ...(fields.region === undefined ? [] : [fields.region]),
  ]);
}

/** A ticket. */
export function ticketOf(key: TicketKey, fields: TicketFields): string {
  return sealed(key, 'ticket.1', ticketPayload(fields));
}

/** A client token that no host has on record. */
export function clientTokenOf(key: TicketKey, fields: Omit<TicketFields, 'origin' | 'openUntilMs'>): string {
  const issuedMs = fields.issuedMs ?? Date.now();
  const lines = [
    fields.id ?? randomBytes(16).toString('hex'),
    fields.caseId,
    fields.role ?? 'annotate',
    String(issuedMs),
    String(fields.authorityUntilMs ?? issuedMs + 3_600_000),
    fields.user,
    fields.name ?? fields.user,
    ...(fields.region === undefined ? [] : [fields.region]),
  ];
  return sealed(key, 'client.1', payloadOf(lines));
}

/** Lines as a payload. */
export function payloadOf(lines: readonly string[]): string {
  return Buffer.from(lines.join('\n')).toString('base64url');
}

/** A token of a kind and version, such as `ticket.1`, with its signature. */
export function sealed(key: TicketKey, kind: string, payload: string, keyId = key.id): string {
  const signed = `${kind}.${keyId}.${payload}`;
  return `${signed}.${sign(null, Buffer.from(`glossator-token\n${signed}`), key.key).toString('base64url')}`;
}

/** The same, signed as resume tokens are. */
export function sealedBySecret(key: Key, kind: string, payload: string): string {
  const signed = `${kind}.${key.id}.${payload}`;
  return `${signed}.${createHmac('sha256', key.secret).update(`glossator-token\n${signed}`).digest('base64url')}`;
}
