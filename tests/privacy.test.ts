// Somebody is erased while others are there: they see it happen, and nothing that is stored anywhere holds a word of theirs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { writeComment, writeHighlight } from './lib/annotations.ts';
import { StockClient } from './lib/clients.ts';
import { CookieBrowser } from './lib/cookie_browser.ts';
import { fingerprintOf, roots } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { storedByObjects } from './lib/objects.ts';
import { promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

const NAME = 'Accursius Uncommon';
const WORDS = ['a highlight of hers', 'a comment of hers', 'words of hers in the notes', 'a note of hers on a board', 'a-stroke-of-hers'];

describe('privacy', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  const signIn = async (name: string): Promise<{ browser: CookieBrowser; user: string }> => {
    const browser = new CookieBrowser(stack.edge.url);
    const signed = await browser.ask('POST', '/auth/development', { name });
    assert.equal(signed.status, 200, JSON.stringify(signed.json));
    return { browser, user: (await browser.me())?.user ?? '' };
  };

  /** A case of Ben's in which both have written, and both are. */
  const together = async () => {
    const [ben, ann] = [await signIn('Bulgarus'), await signIn(NAME)];
    const brought = await ben.browser.ask('POST', '/api/cases', { title: 'In re', format: 'text', content: 'It is so ordered.' });
    assert.equal(brought.status, 201, JSON.stringify(brought.json));
    const caseId = (brought.json as { id: string }).id;
    const email = `${ann.user}@uncommon.example`;
    await stack.database.query('update users set email = $2 where id = $1', [ann.user, email]);
    const shared = await ben.browser.ask('PUT', `/api/cases/${caseId}/shares`, { email, role: 'annotate' });
    assert.equal(shared.status, 200, JSON.stringify(shared.json));
    const annThere = await StockClient.join(stack.edge.syncUrl, caseId, { user: ann.user, presence: { name: NAME } });
    const benThere = await StockClient.join(stack.edge.syncUrl, caseId, { user: ben.user });
    const answered = writeHighlight(annThere, { author: NAME, quote: 'ordered' });
    writeHighlight(annThere, { author: NAME, quote: WORDS[0] });
    writeComment(annThere, answered, WORDS[1] ?? '');
    append(annThere, WORDS[2] ?? '');
    await until('Ben sees it', () => notesOf(benThere) === WORDS[2]);
    await postgresHolds(stack.database, caseId, fingerprintOf(annThere.doc));
    writeComment(benThere, answered, 'Ben’s reply');
    await until('Ann sees it', () => roots.comments(annThere.doc).size === 2);
    await postgresHolds(stack.database, caseId, fingerprintOf(benThere.doc));
    return { caseId, ann, ben, annThere, benThere, answered };
  };

  /** A board of Ben's on which both have written a note, and Ann has drawn. */
  const onABoard = async ({ ann, ben }: Pick<Awaited<ReturnType<typeof together>>, 'ann' | 'ben'>) => {
    const made = await ben.browser.ask('POST', '/api/boards', { title: 'Where it hung' });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const boardId = (made.json as { id: string }).id;
    const shared = await ben.browser.ask('PUT', `/api/cases/${boardId}/shares`, { email: `${ann.user}@uncommon.example`, role: 'annotate' });
    assert.equal(shared.status, 200, JSON.stringify(shared.json));
    const annThere = await StockClient.join(stack.edge.syncUrl, boardId, { user: ann.user });
    const benThere = await StockClient.join(stack.edge.syncUrl, boardId, { user: ben.user });
    write(annThere, 'stickies', { author_id: ann.user, author: NAME, text: WORDS[3] ?? '', x: 1, y: 2 });
    write(annThere, 'strokes', { author_id: ann.user, author: NAME, colour: WORDS[4] ?? '' });
    write(benThere, 'stickies', { author_id: ben.user, text: 'a note of Ben’s', x: 3, y: 4 });
    await until('both have all of it', () => [annThere, benThere].every(({ doc }) => doc.getMap('stickies').size === 2 && doc.getMap('strokes').size === 1));
    await postgresHolds(stack.database, boardId, fingerprintOf(benThere.doc));
    return { boardId, benOnBoard: benThere };
  };

  const finished = (): Promise<unknown> => until('the erasure is finished', async () => {
    const [erasure] = await stack.database.query<{ finished_at: Date | null }>('select finished_at from erasures order by asked_at desc limit 1');
    return erasure?.finished_at ?? null;
  }, { within: 60_000, explain: async () => JSON.stringify(await stack.database.query('select * from erasure_cases')) });

  test('those who are there see it go, and no byte that is stored holds a word or the name', async () => {
    const { caseId, ann, ben, annThere, benThere, answered } = await together();
    const { boardId, benOnBoard } = await onABoard({ ann, ben });
    for (const words of [NAME, ...WORDS]) {
      assert.notDeepEqual(await holders(stack, words), [], `the control: ${words}`);
    }
    const given = await ann.browser.ask('GET', '/api/me/export');
    assert.equal(given.status, 200);
    assert.match(given.headers.get('content-disposition') ?? '', /^attachment/);
    const own = [WORDS[0], WORDS[1], WORDS[3], WORDS[4]];
    assert.ok(own.every((words) => JSON.stringify(given.json).includes(words ?? '')), JSON.stringify(given.json));

    const erased = await ann.browser.ask('DELETE', '/api/me', { name: NAME });
    assert.equal(erased.status, 200, JSON.stringify(erased.json));
    assert.equal(await ann.browser.me(), undefined);
    await until('Ann is sent away', () => annThere.endings.some(({ code }) => code === 4403));
    await until('Ben sees it go', () => notesOf(benThere) === '' && roots.comments(benThere.doc).size === 1);
    const kept = (roots.highlights(benThere.doc).toJSON() as Record<string, Record<string, unknown>>)[answered];
    assert.equal(roots.highlights(benThere.doc).size, 1, 'what Ben has answered stays');
    assert.deepEqual([kept?.['quote'], kept?.['author'], kept?.['author_id']], ['ordered', undefined, undefined]);
    await until('Ben sees it go on the board', () => benOnBoard.doc.getMap('stickies').size === 1 && benOnBoard.doc.getMap('strokes').size === 0);
    await finished();
    for (const words of [NAME, ...WORDS]) {
      assert.deepEqual(await holders(stack, words), [], words);
    }
    await postgresHolds(stack.database, boardId, fingerprintOf(benOnBoard.doc));
    await postgresHolds(stack.database, caseId, fingerprintOf(benThere.doc));
    const shut = new StockClient(stack.edge.syncUrl, caseId, { user: ann.user });
    await until('nothing lets her in', () => shut.endings.some(({ code }) => code === 4403));
  });

  test('a copy from before brings nothing back, and neither does a lost storage', async () => {
    const { caseId, ann, benThere, annThere } = await together();
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(benThere.doc));
    assert.equal((await ann.browser.ask('DELETE', '/api/me', { name: NAME })).status, 200);
    await finished();
    annThere.leave();
    const back = await StockClient.join(stack.edge.syncUrl, caseId, { user: benThere.user, doc: copy });
    await until('the copy lets go', () => notesOf(back) === '');
    back.leave();
    benThere.leave();

    await stack.edge.stop();
    await stack.edge.loseStorage();
    await stack.edge.start();
    const reader = await StockClient.join(stack.edge.syncUrl, caseId, { user: benThere.user });
    assert.equal(notesOf(reader), '');
    assert.equal(roots.comments(reader.doc).size, 1);
    await until('the new object knows her', () => storedByObjects(stack.edge).includes('"people":['));
  });
});

/** Something on a board. */
function write({ doc }: StockClient, root: 'stickies' | 'strokes', fields: Readonly<Record<string, string | number>>): void {
  doc.getMap(root).set(crypto.randomUUID(), new Y.Map(Object.entries(fields)));
}

/** Where these words are stored. */
async function holders(stack: Stack, words: string): Promise<string[]> {
  const tables = await stack.database.query<{ relname: string }>(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const hex = Buffer.from(words).toString('hex');
  const found: string[] = [];
  for (const { relname } of tables) {
    const [row] = await stack.database.query<{ held: boolean }>(
      `select exists (select from "${relname}" t where position($1 in t::text) > 0 or position($2 in t::text) > 0) as held`,
      [words, hex],
    );
    if (row?.held === true) {
      found.push(relname);
    }
  }
  if (storedByObjects(stack.edge).includes(words)) {
    found.push('an object');
  }
  return found;
}
