// Everything that lies before one person who reads a case: its text, its annotations, and what of them is open.

import { computed, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import { Drafts } from '../../marginalia/drafts.ts';
import type { Marginalia } from '../../marginalia/marginalia.ts';
import type { CaseHead } from '../../text/fetch_cases.ts';
import type { CaseText } from '../../text/case_text.ts';
import type { Painter } from '../../text/painter.ts';
import type { SelectionWatcher, TextSelection } from '../../text/selection.ts';
import type { TextView } from '../../text/text_view.ts';
import type { Identity } from '../base/identity.ts';
import { storage } from '../base/stored.ts';
import type { CardColumn } from '../cards/column.ts';
import { Finding } from '../find/finding.ts';
import type { Caret } from '../sheet/caret.ts';
import { Notices } from './notices.ts';
import type { Session } from './session.ts';

export type DialogName = 'tags' | 'help' | 'export' | 'import' | 'name' | 'versions' | 'share' | 'programs';

/** The text on the page with what paints and watches it; made once the text is rendered. */
export type Sheet = { view: TextView; painter: Painter; watcher: SelectionWatcher; caret: Caret };

/** A field for a comment that wants the focus: on a highlight, or a reply to a comment on it. */
export type Writing = { highlight: string; about: string | null };

export class Desk {
  readonly caseId: string;
  readonly head: CaseHead | null;
  readonly text: CaseText;
  /** Whose browser this is. */
  readonly account: Identity;
  /** As whom they act in this case. */
  readonly me: Identity;
  /** Who is behind the pseudonyms here, by their ids; empty unless one may know it. */
  readonly names = signal<ReadonlyMap<string, string>>(new Map());
  readonly session: Session;
  readonly marginalia: Marginalia;
  readonly notices = new Notices();
  readonly finding = new Finding();
  readonly drafts: Drafts;
  readonly sheet = signal<Sheet | null>(null);
  /** Set by the column while it is on the page. */
  column: CardColumn | null = null;

  /** The highlight whose card is open. */
  readonly active = signal<string | null>(null);
  /** The highlight under the pointer, in the text or in the margin. */
  readonly hovered = signal<string | null>(null);
  readonly writing = signal<Writing | null>(null);
  readonly selection = signal<TextSelection | null>(null);
  readonly isCaretOn = signal(false);
  /** A highlight that waits for a new stretch of text. */
  readonly moving = signal<string | null>(null);
  readonly dialog = signal<DialogName | null>(null);
  readonly areNotesOpen = signal(false);
  /** Whether the search is shown where there is no room for it in the bar. */
  readonly isSearchOpen = signal(false);
  /** Whether the cards lie over the text, where there is no margin beside it. */
  readonly isDrawerOpen = signal(false);
  /** Whether the page for paper is shown instead of the case. */
  readonly isPrinting = signal(false);
  /** The highlights under a click, where there are several. */
  readonly choice = signal<{ ids: readonly string[]; x: number; y: number } | null>(null);

  /** Whether changes would be kept. After a final close they would not, so nothing can be changed any more. */
  readonly canEdit = computed(() => this.session.sync.value.state !== 'closed');

  constructor(parts: Pick<Desk, 'caseId' | 'head' | 'text' | 'account' | 'me' | 'session' | 'marginalia'>) {
    this.caseId = parts.caseId;
    this.head = parts.head;
    this.text = parts.text;
    this.account = parts.account;
    this.me = parts.me;
    this.session = parts.session;
    this.marginalia = parts.marginalia;
    this.drafts = new Drafts(storage(), { user: parts.me.id, caseId: parts.caseId });
  }
}

/** What is shown of somebody: the name that they appear under, and to whoever may know it their own. */
export function nameOf(desk: Desk, id: string | null, name: string): string {
  const own = desk.names.value.get(id ?? '');
  return own === undefined ? name : `${name} (${own})`;
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

/** The desk of the page that a component stands on. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) {
    throw new Error('this component needs a desk: put it inside a DeskProvider');
  }
  return desk;
}
