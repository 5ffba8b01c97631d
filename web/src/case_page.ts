// The page of one case: its text, the shared notes, who is here, and how the connection stands.

import { fetchCase } from './case_document.ts';
import { CASE_ID } from '../samples/source.ts';
import { element, showCase } from './case_view.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection_state.ts';
import { recallName, rememberName } from './name_memory.ts';
import { NotesBinding } from './notes_binding.ts';
import { cleanName } from './people.ts';
import type { Person } from './people.ts';
import { TextareaField } from './textarea_field.ts';
import { stateWords } from './words.ts';
import type { Holding } from './words.ts';

const PEOPLE_SHOWN_MAX = 12;

const page = {
  article: find('article', HTMLElement),
  notes: find('notes', HTMLTextAreaElement),
  notesPanel: find('notes-panel', HTMLElement),
  notesToggle: find('notes-toggle', HTMLButtonElement),
  people: find('people', HTMLUListElement),
  statusShort: find('status-short', HTMLElement),
  statusLong: find('status-long', HTMLElement),
  me: find('me', HTMLButtonElement),
  nameDialog: find('name-dialog', HTMLDialogElement),
  nameForm: find('name-form', HTMLFormElement),
  name: find('name', HTMLInputElement),
};

start();

function start(): void {
  const caseId = caseIdOf(location.pathname);
  if (caseId === null) {
    showNoCase();
    return;
  }
  void showText(caseId);
  page.notesToggle.addEventListener('click', () => openNotes(page.notesToggle.getAttribute('aria-expanded') !== 'true'));
  page.me.addEventListener('click', () => askName());
  page.nameForm.addEventListener('submit', () => takeName(caseId));
  const name = recallName();
  if (name === null) {
    showNobody();
    askName();
  } else {
    join(caseId, name);
  }
}

/** The case that an address names: `/c/{case_id}`, the id in its one canonical form. */
function caseIdOf(path: string): string | null {
  const id = /^\/c\/([^/]+)$/.exec(path)?.[1] ?? '';
  return CASE_ID.test(id) ? id : null;
}

async function showText(caseId: string): Promise<void> {
  const answer = await fetchCase(caseId);
  page.article.removeAttribute('aria-busy');
  page.article.replaceChildren();
  switch (answer.answer) {
    case 'text':
      document.title = `${answer.text.title} · Glossator`;
      showCase(page.article, answer.text);
      scrollToTarget();
      break;
    case 'absent':
      page.article.append(element('p', 'apology', `No text has been published under “${caseId}”. Its notes can be used all the same.`));
      break;
    case 'unreadable':
      page.article.append(element('p', 'apology', `The text cannot be shown: ${answer.why}. Reload the page to try again.`));
      break;
  }
}

/** The text arrives after the browser has looked for the target of the address, so it is made to look again. */
function scrollToTarget(): void {
  if (location.hash !== '') {
    location.replace(location.hash);
  }
}

function join(caseId: string, name: string): void {
  let state: ConnectionState = { state: 'connecting' };
  let hasUnsentEdits = false;
  let isBound = false;
  const show = (): void => showState(state, isBound ? (hasUnsentEdits ? 'unsent' : 'in_step') : 'nothing');
  page.me.textContent = 'Change name';
  show();
  const connection = new Connection(caseId, name, {
    stateChanged(next) {
      state = next;
      if (state.state === 'live' && !isBound) {
        isBound = true;
        new NotesBinding(connection.notes, new TextareaField(page.notes));
      }
      show();
    },
    peopleChanged: showPeople,
    unsentChanged(next) {
      hasUnsentEdits = next;
      show();
    },
  });
  addEventListener('beforeunload', (event) => {
    if (connection.wouldLoseEdits()) {
      event.preventDefault();
    }
  });
}

function showState(state: ConnectionState, holding: Holding): void {
  const words = stateWords(state, holding);
  document.body.dataset['state'] = state.state;
  write(page.statusShort, words.short);
  write(page.statusLong, words.long ?? '');
  // Before the first opening there is nothing to write into; after a final close nothing would be kept.
  page.notes.readOnly = holding === 'nothing' || state.state === 'closed';
  page.notes.placeholder =
    holding === 'nothing' ? 'The notes are not open yet.' : 'Write here. Everybody in this case sees it at once.';
}

/** Writes only what differs, so that screen readers do not hear the same thing at every try. */
function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

function showPeople(people: Person[]): void {
  const chips = people.slice(0, PEOPLE_SHOWN_MAX).map((person) => {
    const dot = element('span', 'dot');
    dot.style.setProperty('--colour', person.colour);
    return element('li', '', dot, person.isMe ? `${person.name} (you)` : person.name);
  });
  const more = people.length - chips.length;
  page.people.replaceChildren(...chips, ...(more > 0 ? [element('li', 'more', `and ${more} more`)] : []));
}

function showNoCase(): void {
  page.article.removeAttribute('aria-busy');
  page.article.replaceChildren(element('p', 'apology', 'This address names no case.'));
  write(page.statusShort, 'No case');
  page.me.hidden = true;
  page.notesPanel.hidden = true;
}

function showNobody(): void {
  write(page.statusShort, 'Not joined');
  page.notes.placeholder = 'Choose a name to open the notes.';
  page.me.textContent = 'Choose a name';
}

function askName(): void {
  page.name.value = recallName() ?? '';
  page.nameDialog.showModal();
}

function takeName(caseId: string): void {
  const name = cleanName(page.name.value);
  const before = recallName();
  if (name === null || name === before) {
    return;
  }
  rememberName(name);
  if (before === null) {
    join(caseId, name);
  } else {
    // A name belongs to a socket and to all that was shown through it: the new one begins with a new page.
    location.reload();
  }
}

/** On narrow screens the notes lie folded below the text. */
function openNotes(isOpen: boolean): void {
  page.notesToggle.setAttribute('aria-expanded', String(isOpen));
  page.notesPanel.classList.toggle('open', isOpen);
  if (isOpen) {
    page.notes.focus({ preventScroll: true });
  }
}

function find<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`the page lacks #${id}`);
  }
  return found;
}
