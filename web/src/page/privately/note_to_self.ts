// Opening one's private notes, and making one of what is selected. The panel stands beside the page's own tree: it belongs to
// another document, and the page need not know of it before it is wanted.

import { createElement, render } from 'preact';

import { highlightProblem } from '../../marginalia/target.ts';
import { problemWords } from '../desk/action_words.ts';
import type { Desk } from '../desk/desk.ts';
import { PrivatePanel } from './private_panel.tsx';
import { privateNotesOf } from './private_notes.ts';

/** Shows one's notes, with one of them in hand if it is there, or says beside them why they cannot be opened. */
export function openPrivate(desk: Desk, id: string | null = null): void {
  mount(desk);
  privateNotesOf(desk).show(id);
  void privateNotesOf(desk).open();
}

/** Begins a note on what is selected. */
export async function noteToSelf(desk: Desk): Promise<void> {
  const selection = desk.selection.peek();
  mount(desk);
  const notes = privateNotesOf(desk);
  const notebook = await notes.open();
  if (notebook === null || selection === null) {
    notes.show(null);
    return;
  }
  const id = notebook.marginalia.createHighlight({ start: selection.start, end: selection.end, tag: null });
  if (id === null) {
    desk.notices.complain(problemWords(highlightProblem(desk.marginalia.text, selection) ?? 'empty'));
    return;
  }
  const sheet = desk.sheet.peek();
  sheet?.watcher.clear();
  sheet?.caret.leave();
  desk.selection.value = null;
  notes.show(id);
}

/** Paints what there is of them, for somebody who has opened them in this browser before. */
export function resumePrivate(desk: Desk): void {
  mount(desk);
  void privateNotesOf(desk).open();
}

const mounted = new WeakSet<Desk>();

function mount(desk: Desk): void {
  if (!mounted.has(desk)) {
    mounted.add(desk);
    const place = document.createElement('div');
    document.body.append(place);
    render(createElement(PrivatePanel, { notes: privateNotesOf(desk) }), place);
  }
}
