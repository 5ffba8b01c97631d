// Carries out what is asked for by key, wherever the focus is on the page of a case.

import { singleKeys } from '../base/settings.ts';
import { activate, applyTag, comment, focusCard, redo, step, toText, toggleResolved, undo } from '../desk/actions.ts';
import type { Desk } from '../desk/desk.ts';
import { withRest } from '../desk/with_rest.ts';
import { commandOf } from './keys.ts';
import type { Command, Press } from './keys.ts';

/** Listens from now on; gives the function that ends it. */
export function watchKeys(desk: Desk): () => void {
  const press = (event: KeyboardEvent): void => {
    const command = event.defaultPrevented || isModalOpen() ? null : commandOf(pressOf(event), singleKeys.value === 'on');
    if (command !== null && obey(desk, command)) {
      event.preventDefault();
    }
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

/** Gives whether the key was used. */
function obey(desk: Desk, command: Command): boolean {
  const active = desk.active.peek();
  switch (command.command) {
    case 'tag':
      applyTag(desk, command.index);
      return true;
    case 'comment':
      comment(desk);
      return true;
    case 'next':
      step(desk, 1);
      return true;
    case 'previous':
      step(desk, -1);
      return true;
    case 'to_card':
      if (active === null) {
        void withRest(desk, ({ openFromHere }) => openFromHere(desk));
      } else {
        focusCard(desk, active);
      }
      return true;
    case 'to_text':
      toText(desk, cardWithFocus() ?? active);
      return true;
    case 'search':
      desk.isSearchOpen.value = true;
      document.getElementById('search')?.focus({ preventScroll: true });
      return true;
    case 'notes':
      desk.areNotesOpen.value = !desk.areNotesOpen.peek();
      return true;
    case 'resolve':
      if (active !== null) {
        toggleResolved(desk, active);
      }
      return active !== null;
    case 'select':
      void desk.sheet.peek()?.caret.enter();
      return true;
    case 'help':
      desk.dialog.value = 'help';
      return true;
    case 'undo':
      undo(desk);
      return true;
    case 'redo':
      redo(desk);
      return true;
    case 'leave':
      return leave(desk);
  }
}

/** One thing at a time, the innermost first. */
function leave(desk: Desk): boolean {
  if (document.querySelector('[popover="auto"]:popover-open') !== null) {
    // The browser closes it.
    return false;
  }
  if (desk.moving.peek() !== null) {
    desk.moving.value = null;
    return true;
  }
  if (desk.selection.peek() !== null) {
    desk.sheet.peek()?.watcher.clear();
    desk.selection.value = null;
    return true;
  }
  if (desk.active.peek() !== null) {
    const card = cardWithFocus();
    if (card !== null) {
      toText(desk, card);
    }
    activate(desk, null, 'card');
    return true;
  }
  if (desk.isDrawerOpen.peek() || desk.areNotesOpen.peek()) {
    desk.isDrawerOpen.value = false;
    desk.areNotesOpen.value = false;
    return true;
  }
  return false;
}

function cardWithFocus(): string | null {
  const card = document.activeElement?.closest('.card');
  return card instanceof HTMLElement ? (card.dataset['id'] ?? null) : null;
}

function isModalOpen(): boolean {
  return document.querySelector('dialog:modal') !== null;
}

function pressOf(event: KeyboardEvent): Press {
  const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing, target } = event;
  const inField = target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;
  return { key, ctrl: ctrlKey, meta: metaKey, alt: altKey, shift: shiftKey, isComposing, inField };
}
