// One's own notes on a case: a document of their own, in a room of their own, which nobody else gets into. What is written
// there never touches the shared document; the two have nothing in common but the text that they are about.

import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

import { whyNot } from '../../api/ask.ts';
import { findPrivateNotes } from '../../api/private_notes.ts';
import { Marginalia } from '../../marginalia/marginalia.ts';
import { anchor } from '../../text/anchor.ts';
import { isAccount } from '../base/account.ts';
import { whenSignedOut } from '../base/identity.ts';
import { fetchRest } from '../base/parts.ts';
import { keep, privateKey, recall } from '../base/stored.ts';
import type { Desk } from '../desk/desk.ts';
import { paragraphsIn } from '../desk/paragraphs.ts';
import { roleOf } from '../desk/role_of.ts';
import { Session } from '../desk/session.ts';
import { paintPrivately } from './private_paint.ts';

/** The room of somebody's notes, and what is in it. */
export type Notebook = { readonly session: Session; readonly marginalia: Marginalia };

/** How far it is with opening them. */
export type Opening = { at: 'closed' | 'asking' } | { at: 'failed'; why: string } | { at: 'open'; notebook: Notebook };

const all = new WeakMap<Desk, PrivateNotes>();

/** Those of whoever sits at this desk. */
export function privateNotesOf(desk: Desk): PrivateNotes {
  let notes = all.get(desk);
  if (notes === undefined) {
    notes = new PrivateNotes(desk);
    all.set(desk, notes);
  }
  return notes;
}

export class PrivateNotes {
  readonly opening: Signal<Opening> = signal({ at: 'closed' });
  readonly isShown = signal(false);
  /** The note whose field wants the focus. */
  readonly wanted = signal<string | null>(null);
  readonly desk: Desk;
  #coming: Promise<Notebook | null> | null = null;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  /** Opens them, once; null if that is not possible, and `opening` says why. */
  open(): Promise<Notebook | null> {
    this.#coming ??= this.#open().then((notebook) => {
      if (notebook === null) {
        // It may be tried again.
        this.#coming = null;
      }
      return notebook;
    });
    return this.#coming;
  }

  /** Erases what this browser keeps of them: a part of signing out. */
  async signOut(): Promise<void> {
    const now = this.opening.peek();
    if (now.at === 'open') {
      await now.notebook.session.client.signOut();
    }
  }

  async #open(): Promise<Notebook | null> {
    const { account: me, caseId } = this.desk;
    if (!isAccount(me.id)) {
      this.opening.value = { at: 'failed', why: 'Sign in to keep notes that are only yours: by a mere name they could not be.' };
      return null;
    }
    this.opening.value = { at: 'asking' };
    const key = privateKey(me.id, caseId);
    let id = recall(key);
    if (id === null) {
      const reply = await findPrivateNotes(caseId);
      if (reply.reply !== 'found') {
        this.opening.value = { at: 'failed', why: whyNot(reply) ?? '' };
        return null;
      }
      id = reply.found;
      keep(key, id);
    }
    const notebook = this.#join(id);
    this.opening.value = { at: 'open', notebook };
    return notebook;
  }

  #join(id: string): Notebook {
    const { account: me, text } = this.desk;
    const session = new Session(id, me, me, fetchRest);
    const marginalia = new Marginalia(session.client.doc, {
      text: text.text,
      me,
      role: () => roleOf(session.access.value),
      anchor: (target) => anchor(target, text.text),
      paragraphAt: paragraphsIn(text),
    });
    session.onReplaced((doc) => marginalia.rebind(doc));
    session.client.start();
    whenSignedOut(me.id, (isReplaced) => (isReplaced ? session.client.stop() : void session.client.signOut()));
    addEventListener('beforeunload', (event) => {
      if (session.saved.peek().unsaved > 0) {
        event.preventDefault();
      }
    });
    const notebook = { session, marginalia };
    paintPrivately(this.desk, notebook, (note) => this.show(note));
    // One of the two lies where the other would.
    effect(() => {
      if (this.desk.areNotesOpen.value) {
        this.isShown.value = false;
      }
    });
    return notebook;
  }

  /** Shows them, and what is written on one of them. */
  show(note: string | null): void {
    this.desk.areNotesOpen.value = false;
    this.desk.isDrawerOpen.value = false;
    this.isShown.value = true;
    this.wanted.value = note;
  }
}
