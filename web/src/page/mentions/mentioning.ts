// Writing a mention: the names that fit are offered below the field, and the keys lead through them while the caret stays in
// the field. What is written is the name itself, which every client shows.

import { fetchMentionable } from '../../api/inbox.ts';
import { sizeOf, viewport } from '../base/measure.ts';
import { placeBeside } from '../base/place.ts';
import type { Desk } from '../desk/desk.ts';
import { begun, fitting } from './names.ts';

const KEPT_MS = 60_000;
const heard = new WeakSet<HTMLTextAreaElement>();
const known = new Map<string, { names: Promise<readonly string[]>; until: number }>();
let lists = 0;

/** Offers names in a field from now on, and at once if a mention is begun there. */
export function mention(desk: Desk, field: HTMLTextAreaElement): void {
  if (!heard.has(field)) {
    heard.add(field);
    new Offer(desk, field);
  }
}

function namesOf(caseId: string): Promise<readonly string[]> {
  const kept = known.get(caseId);
  if (kept !== undefined && kept.until > Date.now()) {
    return kept.names;
  }
  // Without the names one writes them oneself.
  const names = fetchMentionable(caseId).then((reply) => (reply.reply === 'found' ? reply.found : []));
  known.set(caseId, { names, until: Date.now() + KEPT_MS });
  return names;
}

class Offer {
  readonly #desk: Desk;
  readonly #field: HTMLTextAreaElement;
  readonly #list = document.createElement('ul');
  #shown: readonly string[] = [];
  #chosen = 0;
  #wasLeft = false;

  constructor(desk: Desk, field: HTMLTextAreaElement) {
    this.#desk = desk;
    this.#field = field;
    lists += 1;
    const list = this.#list;
    list.id = `mentions-${lists}`;
    list.className = 'popover mention-list';
    list.popover = 'manual';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'People to mention');
    // Not within the label's form alone: a card clips what is in it, the top layer does not.
    field.after(list);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', list.id);
    field.addEventListener('input', () => {
      this.#wasLeft = false;
      void this.#look();
    });
    field.addEventListener('click', () => void this.#look());
    field.addEventListener('blur', () => this.#close());
    // Before the field's own keys: Escape closes the list and not the field, Enter chooses.
    field.addEventListener('keydown', (event) => this.#press(event), { capture: true });
    list.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const at = [...list.children].indexOf((event.target as Element).closest('li') ?? list);
      if (at >= 0) {
        this.#take(at);
      }
    });
    void this.#look();
  }

  async #look(): Promise<void> {
    const before = begun(this.#field.value, this.#field.selectionStart);
    if (before === null || this.#wasLeft) {
      this.#close();
      return;
    }
    const names = await namesOf(this.#desk.caseId);
    // By then more may be written.
    const now = begun(this.#field.value, this.#field.selectionStart);
    const isHere = this.#field.isConnected && document.activeElement === this.#field;
    const fits = now === null || !isHere || this.#wasLeft ? [] : fitting(names, now.words);
    if (fits.length === 0) {
      this.#close();
    } else {
      this.#show(fits);
    }
  }

  #show(names: readonly string[]): void {
    if (names.join('\n') !== this.#shown.join('\n')) {
      this.#chosen = 0;
      this.#list.replaceChildren(
        ...names.map((name, at) => {
          const item = document.createElement('li');
          item.id = `${this.#list.id}-${at}`;
          item.setAttribute('role', 'option');
          item.dir = 'auto';
          item.textContent = name;
          return item;
        }),
      );
      this.#desk.notices.say(names.length === 1 ? '1 person can be mentioned.' : `${names.length} people can be mentioned.`);
    }
    this.#shown = names;
    if (!this.#list.matches(':popover-open')) {
      this.#list.showPopover();
    }
    const at = placeBeside(this.#field.getBoundingClientRect(), sizeOf(this.#list), viewport(), 'start', 'below');
    this.#list.style.setProperty('left', `${at.left}px`);
    this.#list.style.setProperty('top', `${at.top}px`);
    this.#mark();
  }

  #mark(): void {
    [...this.#list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === this.#chosen)));
    const chosen = this.#list.children[this.#chosen];
    chosen?.scrollIntoView({ block: 'nearest' });
    this.#field.setAttribute('aria-activedescendant', chosen?.id ?? '');
  }

  #close(): void {
    this.#shown = [];
    this.#field.removeAttribute('aria-activedescendant');
    if (this.#list.matches(':popover-open')) {
      this.#list.hidePopover();
    }
  }

  #press(event: KeyboardEvent): void {
    if (this.#shown.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    const count = this.#shown.length;
    switch (event.key) {
      case 'ArrowDown':
        this.#chosen = (this.#chosen + 1) % count;
        this.#mark();
        break;
      case 'ArrowUp':
        this.#chosen = (this.#chosen + count - 1) % count;
        this.#mark();
        break;
      case 'Enter':
        this.#take(this.#chosen);
        break;
      case 'Escape':
        this.#wasLeft = true;
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #take(at: number): void {
    const name = this.#shown[at];
    const caret = this.#field.selectionStart;
    const now = begun(this.#field.value, caret);
    if (name !== undefined && now !== null) {
      this.#field.setRangeText(`@${name} `, now.at, caret, 'end');
      // As if it had been typed: the draft has it, too.
      this.#wasLeft = true;
      this.#field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      this.#wasLeft = true;
    }
    this.#close();
  }
}
