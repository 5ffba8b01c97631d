// What is rarely done with annotations. Fetched with the menus that offer it.

import { highlightProblem } from '../../marginalia/target.ts';
import { neighbour } from '../find/finding.ts';
import { topOffset } from '../sheet/reading_place.ts';
import { problemWords } from './action_words.ts';
import { activate, allowed, focusCard, undo } from './actions.ts';
import type { Desk } from './desk.ts';

/** Gives a highlight the stretch that is selected. */
export function moveTo(desk: Desk, id: string): void {
  const selection = desk.selection.value;
  const highlight = desk.marginalia.highlights.peek().get(id)?.peek();
  if (selection === null || !allowed(desk, highlight === undefined || desk.marginalia.mayEdit(highlight))) {
    return;
  }
  if (!desk.marginalia.extend(id, selection.start, selection.end)) {
    const problem = highlightProblem(desk.marginalia.text, selection);
    desk.notices.complain(problem === null ? 'This annotation is gone: somebody has deleted it.' : problemWords(problem));
    return;
  }
  desk.moving.value = null;
  desk.sheet.value?.watcher.clear();
  desk.selection.value = null;
  activate(desk, id, 'made');
  desk.notices.say('The highlight covers the selected text.');
}

/** Deletes a highlight, with a way back. */
export function remove(desk: Desk, id: string): void {
  const highlight = desk.marginalia.highlights.peek().get(id)?.peek();
  if (highlight === undefined || !allowed(desk, desk.marginalia.mayDelete(highlight))) {
    return;
  }
  const next = neighbour(desk.marginalia.order.peek().filter((each) => each === id || isShown(desk, each)), id, 1);
  desk.marginalia.deleteHighlight(id);
  desk.active.value = null;
  desk.notices.show('Annotation deleted.', { label: 'Undo', run: () => undo(desk) });
  desk.notices.say('Annotation deleted. Ctrl Z takes it back.');
  focusCard(desk, next === id ? null : next);
}

/** Copies an address that leads to a highlight. */
export async function copyLink(desk: Desk, id: string): Promise<void> {
  const address = new URL(location.href);
  address.hash = `h=${encodeURIComponent(id)}`;
  try {
    await navigator.clipboard.writeText(address.href);
    desk.notices.show('Link copied.');
    desk.notices.say('Link copied.');
  } catch {
    desk.notices.show(`The browser does not let this page copy. The link: ${address.href}`, null, true);
  }
}

/** From where one reads to the annotation there: the first of this or a following paragraph. */
export function openFromHere(desk: Desk): void {
  const view = desk.sheet.peek()?.view;
  const focused = document.activeElement;
  const block = view?.blocks.find(({ id }) => focused !== null && view.elementOf(id)?.contains(focused) === true);
  const all = desk.marginalia.highlights.peek();
  const from = block?.start ?? (view === undefined ? null : topOffset(view)) ?? 0;
  const id = desk.marginalia.order.peek().find((each) => isShown(desk, each) && (all.get(each)?.peek().place?.end ?? 0) > from) ?? null;
  if (id === null) {
    desk.notices.say('No annotations from here on.');
    return;
  }
  activate(desk, id, 'text');
  focusCard(desk, id);
}

/** Whether a highlight is among those that the filter shows and the search finds. */
function isShown({ finding }: Desk, id: string): boolean {
  return [finding.shown.peek(), finding.found.peek()].every((ids) => ids?.has(id) ?? true);
}
