// Signed messages between Worker and host, as the `contract` crate defines them: here the tests play the Worker.

import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A key as HOST_KEYS names it. */
export type Key = { id: string; secret: Uint8Array };

/** A fresh key. */
export function newKey(id: string): Key {
  return { id, secret: randomBytes(32) };
}

/** The keys in the form of HOST_KEYS: the first one signs, all verify. */
export function keysText(keys: readonly Key[]): string {
  return keys.map((key) => `${key.id}:${Buffer.from(key.secret).toString('hex')}`).join(',');
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a request's signature covers, apart from the key. */
export type RequestFacts = {
  direction: 'edge-to-host' | 'host-to-edge';
  audience: 'host' | 'edge';
  method: string;
  path: string;
  query: string;
  bodySha256: string;
  time: number;
  nonce: string;
  metricsSha256: string;
};

/** The signature of a request. */
export function requestSignature(key: Key, facts: RequestFacts): string {
  return signature(key, [
    'glossator-request-v1',
    facts.direction,
    facts.audience,
    facts.method,
    facts.path,
    facts.query,
    facts.bodySha256,
    String(facts.time),
    facts.nonce,
    facts.metricsSha256,
  ]);
}

/** What an answer's signature covers, apart from the key. */
export type AnswerFacts = {
  direction: 'edge-to-host' | 'host-to-edge';
  caseId: string;
  nonce: string;
  status: number;
  generation: string;
  version: string;
  storedSha256: string;
  bodySha256: string;
  time: number;
};

/** The signature of an answer. */
export function answerSignature(key: Key, facts: AnswerFacts): string {
  return signature(key, [
    'glossator-answer-v1',
    facts.direction,
    facts.caseId,
    facts.nonce,
    String(facts.status),
    facts.generation,
    facts.version,
    facts.storedSha256,
    facts.bodySha256,
    String(facts.time),
  ]);
}

/** What the host answered. */
export type HostAnswer = { status: number; body: Uint8Array; headers: Headers };

/** A signed call from the edge to the host, about a case's snapshot. */
export async function callHost(
  hostUrl: string,
  key: Key,
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE',
  caseId: string,
  options: { query?: string; body?: Uint8Array } = {},
): Promise<HostAnswer> {
  return askHost(hostUrl, key, method, `/snapshots/${caseId}`, options);
}

/** A signed call from the edge to the host. */
export async function askHost(
  hostUrl: string,
  key: Key,
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  options: { query?: string; body?: Uint8Array } = {},
): Promise<HostAnswer> {
  const body = options.body ?? new Uint8Array();
  const query = options.query ?? '';
  const facts: RequestFacts = {
    direction: 'edge-to-host',
    audience: 'host',
    method,
    path,
    query,
    bodySha256: sha256(body),
    time: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('hex'),
    metricsSha256: sha256(''),
  };
  const response = await fetch(`${hostUrl}${facts.path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: {
      'x-glossator-key': key.id,
      'x-glossator-time': String(facts.time),
      'x-glossator-nonce': facts.nonce,
      'x-glossator-body-sha256': facts.bodySha256,
      'x-glossator-signature': requestSignature(key, facts),
    },
    ...(method === 'PUT' || method === 'POST' ? { body: Buffer.from(body) } : {}),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()), headers: response.headers };
}

function signature(key: Key, lines: readonly string[]): string {
  return createHmac('sha256', key.secret).update(lines.join('\n')).digest('hex');
}
