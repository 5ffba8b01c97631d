import assert from 'node:assert/strict';
import { test } from 'node:test';

import { carryChange, carrySelection, changeBetween, moveOffset, moveSelection } from '../../src/page/notes/change.ts';
import type { Change, Step } from '../../src/page/notes/change.ts';

test('equal texts have no change between them', () => {
  assert.equal(changeBetween('lift', 'lift', 2), null);
});

test('an insertion is found where the caret is, not where the same letter stood before', () => {
  assert.deepEqual(changeBetween('aaa', 'aaaa', 1), { at: 0, removed: 0, inserted: 'a' });
  assert.deepEqual(changeBetween('aaa', 'aaaa', 3), { at: 2, removed: 0, inserted: 'a' });
  assert.deepEqual(changeBetween('aaa', 'aaaa', 4), { at: 3, removed: 0, inserted: 'a' });
});

test('a deletion is found where the caret is', () => {
  assert.deepEqual(changeBetween('aaaa', 'aaa', 1), { at: 1, removed: 1, inserted: '' });
  assert.deepEqual(changeBetween('aaaa', 'aaa', 3), { at: 3, removed: 1, inserted: '' });
});

test('a replacement leaves what both texts begin and end with alone', () => {
  assert.deepEqual(changeBetween('the amber light', 'the green light', 9), { at: 4, removed: 5, inserted: 'green' });
  assert.deepEqual(changeBetween('the amber light', 'the green light', 0), { at: 4, removed: 5, inserted: 'green' });
});

test('a change never splits a surrogate pair', () => {
  // The two differ in their low halves only, then in their high halves only.
  assert.deepEqual(changeBetween('a😀b', 'a😁b', 3), { at: 1, removed: 2, inserted: '😁' });
  assert.deepEqual(changeBetween('a\u{1F600}b', 'a\u{1FA00}b', 3), { at: 1, removed: 2, inserted: '\u{1FA00}' });
  assert.deepEqual(changeBetween('😀', '😀😁', 4), { at: 2, removed: 0, inserted: '😁' });
  assert.deepEqual(changeBetween('😀😁', '😁', 0), { at: 0, removed: 2, inserted: '' });
});

test('applying the change always gives the new text, whatever the caret says', () => {
  const alphabet = ['a', 'b', '\n', '😀', '😁', '𝑝', 'é'];
  const random = numbers(7);
  for (let round = 0; round < 3_000; round += 1) {
    const before = word(alphabet, random);
    const after = word(alphabet, random);
    const change = changeBetween(before, after, random(after.length + 1));
    const made = change === null ? before : apply(before, change);
    assert.equal(made, after);
    if (change !== null) {
      assert.ok(change.inserted.isWellFormed(), `${JSON.stringify(before)} to ${JSON.stringify(after)} splits a pair`);
      assert.ok(before.slice(0, change.at).isWellFormed());
    }
  }
});

test('a caret keeps its place when others write before it, behind it and across it', () => {
  assert.equal(moveOffset(5, [{ insert: 3 }]), 8);
  assert.equal(moveOffset(5, [{ retain: 9 }, { insert: 3 }]), 5);
  assert.equal(moveOffset(5, [{ retain: 3 }, { remove: 4 }]), 3);
  assert.equal(moveOffset(5, [{ retain: 1 }, { remove: 2 }, { insert: 10 }]), 13);
});

test('a caret stays before what others write at it', () => {
  assert.equal(moveOffset(5, [{ retain: 5 }, { insert: 3 }]), 5);
  assert.equal(moveOffset(0, [{ insert: 3 }]), 0);
});

test('a selection keeps its direction and both its ends', () => {
  assert.deepEqual(moveSelection({ start: 2, end: 6, direction: 'backward' }, [{ retain: 4 }, { insert: 2 }]), {
    start: 2,
    end: 8,
    direction: 'backward',
  });
});

test('a change carried over an edit of others removes nothing that they wrote', () => {
  // "abcdef": we replace "cd" by "X" while somebody writes "!!" between c and d and takes the a away.
  const others: Step[] = [{ remove: 1 }, { retain: 2 }, { insert: 2 }];
  const theirs = 'bc!!def';
  const changes = carryChange({ at: 2, removed: 2, inserted: 'X' }, [others]);
  assert.equal(changes.reduce(apply, theirs), 'bX!!ef');
});

test('a caret stays where it was put after a change that is carried', () => {
  const edits: Step[][] = [[{ insert: 4 }], [{ retain: 8 }, { insert: 1 }]];
  const change: Change = { at: 4, removed: 0, inserted: '津波' };
  const carried = carryChange(change, edits);
  const caret = (at: number): number =>
    carrySelection({ start: at, end: at, direction: 'none' }, change, carried, edits).end;
  assert.deepEqual([0, 3, 4, 5, 6].map(caret), [0, 7, 8, 9, 10]);
});

test('what others have removed already is not removed twice', () => {
  const changes = carryChange({ at: 1, removed: 3, inserted: '' }, [[{ retain: 2 }, { remove: 2 }]]);
  assert.deepEqual(changes, [{ at: 1, removed: 1, inserted: '' }]);
});

test('a change carried over nothing stays one change at its place', () => {
  const changes = carryChange({ at: 2, removed: 3, inserted: 'x' }, []);
  assert.deepEqual(changes, [
    { at: 2, removed: 3, inserted: '' },
    { at: 2, removed: 0, inserted: 'x' },
  ]);
});

function apply(text: string, change: Change): string {
  return text.slice(0, change.at) + change.inserted + text.slice(change.at + change.removed);
}

function word(alphabet: readonly string[], random: (below: number) => number): string {
  return Array.from({ length: random(9) }, () => alphabet[random(alphabet.length)] ?? '').join('');
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
