// What a person can do with annotations, from wherever it is asked for: toolbar, card, menu or key.

import { highlightProblem } from '../../marginalia/target.ts';
import { reveal } from '../../text/scrolling.ts';
import { prefersLessMotion } from '../base/motion.ts';
import { isNarrow } from '../base/narrow.ts';
import { neighbour } from '../find/finding.ts';
import type { Desk } from './desk.ts';
import { complain } from './with_rest.ts';

/** How a card came to be opened; decides what scrolls and where the focus goes. */
export type Cause = 'text' | 'card' | 'step' | 'link' | 'made';

/** Opens the card of a highlight; null closes. */
export function activate(desk: Desk, id: string | null, cause: Cause): void {
  desk.choice.value = null;
  desk.active.value = id;
  if (id === null) {
    return;
  }
  if (cause === 'step' || cause === 'link') {
    showInText(desk, id);
  }
  if (cause !== 'made') {
    desk.column?.show(id);
  }
  if (cause === 'text' && isNarrow.peek()) {
    desk.isDrawerOpen.value = true;
    keepAboveDrawer(desk, id);
  }
}

/** The drawer must not lie over the words that its card is about. */
function keepAboveDrawer(desk: Desk, id: string): void {
  const top = desk.sheet.peek()?.painter.topOf(id) ?? 0;
  if (top > innerHeight * 0.24) {
    scrollBy({ top: top - innerHeight * 0.14, behavior: prefersLessMotion() ? 'instant' : 'smooth' });
  }
}

/** Highlights what is selected, with a tag or without; gives the new highlight's id, or null if there is nothing. */
export function highlightSelection(desk: Desk, tag: string | null): string | null {
  const selection = desk.selection.value;
  const sheet = desk.sheet.value;
  if (selection === null || sheet === null || !allowed(desk, desk.marginalia.may('add', 'highlight'))) {
    return null;
  }
  if (desk.moving.value !== null) {
    // The toolbar says what is asked for then; a key that would make another highlight is a slip.
    return null;
  }
  const id = desk.marginalia.createHighlight({ start: selection.start, end: selection.end, tag });
  if (id === null) {
    const problem = highlightProblem(desk.marginalia.text, selection);
    void complain(desk, problem ?? 'empty');
    return null;
  }
  sheet.watcher.clear();
  sheet.caret.leave();
  desk.selection.value = null;
  activate(desk, id, 'made');
  const name = tagName(desk, tag);
  desk.notices.say(name === null ? 'Highlighted.' : `Highlighted as ${name}.`);
  return id;
}

/** Applies a tag: to what is selected, else to the highlight that is open. */
export function applyTag(desk: Desk, index: number): void {
  const tag = desk.marginalia.tags.value[index];
  if (tag === undefined) {
    return;
  }
  if (desk.selection.value !== null) {
    highlightSelection(desk, tag.id);
  } else if (desk.active.value !== null) {
    retag(desk, desk.active.value, tag.id);
  }
}

export function retag(desk: Desk, id: string, tag: string | null): void {
  const highlight = desk.marginalia.highlights.value.get(id)?.value;
  if (highlight !== undefined && allowed(desk, desk.marginalia.mayEdit(highlight))) {
    desk.marginalia.retag(id, tag);
    desk.notices.say(tag === null ? 'Tag removed.' : `Tagged as ${tagName(desk, tag) ?? 'unknown'}.`);
  }
}

/** Opens the field for a comment: on a new highlight of what is selected, else on the one that is open. */
export function comment(desk: Desk): void {
  const id = desk.selection.value === null ? desk.active.value : highlightSelection(desk, null);
  if (id !== null && allowed(desk, mayComment(desk))) {
    desk.isDrawerOpen.value = desk.isDrawerOpen.value || isNarrow.peek();
    desk.writing.value = { highlight: id, about: null };
  }
}

export function toggleResolved(desk: Desk, id: string): void {
  const highlight = desk.marginalia.highlights.value.get(id)?.value;
  if (highlight === undefined || !allowed(desk, desk.marginalia.may('resolution', 'highlight'))) {
    return;
  }
  if (highlight.resolvedAt === null) {
    desk.marginalia.resolve(id);
    desk.notices.say('Resolved.');
  } else {
    desk.marginalia.reopen(id);
    desk.notices.say('Reopened.');
  }
}

export function undo(desk: Desk): void {
  if (allowed(desk, mayComment(desk))) {
    desk.notices.say(desk.marginalia.undo() ? 'Undone.' : 'Nothing to undo.');
  }
}

export function redo(desk: Desk): void {
  if (allowed(desk, mayComment(desk))) {
    desk.notices.say(desk.marginalia.redo() ? 'Done again.' : 'Nothing to do again.');
  }
}

/** Opens the next or previous annotation, or goes to what is next of what is searched for. */
export function step(desk: Desk, by: 1 | -1): void {
  const walk = desk.finding.walk.value;
  const id = neighbour(desk.marginalia.order.value, desk.active.value, by);
  if (walk !== null) {
    walk.step(by);
  } else if (id !== null) {
    activate(desk, id, 'step');
  }
}

/** Puts the focus onto a card, or onto the text if there is none. */
export function focusCard(desk: Desk, id: string | null): void {
  const card = id === null ? null : (desk.column?.elementOf(id) ?? null);
  if (card === null || id === null) {
    document.getElementById('text')?.focus({ preventScroll: true });
    return;
  }
  card.focus({ preventScroll: true });
  desk.column?.show(id);
}

/** Brings the text of a highlight into sight. */
export function showInText(desk: Desk, id: string): void {
  const sheet = desk.sheet.value;
  if (sheet !== null) {
    reveal(sheet.painter, sheet.view.root, id);
  }
}

/** Puts the focus from an annotation, or from what the search has led to, to the text, onto its paragraph. */
export function toText(desk: Desk, id: string | null): void {
  const view = desk.sheet.value?.view;
  const start = id === null ? desk.finding.walk.value?.at : desk.marginalia.highlights.value.get(id)?.value.place?.start;
  const element = view?.elementOf(view.blockAt(start ?? -1)?.id ?? '') ?? null;
  if (element === null || start === undefined || start === null) {
    document.getElementById('text')?.focus({ preventScroll: true });
    return;
  }
  desk.isDrawerOpen.value = false;
  element.setAttribute('tabindex', '-1');
  element.focus({ preventScroll: true });
  if (id !== null) {
    showInText(desk, id);
  }
}

/** Whether a change would be kept, and whether the person may make it; says why if not. */
export function allowed(desk: Desk, isRight: boolean): boolean {
  const isOpen = desk.canEdit.peek();
  if (!isOpen || !isRight) {
    void complain(desk, isOpen ? (desk.session.access.peek().role ?? 'unknown') : 'closed');
  }
  return isOpen && isRight;
}

/** Whoever may comment may do something at all. */
export function mayComment({ marginalia }: Desk): boolean {
  return marginalia.may('add', 'comment');
}

function tagName(desk: Desk, id: string | null): string | null {
  return desk.marginalia.tags.peek().find((tag) => tag.id === id)?.name ?? null;
}
