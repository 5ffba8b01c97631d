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

/** JSON arrays in arrays. */
function nestedAny(depth: number): Uint8Array {
  const value = new Uint8Array(depth * 2 + 1).map((_, index) => (index === depth * 2 ? 126 : index % 2 === 0 ? 117 : 1));
  return updateOf(varUint(1), varUint(0), varUint(1), concatenated(itemHead(8), varUint(1), value));
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

/** Small frames, of which a thousand may be sent. */
export const hazards: readonly Hazard[] = [
  { name: 'an empty frame', frame: bytes(), code: malformed },
  { name: 'a message of an unknown type', frame: bytes(9, 1, 0), code: malformed },
  { name: 'a sync message of an unknown type', frame: bytes(0, 7, 1, 0), code: malformed },
  { name: 'a frame that ends within a message', frame: bytes(0, 2, 5, 1, 1), code: malformed },
  { name: 'a number that never ends', frame: bytes(0, 2, ...Array.from({ length: 20 }, () => 255)), code: malformed },
  { name: 'an update with bytes after its end', frame: updateFrame(bytes(0, 0, 0)), code: malformed },
  { name: 'a length near 2^32', frame: lyingLength(255, 255, 255, 255, 15), code: malformed },
  { name: 'a length near 2^31', frame: lyingLength(255, 255, 255, 255, 7), code: malformed },
  { name: 'a length one beyond the end', frame: lyingLength(3), code: malformed },
  { name: 'ten million clients', frame: updateFrame(varUint(10_000_000)), code: malformed },
  { name: 'ten million structs', frame: updateFrame(concatenated(bytes(1), varUint(10_000_000), bytes(1, 0))), code: malformed },
  { name: 'a delete set of ten million clients', frame: updateFrame(concatenated(bytes(0), varUint(10_000_000))), code: malformed },
  { name: 'a state vector of a million entries', frame: syncStep1(varUint(1_000_000)), code: malformed },
  { name: 'four million presence entries', frame: awareness(varUint(4_000_000)), code: malformed },
  { name: 'presence that is no JSON', frame: awareness(concatenated(bytes(1, 5, 1), varBytes(Buffer.from('{]')))), code: malformed },
  { name: 'values nested 6,000 deep', frame: updateFrame(nestedAny(6_000)), code: malformed },
  { name: 'values nested 65 deep', frame: updateFrame(nestedAny(65)), code: malformed },
  { name: 'a parent that is a sibling', frame: updateFrame(bytes(1, 3, 1, 0, 4, 1, 1, 116, 0, 97, 132, 1, 0, 1, 98, 3, 1, 0, 1, 1, 1, 99, 0)), code: malformed },
  { name: 'a sub-document', frame: updateFrame(subDocument), code: malformed },
  { name: 'an update in the second encoding', frame: updateFrame(secondVersion), code: malformed },
  { name: 'a client id of 2^53', frame: updateFrame(updateOf(varUint(2 ** 53), varUint(0), varUint(1), concatenated(itemHead(4), varBytes(bytes(97))))), code: malformed },
  { name: 'a clock that wraps', frame: updateFrame(updateOf(varUint(1), varUint(2 ** 32 - 1), varUint(1), concatenated(itemHead(4), varBytes(bytes(97, 98))))), code: malformed },
  { name: 'a deletion that wraps', frame: updateFrame(concatenated(bytes(0, 1, 1, 1), varUint(2 ** 32 - 1), varUint(2 ** 32 - 1))), code: malformed },
  { name: '65 messages in one frame', frame: concatenated(...Array.from({ length: 65 }, () => bytes(messageType.queryAwareness))), code: malformed },
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

/** An update that says of a client's first five clocks that they are elsewhere: Yjs sends such after a gap of its own. */
export const skipOnly = bytes(1, 1, 1, 0, 10, 5, 0);

/** An update that leaves a gap in its author's clock, in a root of its own so that nothing else is missing. */
export function updateAfterGap(): { update: Uint8Array; whole: Uint8Array; client: number } {
  const doc = new Y.Doc();
  doc.getText('notes').insert(0, 'first');
  const state = Y.encodeStateVector(doc);
  doc.getMap('comments').set('second', 2);
  const result = { update: Y.encodeStateAsUpdate(doc, state), whole: Y.encodeStateAsUpdate(doc), client: doc.clientID };
  doc.destroy();
  return result;
}
