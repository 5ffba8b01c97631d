import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { build } from 'esbuild';
import * as Y from 'yjs';

import { lean } from '../../lean.mjs';

type Yjs = typeof Y;

test('the lean Yjs of the bundle knows one format of updates, and integrates what comes too early as the whole one does', async () => {
  const { code, yjs } = await leanYjs();
  assert.doesNotMatch(code, /keyClockDecoder|IntDiffOptRle/, 'the second format is gone');
  assert.doesNotMatch(code, /createElement|querySelector/, 'and what makes elements of XML');
  const updates = writtenBy(new Y.Doc());
  // Backwards everything waits: structs for structs, deletions for what they delete.
  for (const order of [[...updates], [...updates].reverse(), [...updates.slice(3), ...updates.slice(0, 3)]]) {
    const [slim, whole] = [new yjs.Doc(), new Y.Doc()];
    for (const update of order) {
      yjs.applyUpdate(slim, update);
      Y.applyUpdate(whole, update);
      // With what still waits: it must be the same for whoever is given it, whichever Yjs they have.
      const [ours, theirs] = [new Y.Doc(), new Y.Doc()];
      Y.applyUpdate(ours, yjs.encodeStateAsUpdate(slim));
      Y.applyUpdate(theirs, Y.encodeStateAsUpdate(whole));
      assert.deepEqual(contentOf(ours), contentOf(theirs));
      assert.equal(slim.store.pendingStructs === null, whole.store.pendingStructs === null);
      assert.equal(slim.store.pendingDs === null, whole.store.pendingDs === null);
    }
    assert.deepEqual(contentOf(slim), contentOf(whole));
    assert.deepEqual(yjs.encodeStateAsUpdate(slim), Y.encodeStateAsUpdate(whole), 'byte for byte');
    assert.equal(slim.store.pendingStructs, null);
  }
});

test('what is left out of Yjs is missed by nothing', async () => {
  const { code, yjs } = await leanYjs();
  assert.doesNotMatch(code, /getSubdocs|hasAttribute|static from/, 'it is left out');
  const doc = new yjs.Doc();
  const [me, highlights] = [Symbol('me'), doc.getMap('highlights')];
  writtenBy(new Y.Doc()).forEach((update) => yjs.applyUpdate(doc, update));
  const history = new yjs.UndoManager(highlights, { trackedOrigins: new Set([me]) });
  const before = contentOf(doc);
  doc.transact(() => ['list', 'xml'].forEach((key) => highlights.delete(key)), me);
  assert.notDeepEqual(contentOf(doc), before);
  history.undo();
  assert.deepEqual(contentOf(doc), before, 'lists and XML come back as they were');
  const folder = join(import.meta.dirname, '../../src');
  for (const file of (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name))) {
    const source = await readFile(join(folder, file), 'utf8');
    assert.doesNotMatch(source, /Y\.(Array|Xml|Snapshot|snapshot)|\.clone\(|\.get(Array|Xml\w+|Subdoc\w+|Attributes)\(|\.toDelta\([^)]|TrackedOrigin\(/, file);
  }
});

async function leanYjs(): Promise<{ code: string; yjs: Yjs }> {
  const result = await build({
    stdin: { contents: "export { Doc, UndoManager, applyUpdate, encodeStateAsUpdate, mergeUpdates } from 'yjs';", resolveDir: import.meta.dirname },
    bundle: true, minifyWhitespace: true, format: 'esm', write: false, plugins: [lean], logLevel: 'silent',
  });
  const code = result.outputFiles[0]?.text ?? '';
  return { code, yjs: (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Yjs };
}

/** What a person at work sends, one update for each change. */
function writtenBy(doc: Y.Doc): Uint8Array[] {
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const [highlights, notes] = [doc.getMap('highlights'), doc.getText('notes')];
  highlights.set('a', new Y.Map(Object.entries({ start: 1, quote: 'words 😀' })));
  notes.insert(0, 'one two three');
  notes.delete(4, 4);
  (highlights.get('a') as Y.Map<unknown>).set('tag', 'x');
  notes.insert(4, 'deux ');
  const paragraph = new Y.XmlElement('p');
  paragraph.setAttribute('lang', 'la');
  doc.getXmlFragment('page').insert(0, [paragraph, new Y.XmlText('some words')]);
  highlights.set('list', Y.Array.from(['one', 'two', new Y.Map([['three', 3]])]));
  (highlights.get('list') as Y.Array<unknown>).delete(1);
  highlights.set('xml', new Y.XmlElement('q'));
  highlights.delete('a');
  notes.format(0, 3, { bold: true });
  return updates;
}

function contentOf(doc: Pick<Y.Doc, 'getMap' | 'getText'>): unknown {
  return [doc.getMap('highlights').toJSON(), doc.getText('notes').toDelta() as unknown];
}
