import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { CodePoints } from '../../src/marginalia/code_points.ts';
import { adopt, contentsOf, hasEntry } from '../../src/marginalia/contents.ts';
import { exportCsv, cell } from '../../src/marginalia/csv.ts';
import { exportJsonLd } from '../../src/marginalia/export.ts';
import { planImport } from '../../src/marginalia/import.ts';
import type { ImportPlan } from '../../src/marginalia/import.ts';
import { NotAnExportError } from '../../src/marginalia/import_file.ts';
import type { Marginalia } from '../../src/marginalia/marginalia.ts';
import type { Authored, Contents } from '../../src/marginalia/model.ts';
import { printable } from '../../src/marginalia/printable.ts';
import { peopleOf } from '../../src/marginalia/statistics.ts';
import { idOf, iriOf, userIri, userOf } from '../../src/marginalia/vocabulary.ts';
import { TEXT, at, exchange, highlight, mark, must, page, plain, replicas, seeded, tagging } from './replicas.ts';
import type { Replica } from './replicas.ts';
import { pick, randomCommand } from './random_commands.ts';

const HASH = 'ab'.repeat(32);
const NOW = Date.UTC(2026, 1, 1);

test('an export is a W3C collection of annotations, with positions in code points', () => {
  const { ada, ids } = scene();
  const file = JSON.parse(exported(ada.m)) as Record<string, unknown>;
  const iso = (moment: number | null): string => new Date(must(moment)).toISOString();
  assert.deepEqual(file['@context'], ['http://www.w3.org/ns/anno.jsonld', { glossator: 'urn:glossator:ns#' }]);
  assert.deepEqual([file['type'], file['total'], file['label']], ['AnnotationCollection', 4, 'The light']);
  const items = (file['first'] as { items: Record<string, unknown>[] }).items;
  assert.deepEqual(items.map(({ motivation }) => motivation), ['highlighting', 'highlighting', 'replying', 'highlighting']);
  const quay = must(items[1]);
  assert.deepEqual(quay, {
    id: `urn:glossator:id:${ids.quay}`,
    type: 'Annotation',
    motivation: 'highlighting',
    creator: { id: 'urn:glossator:user:id-ben', type: 'Person', name: 'ben' },
    created: iso(highlight(ada.m, ids.quay).createdAt),
    body: [
      { type: 'TextualBody', purpose: 'tagging', value: 'Order' },
      {
        id: `urn:glossator:id:${ids.comment}`, type: 'TextualBody', purpose: 'commenting', value: 'Which quay?', format: 'text/plain',
        creator: { id: 'urn:glossator:user:id-ada', type: 'Person', name: 'ada' }, created: iso(must(ada.m.commentsOf(ids.quay).value[0]).createdAt),
      },
    ],
    target: {
      type: 'SpecificResource',
      source: `urn:sha256:${HASH}`,
      selector: [
        { type: 'TextQuoteSelector', exact: 'quay', prefix: 'ot 🌊 took it for a lamp on the ', suffix: '.\n\nIt had been amber the night b' },
        { type: 'TextPositionSelector', start: at('quay').start - 1, end: at('quay').end - 1 },
      ],
    },
    'glossator:tag': 'urn:glossator:id:tag-order',
    'glossator:paragraph': '1',
    'glossator:resolved': iso(highlight(ada.m, ids.quay).resolvedAt),
    'glossator:resolvedBy': 'ben',
  });
  assert.equal(must(items[2])['target'], `urn:glossator:id:${ids.comment}`);
});

test('what was exported and imported reads as it did, written by who imported it', () => {
  const { ada } = scene();
  const { m, plan } = imported(exported(ada.m));
  assert.deepEqual(plan.added, { highlights: 3, comments: 2, tags: 2, tagGroups: 1 });
  assert.deepEqual([plan.skipped.size, plan.isSameText], [0, true]);
  assert.deepEqual(plain(contentsOf(m)), expected(contentsOf(ada.m), 'id-ada'));
  assert.equal(m.mayEdit(must(contentsOf(m).highlights[1])), true, 'only who imported may change it');
  assert.equal(m.undo(), true);
  assert.equal(m.highlights.value.size, 0, 'an import is one step');
});

for (let seed = 1; seed <= 25; seed += 1) {
  test(`anything that people have done survives export and import (seed ${seed})`, () => {
    const random = seeded(seed);
    const all = replicas('ada', 'ben', 'eve');
    for (let step = 0; step < 120; step += 1) {
      randomCommand(must(pick(all, random)).m, random);
      if (random(6) === 0) {
        exchange(...all);
      }
    }
    exchange(...all);
    const { m } = must(all[0]);
    const lost = new Y.Map<unknown>([['start', 3], ['end', 9], ['quote', 'not there'], ['author', 'x'], ['created_at', '2026-01-01T00:00:00Z']]);
    must(all[0]).doc.getMap('highlights').set('lost', lost);
    const file = exported(m);
    const first = imported(file);
    assert.deepEqual(first.plan.skipped, new Map());
    assert.deepEqual(plain(contentsOf(first.m)), expected(contentsOf(m), 'id-ada'));
    const again = planImport(file, target(first.m));
    assert.deepEqual([again.entries, again.present > 0], [[], true], 'importing again adds nothing');
    assert.deepEqual(planImport(file, target(m)).entries, [], 'nor does importing into the case itself');
    // Out again and in again: only names are left of the others, and those stay.
    const second = imported(exported(first.m));
    assert.deepEqual(plain(contentsOf(second.m)), plain(contentsOf(first.m)));
  });
}

test('two who import one file at once have it once', () => {
  const { ada } = scene();
  const file = exported(ada.m);
  const [one, two] = replicas('ada', 'ben') as [Replica, Replica];
  for (const { m } of [one, two]) {
    adopt(m, planImport(file, target(m)).entries);
  }
  exchange(one, two);
  assert.equal(one.m.highlights.value.size, 3);
  assert.deepEqual(plain(contentsOf(one.m)), plain(contentsOf(two.m)));
});

test('an import brings back what was deleted and adds what was missing, and changes nothing that is there', () => {
  const { ada, ids } = scene();
  const file = exported(ada.m);
  ada.m.deleteHighlight(ids.quay);
  ada.m.retag(ids.light, 'tag-reasons');
  ada.m.deleteComment(ids.comment);
  const plan = planImport(file, target(ada.m));
  assert.deepEqual(plan.added, { highlights: 1, comments: 1, tags: 0, tagGroups: 0 });
  adopt(ada.m, plan.entries);
  assert.equal(highlight(ada.m, ids.light).tag, 'tag-reasons');
  assert.deepEqual(ada.m.commentsOf(ids.quay).value.map(({ text }) => text), ['Which quay?', "The pilot's"]);
});

test('into another text only what stands in it is imported, where it stands', () => {
  const { ada } = scene();
  const other = 'Another quay. A chart; the light over the bar was green, they say, and not a chart.';
  const { m, plan } = imported(exported(ada.m), other, 'cd'.repeat(32));
  assert.equal(plan.isSameText, false);
  assert.deepEqual(contentsOf(m).highlights.map(({ target: { quote }, place }) => [quote, place && other.slice(place.start, place.end)]), [
    ['quay', 'quay'], ['light', 'light'],
  ]);
  assert.deepEqual(plan.skipped, new Map([['words_not_unique', 1]]));
  assert.deepEqual(plan.examples, [{ words: 'chart', why: 'words_not_unique' }]);
});

test('annotations of other tools are taken if their words are in exactly one place', () => {
  const file = JSON.stringify([
    foreign('https://tool.example/1', 'amber the night', { body: [{ value: 'a remark', purpose: 'commenting' }, { value: 'Irony', purpose: 'tagging' }] }),
    foreign('https://tool.example/2', 'The pilot', { prefix: 'before. ', suffix: ' did', creator: { name: 'Grace' } }),
    foreign('https://tool.example/3', 'nobody', { body: { value: 'order', purpose: 'tagging' }, creator: 'https://people.example/grace' }),
    foreign('https://tool.example/4', 'pilot', {}),
    foreign('https://tool.example/5', 'not in it', { body: { value: 'lost' } }),
    { type: 'Annotation', id: 'https://tool.example/6', body: { value: 'on the page' }, target: 'https://page.example/' },
    { type: 'Annotation', id: 'https://tool.example/7', motivation: 'replying', body: { value: 'indeed' }, target: 'https://tool.example/1' },
    { type: 'Annotation', id: 'https://tool.example/8', motivation: 'replying', body: { value: 'to nothing' }, target: 'https://tool.example/99' },
    { type: 'Annotation', id: 'https://tool.example/9', motivation: 'replying', body: { value: 'to a lost one' }, target: 'https://tool.example/5' },
    foreign('https://tool.example/1', 'costs', {}),
    foreign('x'.repeat(300), 'costs', {}),
    { type: 'Annotation', target: { selector: { type: 'TextQuoteSelector', exact: 'patient' } } },
  ]);
  const { m, plan } = imported(file);
  assert.deepEqual(contentsOf(m).highlights.map(({ target: { quote }, author, tag }) => [quote, author, m.tags.value.find(({ id }) => id === tag)?.name ?? null]), [
    ['amber the night', 'Somebody', 'Irony'], ['The pilot', 'Grace', null], ['nobody', 'grace', 'Order'], ['patient', 'Somebody', null],
  ]);
  assert.deepEqual(m.commentsOf('https://tool.example/1').value.map(({ text, depth, isImported }) => [text, depth, isImported]), [['a remark', 0, true], ['indeed', 1, true]]);
  assert.deepEqual(Object.fromEntries(plan.skipped), {
    words_not_unique: 1, words_not_found: 1, no_words: 1, answers_nothing: 1, highlight_skipped: 3, twice_in_file: 1, unusable_id: 1,
  });
  assert.deepEqual(planImport(file, target(m)).entries, [], 'what has no id gets the same one each time');
});

test('of words that are in several places the position tells which, counted in code points or in units', () => {
  const start = TEXT.lastIndexOf('pilot');
  for (const offset of [start, start - 1]) {
    const file = { type: 'Annotation', id: 'https://tool.example/1', target: { selector: [
      { type: 'TextQuoteSelector', exact: 'pilot' }, { type: 'TextPositionSelector', start: offset, end: offset + 5 },
    ] } };
    assert.deepEqual(contentsOf(imported(JSON.stringify(file)).m).highlights[0]?.place, { start, end: start + 5 });
  }
});

test('what was an orphan stays one in its own text, and is not taken into another', () => {
  const [ada] = replicas('ada') as [Replica];
  ada.doc.getMap('highlights').set('lost', new Y.Map<unknown>([['start', 3], ['end', 9], ['quote', 'not there']]));
  const file = exported(ada.m);
  assert.deepEqual(imported(file).m.orphans.value, ['lost']);
  assert.deepEqual(imported(file, `${TEXT} `, 'cd'.repeat(32)).plan.skipped, new Map([['words_not_found', 1]]));
});

test('people who stand in a file only are counted by name, apart from whoever imported it', () => {
  const { ada } = scene();
  const { m } = imported(exported(ada.m));
  assert.deepEqual(peopleOf(contentsOf(m)).map(({ id, isImported, highlights, comments }) => [id, isImported, highlights, comments]), [
    ['id-ada', false, 2, 1], ['name:ben', true, 1, 1],
  ]);
});

test('an export of Hypothesis is taken with its tags, names and replies', () => {
  const { start, end } = at('quay');
  const { m, plan } = imported(JSON.stringify({
    export_date: '2026-01-01', export_userid: 'acct:ada@hypothes.is', client_version: '1',
    annotations: [
      {
        id: 'aaa', created: '2025-01-01T00:00:00+00:00', updated: '2025-01-02T00:00:00+00:00', user: 'acct:grace@hypothes.is',
        user_info: { display_name: 'Grace H.' }, text: 'A *remark*', tags: ['Order', 'more'],
        target: [{ source: 'https://x.example', selector: [
          { type: 'RangeSelector' }, { type: 'TextPositionSelector', start, end }, { type: 'TextQuoteSelector', exact: 'quay', prefix: 'p'.repeat(40), suffix: '' },
        ] }],
      },
      { id: 'bbb', created: '2025-01-03T00:00:00Z', updated: '2025-01-03T00:00:00Z', user: 'acct:ada@hypothes.is', text: 'reply', tags: [], references: ['aaa'], target: [{ source: 'x' }] },
      { id: 'ccc', user: 'acct:ada@hypothes.is', text: 'deeper', references: ['aaa', 'bbb'], target: [] },
    ],
  }));
  assert.deepEqual(plan.skipped, new Map());
  const read = highlight(m, 'aaa');
  assert.deepEqual([read.place, read.author, read.tag, read.createdAt, read.editedAt], [at('quay'), 'Grace H.', 'tag-order', Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 2)]);
  assert.deepEqual(m.commentsOf('aaa').value.map(({ text, author, depth }) => [text, author, depth]), [['A *remark*', 'Grace H.', 0], ['reply', 'ada', 1], ['deeper', 'ada', 2]]);
});

test('a file that cannot be imported says why', () => {
  const words = (file: string): string => {
    let message = '';
    assert.throws(() => planImport(file, target(page(new Y.Doc(), 'ada'))), (error) => {
      message = (error as Error).message;
      return error instanceof NotAnExportError;
    });
    return message;
  };
  assert.match(words('not json'), /not JSON/);
  assert.match(words(''), /not JSON/);
  for (const file of ['{}', '[]', 'null', '7', '"x"', '{"first":{"items":[]}}', '{"type":"AnnotationCollection","first":"https://x"}', '[[],7,null]']) {
    assert.match(words(file), /no annotations/, file);
  }
  assert.match(words(' '.repeat(16 * 1024 * 1024 + 1)), /larger than 16 MB/);
  assert.match(words(JSON.stringify(Array.from({ length: 20_001 }, () => ({})))), /20001 annotations/);
  assert.match(words('['.repeat(200_000)), /not JSON/);
});

test('a damaged file is taken as far as it can be read, and never throws', () => {
  const random = seeded(99);
  const { ada } = scene();
  const file = exported(ada.m);
  const junk: readonly unknown[] = [null, 7, -1, 'x', '', [], {}, [[]], { id: 7 }, 'x'.repeat(30_000), '\ud800', '__proto__'];
  for (let round = 0; round < 400; round += 1) {
    const value: unknown = JSON.parse(file, (_name, each: unknown) => (random(12) === 0 ? junk[random(junk.length)] : each));
    let plan: ImportPlan;
    try {
      plan = planImport(JSON.stringify(value), target(ada.m));
    } catch (error) {
      assert.ok(error instanceof NotAnExportError);
      continue;
    }
    const fresh = page(new Y.Doc(), 'ada');
    adopt(fresh, planImport(JSON.stringify(value), target(fresh)).entries);
    assert.ok(contentsOf(fresh).highlights.every(({ place, authorId }) => place !== null && authorId === 'id-ada'));
    assert.ok(plan.examples.length <= 20);
  }
  assert.equal(({} as Record<string, unknown>)['id'], undefined);
});

test('what a file claims of the future or of its author is not believed', () => {
  const { m } = imported(JSON.stringify([
    foreign('https://tool.example/1', 'green', { created: '2099-01-01T00:00:00Z', creator: { id: userIri('id-ben'), name: 'ben' }, author_id: 'id-ben' }),
  ]));
  const read = must(contentsOf(m).highlights[0]);
  assert.deepEqual([read.createdAt, read.authorId, read.author, read.isImported], [NOW, 'id-ada', 'ben', true]);
});

test('every id has its IRI and comes back from it', () => {
  const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  assert.equal(iriOf(uuid), `urn:uuid:${uuid}`);
  for (const id of [uuid, uuid.toUpperCase(), `urn:uuid:${uuid}`, 'tag-order', 'ä ö/?#', 'https://x.example/a?b#c', 'urn:glossator:id:x', 'urn:uuid:x', 'a:b c', '%', 'javascript:alert(1)']) {
    assert.equal(idOf(iriOf(id)), id);
    assert.match(iriOf(id), /^[a-z][a-z0-9+.-]*:[!-~]+$/);
  }
  assert.equal(userOf(userIri('ä/ö')), 'ä/ö');
  assert.equal(userOf('https://x.example'), null);
  assert.equal(idOf('urn:glossator:id:%'), 'urn:glossator:id:%');
});

test('offsets in code points and in units are each other’s inverse', () => {
  const points = new CodePoints('a🌊b🌊🌊');
  assert.deepEqual([0, 1, 3, 4, 6, 8].map((units) => points.ofUnits(units)), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((offset) => points.toUnits(offset)), [0, 1, 3, 4, 6, 8]);
});

test('a table has one row for each comment, and one for a highlight without', () => {
  const { ada, ids } = scene();
  const rows = parseCsv(exportCsv(contentsOf(ada.m)));
  assert.equal(rows.length, 5);
  assert.deepEqual(rows[0]?.slice(0, 6), ['highlight', 'paragraph', 'start', 'end', 'tag', 'quote']);
  assert.deepEqual(rows.slice(1).map((row) => [row[0], row[1], row[4], row[5], row[12], row[13]]), [
    [ids.light, '1', 'Sources, "foreign"', 'light', '', ''],
    [ids.quay, '1', 'Order', 'quay', 'Which quay?', 'ada'],
    [ids.quay, '1', 'Order', 'quay', "The pilot's", 'ben'],
    [ids.chart, '3', '', 'chart', '', ''],
  ]);
  const imports = imported(exported(ada.m)).m;
  assert.ok(exportCsv(contentsOf(imports)).includes('ben (imported)'));
});

test('no cell of a table is taken for a formula, and each comes back as it was', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '\ufeff=1', '＝1', '＋1', '－1', '＠x']) {
    assert.match(cell(formula).replace(/^"/, ''), /^'/, JSON.stringify(formula));
  }
  for (const plainCell of ['a', 'a=b', '1', 'a,b', 'say "x"', 'two\nlines', '']) {
    assert.deepEqual(parseCsv(`${cell(plainCell)},x\r\n`), [[plainCell, 'x']]);
  }
  const { m } = must(replicas('ada')[0]);
  m.me = { id: 'x', name: '=cmd|calc' };
  const id = mark(m, 'green');
  m.addComment(id, '@evil\n=1+1,"x"');
  const row = must(parseCsv(exportCsv(contentsOf(m)))[1]);
  assert.deepEqual([row[6], row[12]], ["'=cmd|calc", "'@evil\n=1+1,\"x\""]);
});

test('a printable page cuts the text where highlights and marks begin and end, and has the threads beside it', () => {
  const { ada, ids } = scene();
  const over = must(ada.m.createHighlight({ start: at('light over').start, end: at('had been').end, tag: 'tag-order' }));
  const bounds = [...TEXT.matchAll(/[^\n]+/g)].map(({ index, 0: words }) => ({ start: index, end: index + words.length }));
  const blocks = bounds.map((place, index) => ({ id: `p${index + 1}`, kind: 'paragraph' as const, number: String(index + 1), marker: null, ...place }));
  const mark_ = { kind: 'emphasis' as const, to: null, start: at('over the').start, end: at('over the').end };
  const layout = printable({ title: 'The light', summary: null, text: TEXT, blocks, marks: [mark_] }, contentsOf(ada.m));
  assert.deepEqual(layout.blocks.map(({ pieces }) => pieces.map(({ text }) => text).join('')), TEXT.split('\n\n'));
  assert.deepEqual(layout.blocks.map(({ label, notes }) => [label, notes.map((note) => note.highlight.id)]), [['1', [ids.light, over, ids.quay]], ['2', []], ['3', [ids.chart]]]);
  assert.deepEqual(layout.blocks[0]?.pieces.map(({ text, marks, highlights, ends }) => [text, marks.length, highlights, ends]), [
    ['The ', 0, [], []], ['light', 0, [1, 2], [1]], [' ', 0, [2], []], ['over the', 1, [2], []], [' bar was green, and the pilot 🌊 took it for a lamp on the ', 0, [2], []],
    ['quay', 0, [2, 3], [3]], ['.', 0, [2], []],
  ]);
  assert.deepEqual(layout.blocks[1]?.pieces.slice(0, 2).map(({ text, ends }) => [text, ends]), [['It had been', [2]], [' amber the night before. The pilot did not ask; nobody asked. The sea is patient.', []]]);
  assert.deepEqual(layout.blocks[0]?.notes[2]?.comments.map(({ text }) => text), ['Which quay?', "The pilot's"]);
  assert.deepEqual(layout.legend.map(({ name }) => name), ['Order', 'Sources, "foreign"']);
  assert.equal(layout.people.length, 2);
});

/** Ada's and Ben's annotations: a tag of their own, a group, a thread, a resolution. */
function scene() {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const group = must(tagging(ada.m).createTagGroup('Law'));
  const tag = must(tagging(ada.m).createTag({ name: 'Sources, "foreign"', description: 'not domestic', group }));
  const quay = mark(ben.m, 'quay', 'tag-order');
  tagging(ada.m).moveTag('tag-reasons', { group, before: null });
  exchange(ada, ben);
  const light = must(ada.m.createHighlight({ ...at('light'), tag }));
  const chart = mark(ada.m, 'chart');
  const remark = must(ada.m.addComment(quay, 'Which quay?'));
  exchange(ada, ben);
  ben.m.addComment(quay, "The pilot's", remark);
  ben.m.resolve(quay);
  exchange(ada, ben);
  return { ada, ben, ids: { light, quay, chart, comment: remark } };
}

function exported(m: Marginalia): string {
  return exportJsonLd(contentsOf(m), { title: 'The light', text: m.text, textHash: HASH }, NOW);
}

function target(m: Marginalia, textHash = HASH): Parameters<typeof planImport>[1] {
  return { text: m.text, textHash, me: m.me, tags: m.tags.value, has: (root, id) => hasEntry(m, root, id), now: NOW };
}

/** The file in an empty case of Ada's. */
function imported(file: string, text = TEXT, textHash = HASH): { m: Marginalia; plan: ImportPlan } {
  const m = page(new Y.Doc(), 'ada', text);
  const plan = planImport(file, target(m, textHash));
  assert.equal(adopt(m, plan.entries), plan.entries.length);
  assert.equal(contentsOf(m).highlights.length, plan.added.highlights);
  return { m, plan };
}

/** What contents become when somebody has imported them. */
function expected(contents: Contents, importer: string): unknown {
  const taken = <T extends Authored>(thing: T): T => (
    thing.authorId === importer && !thing.isImported ? thing : { ...thing, authorId: importer, isImported: true }
  );
  return {
    ...contents,
    highlights: contents.highlights.map((each) => taken({ ...each, target: { ...each.target, ...each.place } })),
    comments: Object.fromEntries([...contents.comments].map(([id, thread]) => [id, thread.map(taken)])),
  };
}

function foreign(id: string, exact: string, more: Record<string, unknown>): unknown {
  const { prefix, suffix, ...rest } = more;
  return {
    '@context': 'http://www.w3.org/ns/anno.jsonld', id, type: 'Annotation', ...rest,
    target: { source: 'https://page.example/', selector: [{ type: 'TextQuoteSelector', exact, prefix, suffix }] },
  };
}

/** RFC 4180, as strict as a reader can be. */
function parseCsv(file: string): string[][] {
  const rows: string[][] = [];
  let rest = file.replace(/^\ufeff/, '');
  let row: string[] = [];
  while (rest !== '') {
    const match = must(/^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest));
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
    rest = rest.slice(match[0].length);
  }
  return rows;
}
