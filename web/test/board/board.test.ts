import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import * as Y from 'yjs';

import { Board } from '../../src/board/board.ts';
import * as limits from '../../src/board/limits.ts';
import { BOARD_COLOURS, placeOnBoard, readSticky, readStroke, readingOrder } from '../../src/board/model.ts';
import type { Role } from '../../src/sync/interface.ts';

type Page = { doc: Y.Doc; board: Board };

let made = 0;

function page(name: string, role: Role = 'annotate', doc = new Y.Doc()): Page {
  const board = new Board(doc, { me: { id: `id-${name}`, name }, role: () => role, now: () => 0, newId: () => `${name}-${(made += 1)}` });
  return { doc, board };
}

function exchange(...all: readonly Page[]): void {
  for (const { doc } of all) {
    for (const other of all) {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other.doc), 'wire');
    }
  }
}

function words({ board }: Page): string[] {
  return [...board.stickies.peek().values()].map((sticky) => sticky.peek().text).sort();
}

test('what the room takes of a board is what the page offers', () => {
  const written = readFileSync(new URL('../../../annotation/src/limits.rs', import.meta.url), 'utf8');
  const inRust = (name: string): number => Number(new RegExp(`${name}: \\w+ = ([\\d_.]+);`).exec(written)?.[1]?.replaceAll('_', ''));
  for (const [name, limit] of Object.entries(limits)) {
    assert.equal(inRust(name), limit, name);
  }
});

test('two people put notes on one board, and each sees who wrote which', () => {
  const [ada, ben] = [page('ada'), page('ben')];
  const id = ada.board.addSticky({ x: 10.4, y: -20.6 }, 'azure') ?? '';
  ada.board.writeSticky(id, 'obiter');
  exchange(ada, ben);
  const { text, x, y, colour, author, authorId } = ben.board.sticky(id) ?? assert.fail();
  assert.deepEqual({ text, x, y, colour, author, authorId }, { text: 'obiter', x: 10, y: -21, colour: 'azure', author: 'ada', authorId: 'id-ada' });
});

test('a change of one note touches the signal of that note alone', () => {
  const ada = page('ada');
  const [one, other] = [ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? '', ada.board.addSticky({ x: 300, y: 0 }, 'amber') ?? ''];
  const [all, before] = [ada.board.stickies.peek(), ada.board.sticky(other)];
  ada.board.writeSticky(one, 'ratio');
  assert.equal(ada.board.stickies.peek(), all);
  assert.equal(ada.board.sticky(other), before);
});

test('one person moves a note while another writes on it, and both are kept', () => {
  const [ada, ben] = [page('ada'), page('ben')];
  const id = ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? '';
  exchange(ada, ben);
  ada.board.writeSticky(id, 'held');
  ben.board.moveSticky(id, { x: 500, y: 90 });
  exchange(ada, ben);
  for (const { board } of [ada, ben]) {
    const { text, x, y } = board.sticky(id) ?? assert.fail();
    assert.deepEqual([text, x, y], ['held', 500, 90]);
  }
});

test('what is moved lies before all others, once', () => {
  const ada = page('ada');
  const [one, other] = [ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? '', ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? ''];
  ada.board.moveSticky(one, { x: 5, y: 5 });
  const z = ada.board.sticky(one)?.z ?? 0;
  assert.ok(z > (ada.board.sticky(other)?.z ?? 0));
  ada.board.moveSticky(one, { x: 6, y: 6 });
  assert.equal(ada.board.sticky(one)?.z, z);
});

test('undo takes back what one did oneself, and nothing of the others', () => {
  const [ada, ben] = [page('ada'), page('ben')];
  const id = ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? '';
  ada.board.writeSticky(id, 'mine');
  exchange(ada, ben);
  const theirs = ben.board.addSticky({ x: 300, y: 0 }, 'rose') ?? '';
  ben.board.writeSticky(theirs, 'theirs');
  exchange(ada, ben);
  ada.board.remove([id]);
  assert.deepEqual(words(ada), ['theirs']);
  assert.ok(ada.board.history.undo());
  assert.deepEqual(words(ada), ['mine', 'theirs']);
  assert.equal(ada.board.sticky(id)?.authorId, 'id-ada');
  assert.ok(ada.board.history.undo() && ada.board.history.undo());
  assert.deepEqual(words(ada), ['theirs']);
  assert.equal(ada.board.history.canUndo.peek(), false);
});

test('a stroke is one value with few points, and is erased as a whole', () => {
  const ada = page('ada');
  const points = Array.from({ length: 2_000 }, (_, at) => (at % 2 === 0 ? at / 2 : 100 * Math.sin(at / 200)));
  const id = ada.board.addStroke(points, 5, 'violet') ?? '';
  const stroke = ada.board.strokes.peek().get(id) ?? assert.fail();
  assert.ok(stroke.points.length > 20 && stroke.points.length < 400, `${stroke.points.length}`);
  assert.ok(stroke.points.every(Number.isInteger));
  assert.equal(ada.board.remove([id, 'none']), 1);
  assert.equal(ada.board.strokes.peek().size, 0);
});

test('what somebody else wrote without sense has its default or is passed over, and nothing throws', () => {
  const doc = new Y.Doc();
  const put = (root: string, id: string, value: unknown): unknown => doc.getMap(root).set(id, value);
  put('stickies', 'none', 7);
  put('stickies', 'odd', { x: 'far', y: Infinity, z: null, text: 9, colour: 'constructor', author: {} });
  put('stickies', 'long', { text: 'x'.repeat(9_000), x: 1e9 });
  put('strokes', 'empty', { points: [] });
  put('strokes', 'uneven', { points: [1, 2, 3] });
  put('strokes', 'odd', { points: [1, 'a', null, 4], width: -3 });
  put('strokes', 'none', 'words');
  const { board } = page('ada', 'annotate', doc);
  const odd = board.sticky('odd') ?? assert.fail();
  assert.deepEqual([odd.x, odd.y, odd.z, odd.text, odd.colour, odd.author], [0, 0, 0, '', BOARD_COLOURS[0], 'Somebody']);
  const long = board.sticky('long') ?? assert.fail();
  assert.deepEqual([long.text.length, long.x], [limits.STICKY_TEXT_UNITS_MAX, 0]);
  assert.equal(board.sticky('none'), null);
  assert.deepEqual([...board.strokes.peek().keys()], ['odd']);
  assert.deepEqual(board.strokes.peek().get('odd')?.points, [1, 0, 0, 4]);
  assert.equal(readSticky(undefined, 'x'), null);
  assert.equal(readStroke({ points: [1, 2] }, ''), null);
});

test('the page offers what the role allows', () => {
  const offered = (role: Role, author: string): boolean[] => {
    const { board } = page('ada', role);
    return [board.may('add', 'sticky'), board.may('add', 'stroke'), board.may('arrangement', 'sticky', author), board.may('content', 'sticky', author), board.may('delete', 'stroke', author)];
  };
  const row = (role: Role, author: string): string => offered(role, author).map(Number).join('');
  assert.deepEqual((['read', 'comment', 'annotate', 'own'] as const).map((role) => row(role, 'id-ada')), ['00000', '10110', '11111', '11111']);
  assert.deepEqual((['read', 'comment', 'annotate', 'own'] as const).map((role) => row(role, 'id-ben')), ['00000', '10000', '11100', '11111']);
});

test('a full board takes no further note, and says so', () => {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (let number = 0; number < limits.STICKIES_MAX; number += 1) {
      doc.getMap('stickies').set(`s${number}`, { text: '' });
    }
  });
  const { board } = page('ada', 'annotate', doc);
  assert.equal(board.addSticky({ x: 0, y: 0 }, 'amber'), null);
  board.remove(['s0']);
  assert.notEqual(board.addSticky({ x: 0, y: 0 }, 'amber'), null);
});

test('another document of the same board takes the place of the first', () => {
  const [ada, other] = [page('ada'), page('other')];
  const id = ada.board.addSticky({ x: 0, y: 0 }, 'amber') ?? '';
  Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(ada.doc));
  const kept = ada.board.stickies.peek().get(id);
  assert.deepEqual(ada.board.rebind(other.doc), { undoWasLost: true });
  assert.equal(ada.board.stickies.peek().get(id), kept);
  other.doc.getMap<Y.Map<unknown>>('stickies').get(id)?.set('text', 'later');
  assert.equal(ada.board.sticky(id)?.text, 'later');
});

test('notes are read line by line, though they do not stand quite straight', () => {
  const at = (id: string, x: number, y: number) => ({ id, x, y, z: 0, text: '', colour: 'amber' as const, authorId: null, author: '', createdAt: null });
  assert.deepEqual(readingOrder([at('d', 0, 300), at('b', 200, -10), at('a', 0, 12), at('c', 400, 30)]), ['a', 'b', 'c', 'd']);
});

test('what would stand beyond the board stands at its edge', () => {
  assert.deepEqual(placeOnBoard({ x: 1e9, y: -1e9 }), { x: limits.COORDINATE_MAX, y: -limits.COORDINATE_MAX });
});
