import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CompletionRules, SETTLE_MS, type Sign } from '../../src/text/selection_rules.ts';

const CHANGED: Sign = { sign: 'changed', empty: false };
const EMPTIED: Sign = { sign: 'changed', empty: true };

test('a mouse selection is complete when the button is let go, not before', () => {
  const { take } = start();
  assert.deepEqual(take({ sign: 'pressed', pointer: 'mouse' }, CHANGED, CHANGED, wait(10_000), { sign: 'released' }), [false, false, false, false, true]);
});

test('a pen is like a mouse', () => {
  const { take, rules } = start();
  assert.deepEqual(take({ sign: 'pressed', pointer: 'pen' }, CHANGED, { sign: 'released' }), [false, false, true]);
  assert.equal(rules.manner, 'mouse');
});

test('a click that selects nothing new says nothing, and one that drops the selection says so at once', () => {
  const { take } = start();
  take({ sign: 'pressed', pointer: 'mouse' }, CHANGED, { sign: 'released' });
  assert.deepEqual(take({ sign: 'pressed', pointer: 'mouse' }, { sign: 'released' }, EMPTIED), [false, false, true]);
});

test('a selection by keys is complete when Shift is let go', () => {
  const { take, rules } = start();
  const press: Sign = { sign: 'key down', key: 'ArrowRight' };
  assert.deepEqual(
    take({ sign: 'key down', key: 'Shift' }, press, CHANGED, { sign: 'key up', key: 'ArrowRight' }, CHANGED, wait(5_000), { sign: 'key up', key: 'Shift' }),
    [false, false, false, false, false, false, true],
  );
  assert.equal(rules.manner, 'keyboard');
});

test('everything selected by a key is complete after a moment', () => {
  const { take, rules } = start();
  assert.deepEqual(take({ sign: 'key down', key: 'a' }, CHANGED, wait(SETTLE_MS - 1), wait(1)), [false, false, false, true]);
  assert.equal(rules.manner, 'keyboard');
});

test('a touch selection is complete when the finger is lifted, as on iOS', () => {
  const { take, rules } = start();
  assert.deepEqual(take({ sign: 'pressed', pointer: 'touch' }, CHANGED, { sign: 'released' }), [false, false, true]);
  assert.equal(rules.manner, 'touch');
});

test('a touch selection is complete when the system shows its menu and takes the pointer away, as on Android', () => {
  const { take } = start();
  assert.deepEqual(take({ sign: 'pressed', pointer: 'touch' }, CHANGED, { sign: 'menu' }, { sign: 'cancelled' }), [false, false, true, false]);
});

test('handles that are dragged complete the selection when they rest, once', () => {
  const { take, rules } = start();
  take({ sign: 'pressed', pointer: 'touch' }, CHANGED, { sign: 'menu' }, { sign: 'cancelled' });
  assert.deepEqual(take(CHANGED, wait(100), CHANGED, wait(SETTLE_MS - 1)), [false, false, false, false]);
  assert.deepEqual(take(wait(1), wait(10_000)), [true, false]);
  assert.equal(rules.manner, 'touch');
});

test('when the window loses the focus, what is pressed is taken for let go', () => {
  const { take } = start();
  assert.deepEqual(take({ sign: 'pressed', pointer: 'mouse' }, CHANGED, { sign: 'blurred' }), [false, false, true]);
  assert.deepEqual(take({ sign: 'key down', key: 'Shift' }, CHANGED, { sign: 'blurred' }, CHANGED, wait(SETTLE_MS)), [false, false, true, false, true]);
});

test('while nothing has changed there is nothing to wait for', () => {
  const { take, rules } = start();
  take({ sign: 'pressed', pointer: 'mouse' }, { sign: 'released' }, { sign: 'menu' });
  assert.equal(rules.deadline, null);
});

/** A step that lets time pass. */
function wait(milliseconds: number): { wait: number } {
  return { wait: milliseconds };
}

/** Rules with a clock; `take` says for each step whether the selection was looked at. */
function start(): { rules: CompletionRules; take: (...steps: (Sign | { wait: number })[]) => boolean[] } {
  const rules = new CompletionRules();
  let now = 1_000;
  return {
    rules,
    take: (...steps) =>
      steps.map((step) => {
        if ('sign' in step) {
          return rules.handle(step, now);
        }
        now += step.wait;
        return rules.deadline !== null && now >= rules.deadline && rules.handle({ sign: 'time passed' }, now);
      }),
  };
}
