// What the host answers about a snapshot, made by a test that has the host's key: as it should be, or not.

import type { Decision, Ending, Fault } from './proxy.ts';
import { answerSignature, sha256, type Key } from './signed.ts';

const generation = '6f1d3c1e-9a41-4c3e-8d2f-0a5b6c7d8e9f';

/** A case as the store has it: never stored, or with these bytes, behind which it may be said who wrote what. */
export type Answered = {
  readonly document?: Uint8Array;
  readonly attribution?: Uint8Array;
  /** What is sent, if it is not that. */
  readonly sent?: Uint8Array;
  /** More headers, or others. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly ends?: Ending;
  /** Instead of the request's own. */
  readonly nonce?: string;
  /** Of what the store is said to hold, if it is not the document. */
  readonly storedSha256?: string;
};

/** Answers in the host's stead. What is sent to it passes. */
export function signed(caseId: string, key: Key, answered: Answered = {}): Decision {
  const { document, attribution = new Uint8Array() } = answered;
  const body = document === undefined ? new Uint8Array() : Buffer.concat([document, attribution]);
  const facts = {
    direction: 'host-to-edge',
    caseId,
    status: document === undefined ? 404 : 200,
    generation,
    version: document === undefined ? '' : '1',
    storedSha256: document === undefined ? '' : (answered.storedSha256 ?? sha256(document)),
    bodySha256: sha256(body),
  } as const;
  return (method, _path, headers): Fault => {
    if (method === 'PUT') {
      return { kind: 'none' };
    }
    const time = Math.floor(Date.now() / 1000);
    const nonce = answered.nonce ?? String(headers['x-glossator-nonce']);
    return {
      kind: 'answer',
      status: facts.status,
      headers: {
        'x-glossator-key': key.id,
        'x-glossator-time': String(time),
        'x-glossator-body-sha256': facts.bodySha256,
        'x-glossator-generation': generation,
        'x-glossator-version': facts.version,
        'x-glossator-sha256': facts.storedSha256,
        'x-glossator-signature': answerSignature(key, { ...facts, nonce, time }),
        ...(attribution.length > 0 ? { 'x-glossator-attribution-bytes': String(attribution.length) } : {}),
        ...answered.headers,
      },
      body: answered.sent ?? body,
      ...(answered.ends === undefined ? {} : { ends: answered.ends }),
    };
  };
}
