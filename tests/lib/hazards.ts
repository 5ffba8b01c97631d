// Frames that no honest client sends. Each of them does something terrible to an unguarded yrs: takes hundreds of
// megabytes that never come back, overflows the stack, panics, or plants something that panics later.

import * as Y from 'yjs';

import { concatenated, messageType, syncStep1, syncType, updateFrame, varBytes, varUint } from './wire.ts';

const malformed = 4400;
const tooLarge = 4409;

/** A frame, and the code with which its sender's socket must end. */
export type Hazard = { name: string; frame: Uint8Array; code: number };

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const awareness = (entries: Uint8Array): Uint8Array => concatenated(bytes(messageType.awareness), varBytes(entries));

/** An update of one client: `count` structs from a clock on, their bytes, and an empty delete set. */
function updateOf(client: Uint8Array, clock: Uint8Array, count: Uint8Array, structs: Uint8Array): Uint8Array {
  return concatenated(bytes(1), count, client, clock, structs, bytes(0));
}

/** The head of an item in the root `t`: its content follows. */
const itemHead = (contentKind: number): Uint8Array => bytes(contentKind, 1, 1, 116);

/** One text item whose length is a lie. */
const lyingLength = (...length: readonly number[]): Uint8Array =>
  updateFrame(bytes(1, 1, 1, 0, 4, 1, 1, 116, ...length, 97, 0));

/** JSON arrays in arrays, around a null. */
function nestedAny(depth: number): Uint8Array {
  const arrays = Array.from({ length: depth }, () => [117, 1]).flat();
  return updateOf(varUint(1), varUint(0), varUint(1), concatenated(itemHead(8), varUint(1), bytes(...arrays, 126)));
}

function ofAnother(build: (doc: Y.Doc) => void, encode: (doc: Y.Doc) => Uint8Array): Uint8Array {
  const doc = new Y.Doc();
  build(doc);
  const encoded = encode(doc);
  doc.destroy();
  return encoded;
}

const subDocument = ofAnother(
  (doc) => doc.getMap('highlights').set('inner', new Y.Doc()),
  (doc) => Y.encodeStateAsUpdate(doc),
);
const secondVersion = ofAnother(
  (doc) => doc.getText('notes').insert(0, 'in the second encoding, which nobody agreed on'),
  (doc) => Y.encodeStateAsUpdateV2(doc),
);

const refused = (name: string, frame: Uint8Array): Hazard => ({ name, frame, code: malformed });
const refusedUpdate = (name: string, ...parts: readonly Uint8Array[]): Hazard =>
  refused(name, updateFrame(concatenated(...parts)));
const text = (...units: readonly number[]): Uint8Array => concatenated(itemHead(4), varBytes(bytes(...units)));
const highestClock = varUint(2 ** 32 - 1);
const parentThatIsASibling = [1, 3, 1, 0, 4, 1, 1, 116, 0, 97, 132, 1, 0, 1, 98, 3, 1, 0, 1, 1, 1, 99, 0];

/** Small frames, of which a thousand may be sent. */
export const hazards: readonly Hazard[] = [
  refused('an empty frame', bytes()),
  refused('a message of an unknown type', bytes(9, 1, 0)),
  refused('a sync message of an unknown type', bytes(0, 7, 1, 0)),
  refused('a frame that ends within a message', bytes(0, 2, 5, 1, 1)),
  refused('a number that never ends', bytes(0, 2, ...Array.from({ length: 20 }, () => 255))),
  refusedUpdate('an update with bytes after its end', bytes(0, 0, 0)),
  refused('a length near 2^32', lyingLength(255, 255, 255, 255, 15)),
  refused('a length near 2^31', lyingLength(255, 255, 255, 255, 7)),
  refused('a length one beyond the end', lyingLength(3)),
  refusedUpdate('ten million clients', varUint(10_000_000)),
  refusedUpdate('ten million structs', bytes(1), varUint(10_000_000), bytes(1, 0)),
  refusedUpdate('a delete set of ten million clients', bytes(0), varUint(10_000_000)),
  refused('a state vector of a million entries', syncStep1(varUint(1_000_000))),
  refused('four million presence entries', awareness(varUint(4_000_000))),
  refused('presence that is no JSON', awareness(concatenated(bytes(1, 5, 1), varBytes(Buffer.from('{]'))))),
  refusedUpdate('values nested 6,000 deep', nestedAny(6_000)),
  refusedUpdate('values nested 65 deep', nestedAny(65)),
  refusedUpdate('a parent that is a sibling', bytes(...parentThatIsASibling)),
  refusedUpdate('a sub-document', subDocument),
  refusedUpdate('an update in the second encoding', secondVersion),
  refusedUpdate('a client id of 2^53', updateOf(varUint(2 ** 53), varUint(0), varUint(1), text(97))),
  refusedUpdate('a clock that wraps', updateOf(varUint(1), highestClock, varUint(1), text(97, 98))),
  refusedUpdate('a deletion that wraps', bytes(0, 1, 1, 1), highestClock, highestClock),
  refused(
    '65 messages in one frame',
    bytes(...Array.from({ length: 65 }, () => messageType.queryAwareness)),
  ),
  {
    name: 'an own presence entry of more than 4 KiB',
    frame: awareness(concatenated(bytes(1, 77, 1), varBytes(Buffer.from(JSON.stringify({ name: 'x'.repeat(4_200) }))))),
    code: tooLarge,
  },
];

/** Frames that are refused for their size. */
export const largeHazards: readonly Hazard[] = [
  {
    name: 'a document over the bound',
    frame: updateFrame(ofAnother(
      (doc) => doc.getText('notes').insert(0, 'x'.repeat(9 * 1024 * 1024)),
      (doc) => Y.encodeStateAsUpdate(doc),
    )),
    code: tooLarge,
  },
  {
    name: 'a frame over the bound',
    frame: concatenated(bytes(messageType.sync, syncType.update), varBytes(new Uint8Array(17 * 1024 * 1024))),
    code: tooLarge,
  },
];

/** An update that says of a client's first five clocks that they are elsewhere, as Yjs says after a gap of its own. */
export const skipOnly = bytes(1, 1, 1, 0, 10, 5, 0);

/** An update that leaves a gap in its author's clock, in a root of its own so that nothing else is missing. */
export function updateAfterGap(user: string): { update: Uint8Array; whole: Uint8Array; client: number } {
  const doc = new Y.Doc();
  doc.getText('notes').insert(0, 'first');
  const state = Y.encodeStateVector(doc);
  doc.getMap('comments').set('second', { text: 'second', author_id: user });
  const result = { update: Y.encodeStateAsUpdate(doc, state), whole: Y.encodeStateAsUpdate(doc), client: doc.clientID };
  doc.destroy();
  return result;
}
