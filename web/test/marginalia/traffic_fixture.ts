// What four people send while they use the page, each within their role, for the room's policy:
// `node web/test/marginalia/traffic_fixture.ts` writes it to room/tests/policy/page_traffic.bin, which
// room/tests/policy/traffic.rs reads. For each update: who (one byte), its length (four, the lowest first), its bytes.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as Y from 'yjs';

import { adopt, contentsOf, hasEntry } from '../../src/marginalia/contents.ts';
import { exportJsonLd } from '../../src/marginalia/export.ts';
import { planImport } from '../../src/marginalia/import.ts';
import { Marginalia, NOTES } from '../../src/marginalia/marginalia.ts';
import { anchor } from '../../src/text/anchor.ts';
import { TEXT, at, clock, must, tagging } from './replicas.ts';

export const FIXTURE = fileURLToPath(new URL('../../../room/tests/policy/page_traffic.bin', import.meta.url));

type Writer = { readonly doc: Y.Doc; readonly m: Marginalia; isOnline: boolean; readonly waiting: Uint8Array[] };

export function trafficFixture(): Uint8Array {
  const now = clock();
  const sent: { who: number; update: Uint8Array }[] = [];
  let made = 0;
  const everybody = ['ada', 'dan', 'ben', 'cleo'].map((id, who) => writer(id, who));
  const [ada, dan, ben, cleo] = everybody as [Writer, Writer, Writer, Writer];

  const mine = must(ada.m.createHighlight({ ...at('green'), tag: 'tag-order' }));
  const lamp = must(dan.m.createHighlight({ ...at('a lamp on the quay'), tag: null }));
  ada.m.retag(mine, 'tag-reasons');
  ada.m.extend(mine, at('was green').start, at('green').end);
  const question = must(ben.m.addComment(mine, 'Green?'));
  ada.m.addComment(mine, 'A lamp 🌊.', question);
  ben.m.editComment(question, 'Green, really?');
  // Anybody settles a discussion, and anybody may open it again, or take that back.
  ben.m.resolve(mine);
  dan.m.reopen(mine);
  dan.m.undo();
  dan.m.redo();
  ada.m.resolve(mine);
  ben.m.reopen(mine);
  ben.m.resolve(lamp);
  ben.m.undo();
  // One's own goes and comes back.
  ada.m.deleteHighlight(mine);
  ada.m.undo();
  ada.m.redo();
  ada.m.undo();
  ben.m.deleteComment(question);
  ben.m.undo();
  const aside = must(ben.m.addComment(lamp, 'An aside.'));
  ben.m.undo();
  ben.m.redo();
  ben.m.deleteComment(aside);
  // Tags: the ones of every case, one's own, and their order.
  const tags = tagging(dan.m);
  tags.editTag('tag-order', { name: 'Orders' });
  tagging(ada.m).editTag('tag-order', { description: 'What it orders.' });
  dan.m.undo();
  const tone = must(tags.createTagGroup('Tone'));
  const irony = must(tags.createTag({ name: 'Irony', group: tone }));
  tags.editTag(irony, { name: 'Irony?', colour: 'teal' });
  tagging(ada.m).moveTag(irony, { group: null, before: 'tag-reasons' });
  tagging(ada.m).deleteTagGroup(tone);
  tags.deleteTag(irony);
  tags.restoreTag(irony);
  tags.deleteTag('tag-reasons');
  tagging(ada.m).restoreTag('tag-reasons');
  // The owner takes away what others made, and gives it back.
  cleo.m.deleteHighlight(lamp);
  cleo.m.undo();
  cleo.m.deleteComment(question);
  cleo.m.undo();
  cleo.m.editComment(question, 'Green, the owner says.');
  for (const { doc, m } of [ada, dan, cleo]) {
    doc.transact(() => m.notes.insert(m.notes.length, 'Read twice. '), NOTES);
  }
  ada.doc.transact(() => ada.m.notes.delete(0, 5), NOTES);
  ada.m.notesHistory.undo();
  // What is written without a connection comes late.
  for (const each of everybody) {
    each.isOnline = false;
  }
  ada.m.extend(mine, at('green').start, at('green').end);
  ada.m.addComment(lamp, 'Ada was away.');
  dan.m.retag(lamp, 'tag-order');
  ben.m.editComment(question, 'Ben was away.');
  ben.m.resolve(mine);
  dan.m.resolve(mine);
  cleo.m.deleteHighlight(lamp);
  cleo.m.deleteComment(question);
  tags.editTag('tag-decision', { name: 'Holding' });
  tagging(ada.m).editTag('tag-decision', { name: 'Ruling' });
  for (const each of everybody) {
    each.isOnline = true;
    each.waiting.splice(0).forEach((update) => send(each, update));
  }
  // A file of somebody else's.
  const file = exportJsonLd(contentsOf(ada.m), { text: TEXT, textHash: 'hash', title: 'Case' }, now());
  cleo.m.deleteHighlight(mine);
  const has = (root: Parameters<typeof hasEntry>[1], id: string): boolean => hasEntry(dan.m, root, id);
  const plan = planImport(file, { text: TEXT, textHash: 'hash', me: dan.m.pen.me, tags: dan.m.tags.peek(), has, now: now() });
  must(adopt(dan.m, plan.entries) || null);
  dan.m.undo();
  dan.m.redo();
  return packed();

  function writer(id: string, who: number): Writer {
    const doc = new Y.Doc();
    doc.clientID = who + 1;
    const m = new Marginalia(doc, {
      text: TEXT,
      me: { id, name: id },
      anchor: (target) => anchor(target, TEXT),
      paragraphAt: (offset) => String(TEXT.slice(0, offset).split('\n\n').length),
      now: () => now(),
      newId: () => `${id}-${(made += 1)}`,
    });
    const self: Writer = { doc, m, isOnline: true, waiting: [] };
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'wire') {
        return;
      }
      if (self.isOnline) {
        send(self, update);
      } else {
        self.waiting.push(update);
      }
    });
    return self;
  }

  function send(from: Writer, update: Uint8Array): void {
    sent.push({ who: everybody.indexOf(from), update });
    for (const { doc } of everybody) {
      Y.applyUpdate(doc, update, 'wire');
    }
  }

  function packed(): Uint8Array {
    const header = ({ who, update }: (typeof sent)[number]): Uint8Array => {
      const bytes = new Uint8Array(5);
      bytes[0] = who;
      new DataView(bytes.buffer).setUint32(1, update.length, true);
      return bytes;
    };
    return new Uint8Array(sent.flatMap((each) => [...header(each), ...each.update]));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FIXTURE, trafficFixture());
}
