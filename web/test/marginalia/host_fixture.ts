// A document as the page writes it, for the host's reader: `node web/test/marginalia/host_fixture.ts` writes it to
// annotation/tests/page_writes.bin, which annotation/tests/page_writes.rs reads. The same bytes each time.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as Y from 'yjs';

import { Marginalia, NOTES } from '../../src/marginalia/marginalia.ts';
import { anchor } from '../../src/text/anchor.ts';
import { TEXT, at, clock, exchange, must, tagging } from './replicas.ts';

export const FIXTURE = fileURLToPath(new URL('../../../annotation/tests/page_writes.bin', import.meta.url));

export function hostFixture(): Uint8Array {
  const [ada, ben] = [writer('Ada', 1), writer('Ben 🌊', 2)];
  const now = clock();
  const green = must(ada.m.createHighlight({ ...at('green'), tag: 'tag-order' }));
  const wave = must(ada.m.createHighlight({ ...at('pilot 🌊 took'), tag: null }));
  const deleted = must(ada.m.createHighlight({ ...at('costs'), tag: 'tag-order' }));
  exchange(ada, ben);
  const first = must(ben.m.addComment(green, 'Green?\nOr a lamp?'));
  ben.m.addComment(deleted, 'on a highlight that goes');
  ben.m.retag(green, 'tag-reasons');
  ada.m.extend(green, at('was green').start, at('green').end);
  exchange(ada, ben);
  must(ada.m.addComment(green, 'A lamp.', first));
  ben.m.editComment(first, 'Green 🌊?');
  ada.m.resolve(green);
  ada.m.deleteHighlight(wave);
  ada.m.undo();
  ada.m.deleteHighlight(deleted);
  tagging(ada.m).createTag({ name: 'Irony', group: tagging(ada.m).createTagGroup('Tone') });
  tagging(ada.m).editTag('tag-order', { name: 'Orders' });
  ada.doc.transact(() => ada.m.notes.insert(0, 'Read twice.'), NOTES);
  exchange(ada, ben);
  return Y.encodeStateAsUpdate(ben.doc);

  function writer(name: string, clientId: number): { doc: Y.Doc; m: Marginalia } {
    const doc = new Y.Doc();
    doc.clientID = clientId;
    let made = 0;
    const m = new Marginalia(doc, {
      text: TEXT,
      me: { id: `user-${clientId}`, name },
      anchor: (target) => anchor(target, TEXT),
      paragraphAt: (offset) => String(TEXT.slice(0, offset).split('\n\n').length),
      now: () => now(),
      newId: () => `00000000-0000-4000-8000-00000000${clientId}00${(made += 1)}`,
    });
    return { doc, m };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FIXTURE, hostFixture());
}
