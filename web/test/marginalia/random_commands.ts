// Anything that a person can do, at random: for soaking replicas and for making contents to take out.

import type { Marginalia } from '../../src/marginalia/marginalia.ts';
import { COLOURS, PATTERNS } from '../../src/text/palette.ts';
import { tagging } from './replicas.ts';

type Random = (below: number) => number;

const WORDS = ['why', 'the light', '"quoted"', '=SUM(A1)', 'ünïcode 🌊', 'a,b;c', 'two\nlines', '<b>bold</b>', "l'arrêt", '\u202eright to left'];

/** Does one thing, which may come to nothing. */
export function randomCommand(m: Marginalia, random: Random): void {
  const highlights = [...m.highlights.peek().keys()];
  const id = pick(highlights, random) ?? 'nothing';
  const comments = m.commentsOf(id).peek();
  const comment = pick(comments, random)?.id;
  const tag = pick(m.tags.peek(), random)?.id ?? 'nothing';
  const otherTag = pick(m.tags.peek(), random)?.id ?? null;
  const group = random(3) === 0 ? null : (pick(m.tagGroups.peek(), random)?.id ?? null);
  const words = (): string => Array.from({ length: 1 + random(4) }, () => pick(WORDS, random)).join(' ');
  const start = random(m.text.length);
  const end = start + 1 + random(30);
  const commands: readonly [weight: number, command: () => unknown][] = [
    [6, () => m.createHighlight({ start, end, tag: random(4) === 0 ? null : tag })],
    [2, () => m.retag(id, random(5) === 0 ? null : tag)],
    [1, () => m.extend(id, start, end)],
    [1, () => m.deleteHighlight(id)],
    [6, () => m.addComment(id, words(), random(2) === 0 ? comment : undefined)],
    [2, () => m.editComment(comment ?? 'nothing', words())],
    [1, () => m.deleteComment(comment ?? 'nothing')],
    [1, () => m.resolve(id)],
    [1, () => m.reopen(id)],
    [1, () => tagging(m).createTag({ name: words(), group })],
    [1, () => tagging(m).editTag(tag, { name: words(), description: random(2) === 0 ? null : words() })],
    [1, () => tagging(m).editTag(tag, { colour: pick(COLOURS, random) ?? 'amber', pattern: pick(PATTERNS, random) ?? 'solid' })],
    [2, () => tagging(m).moveTag(tag, { group, before: random(3) === 0 ? null : otherTag })],
    [1, () => random(3) === 0 && tagging(m).deleteTag(tag)],
    [1, () => tagging(m).restoreTag(pick(m.deletedTags.peek(), random)?.id ?? 'nothing')],
    [1, () => random(3) === 0 && tagging(m).createTagGroup(words())],
    [1, () => tagging(m).moveTagGroup(group ?? 'nothing', pick(m.tagGroups.peek(), random)?.id ?? null)],
    [1, () => random(6) === 0 && tagging(m).deleteTagGroup(group ?? 'nothing')],
    [2, () => m.undo()],
    [2, () => m.redo()],
  ];
  let at = random(commands.reduce((sum, [weight]) => sum + weight, 0));
  commands.find(([weight]) => (at -= weight) < 0)?.[1]();
}

export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[random(Math.max(1, list.length))];
}
