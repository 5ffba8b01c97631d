// From the structure of a text to elements. Text reaches the page as text nodes, never as markup.
//
// Two invariants that the rest leans on: the text nodes in a block's body are the block's stretch of the text, exactly;
// and the blocks stand in the document in the order in which they stand in the text. What is added for the eye (numbers,
// markers, links back) stands beside the body, cannot be selected, and has no offsets.

import type { Block, BlockKind, CaseText } from './case_text.ts';
import { bodyOf, element, link } from './render_words.ts';
import { RenderedText, type BlockElements, type TextView } from './text_view.ts';

/** How many voices of a conversation look different. */
const VOICES = 4;
/** How much of a text tells its direction. */
const DIRECTION_SAMPLE = 20_000;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/gu;
const LETTER = /\p{L}/gu;

/** Shows a text in an empty container: head, contents, blocks, licence. */
export function renderText(container: HTMLElement, text: CaseText): TextView {
  const root = element('div', 't-text');
  root.dir = directionOf(text.text);
  if (text.lang !== null) {
    root.lang = text.lang;
  }
  const elements = new Renderer(root, text).render();
  root.querySelector('.t-number')?.removeAttribute('tabindex');
  container.append(headOf(text), ...contentsOf(text), root, ...licenceOf(text));
  return new RenderedText(text.text, root, text.blocks, elements);
}

/** The direction of most letters: the margin for the numbers is on that side. Each block still has its own direction. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const sample = text.slice(0, DIRECTION_SAMPLE);
  const backward = sample.match(RIGHT_TO_LEFT)?.length ?? 0;
  return backward * 2 > (sample.match(LETTER)?.length ?? 0) ? 'rtl' : 'ltr';
}

/** The levels of the kinds of headings that a text has, from h2 on without gaps. */
export function headingLevels(kinds: Iterable<BlockKind>): Map<BlockKind, number> {
  const present = new Set(kinds);
  const ranks: readonly BlockKind[] = ['part', 'speaker', 'heading', 'subheading'];
  return new Map(ranks.filter((kind) => present.has(kind)).map((kind, index) => [kind, index + 2]));
}

class Renderer {
  readonly #root: HTMLElement;
  readonly #text: CaseText;
  readonly #levels: Map<BlockKind, number>;
  readonly #voices = new Map<string, number>();
  /** The notes that something refers to. */
  readonly #referredTo: ReadonlySet<string | null>;
  /** Where blocks go: the root, or the turn of a speaker. */
  #section: HTMLElement;
  /** The list, quotation or section of notes that the last block went into. */
  #group: { kind: BlockKind; element: HTMLElement } | null = null;

  constructor(root: HTMLElement, text: CaseText) {
    this.#root = root;
    this.#section = root;
    this.#text = text;
    this.#levels = headingLevels(text.blocks.map(({ kind }) => kind));
    this.#referredTo = new Set(text.marks.filter(({ kind }) => kind === 'noteref').map(({ to }) => to));
  }

  render(): BlockElements[] {
    const { text, blocks, marks } = this.#text;
    const noted = new Set<string>();
    let mark = 0;
    return blocks.map((block) => {
      const first = mark;
      while ((marks[mark]?.start ?? Infinity) < block.end) {
        mark += 1;
      }
      return this.#place(block, (body) => bodyOf(body, text, block, marks.slice(first, mark), noted));
    });
  }

  #place(block: Block, fill: (body: HTMLElement) => void): BlockElements {
    const { kind } = block;
    const whole = element(kind === 'item' || kind === 'note' ? 'li' : 'div', `t-block t-${kind}`);
    whole.id = block.id;
    const body = this.#bodyFor(block);
    body.classList.add('t-body');
    body.dir = 'auto';
    fill(body);
    whole.append(...before(block), body, ...this.#after(block));
    if (kind === 'speaker') {
      this.#openTurn(block, body);
    }
    this.#groupFor(kind).append(whole);
    return { whole, body };
  }

  #bodyFor({ kind }: Block): HTMLElement {
    const level = this.#levels.get(kind);
    return document.createElement(level !== undefined ? `h${level}` : kind === 'code' ? 'pre' : 'p');
  }

  #after({ kind, id }: Block): HTMLElement[] {
    // Only a note that something refers to has a place to go back to.
    if (kind !== 'note' || !this.#referredTo.has(id)) {
      return [];
    }
    const back = link(`#${id}-from`, '↩\uFE0E', `Back to where note ${id.slice(1)} belongs`);
    back.className = 't-back';
    back.role = 'doc-backlink';
    return [back];
  }

  #groupFor(kind: BlockKind): HTMLElement {
    if (kind !== 'item' && kind !== 'quotation' && kind !== 'note') {
      this.#group = null;
      return this.#section;
    }
    if (this.#group?.kind === kind) {
      return this.#group.element;
    }
    const made = kind === 'quotation' ? element('blockquote', 't-quotations') : element('ul', `t-${kind}s`);
    if (kind === 'quotation') {
      this.#section.append(made);
    } else {
      // Without its bullets a list is none to Safari, unless it says so.
      made.role = 'list';
      this.#section.append(kind === 'item' ? made : notesAround(made));
    }
    this.#group = { kind, element: made };
    return made;
  }

  #openTurn(block: Block, name: HTMLElement): void {
    const words = name.textContent ?? '';
    const voice = this.#voices.get(words) ?? this.#voices.size % VOICES;
    this.#voices.set(words, voice);
    const turn = element('section', 't-turn');
    turn.dataset['voice'] = String(voice);
    name.id = `${block.id}-name`;
    turn.setAttribute('aria-labelledby', name.id);
    this.#root.append(turn);
    this.#section = turn;
  }
}

function before({ kind, id, number, marker }: Block): HTMLElement[] {
  if (kind === 'paragraph' && number !== null) {
    const anchor = link(`#${id}`, number, `Paragraph ${number}`);
    anchor.className = 't-number';
    // Hundreds of stops between the bar and the cards would be in everybody's way. The first remains one.
    anchor.tabIndex = -1;
    return [anchor];
  }
  if (kind === 'item' || kind === 'note') {
    const label = element('span', 't-marker', marker ?? number ?? '•');
    if (marker === null && number === null) {
      label.ariaHidden = 'true';
    }
    return [label];
  }
  return [];
}

function notesAround(list: HTMLElement): HTMLElement {
  const section = element('section', 't-footnotes', list);
  section.ariaLabel = 'Notes to the text';
  return section;
}

function headOf(text: CaseText): HTMLElement {
  const head = element('header', 't-head', element('h1', '', text.title));
  if (text.facts.length > 0) {
    const rows = text.facts.map(({ label, value }) => element('div', '', element('dt', '', label), element('dd', '', value)));
    head.append(element('dl', 't-facts', ...rows));
  }
  if (text.summary !== null) {
    head.append(element('p', 't-summary', text.summary));
  }
  for (const words of head.querySelectorAll<HTMLElement>('h1, dt, dd, p')) {
    words.dir = 'auto';
  }
  return head;
}

function contentsOf({ blocks, text }: CaseText): HTMLElement[] {
  const headings = blocks.filter(({ kind }) => kind === 'part' || kind === 'heading');
  if (headings.length < 2) {
    return [];
  }
  const entries = headings.map(({ id, kind, start, end }) => {
    const entry = element('li', `t-to-${kind}`, link(`#${id}`, text.slice(start, end)));
    entry.dir = 'auto';
    return entry;
  });
  const nav = element('nav', '', element('ul', '', ...entries));
  nav.ariaLabel = 'Contents';
  return [element('details', 't-contents', element('summary', '', 'Contents'), nav)];
}

function licenceOf({ licence }: CaseText): HTMLElement[] {
  return licence === null ? [] : [element('footer', 't-licence', licence)];
}
