// Turns the text of a case into elements. Text reaches the page as text, never as markup.

import type { Block, Note, Part, Run, SourceCase as CaseText } from '../samples/source.ts';

/** Shows a case in an article that is empty. */
export function showCase(article: HTMLElement, text: CaseText): void {
  const blocks = text.blocks.map((block, index) => elementOf(block, `h${index}`));
  article.append(headOf(text), ...contentsOf(text.blocks), ...blocks, ...notesOf(text.notes), licenceOf(text));
}

/** An element with a class and children; strings become text. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') {
    made.className = className;
  }
  made.append(...children);
  return made;
}

function headOf(text: CaseText): HTMLElement {
  const facts = element('dl', 'facts');
  for (const { label, value } of text.facts) {
    facts.append(element('div', '', element('dt', '', label), element('dd', '', value)));
  }
  return element('header', 'case-head', element('h1', '', text.title), facts, element('p', 'summary', text.summary));
}

function contentsOf(blocks: readonly Block[]): HTMLElement[] {
  const list = element('ul', '');
  for (const [index, block] of blocks.entries()) {
    if (block.kind === 'part' || block.kind === 'heading') {
      list.append(element('li', block.kind, link(`#h${index}`, block.text)));
    }
  }
  if (list.childElementCount === 0) {
    return [];
  }
  const nav = element('nav', '', list);
  nav.setAttribute('aria-label', 'Contents');
  return [element('details', 'contents', element('summary', '', 'Contents'), nav)];
}

function elementOf(block: Block, headingId: string): HTMLElement {
  switch (block.kind) {
    case 'part':
      return heading('h2', 'part', block.text, headingId);
    case 'heading':
      return heading('h3', 'heading', block.text, headingId);
    case 'speaker':
      return heading('h2', block.name === 'User' ? 'speaker asks' : 'speaker answers', block.name, headingId);
    case 'paragraph':
      return paragraphOf(block.number, block.parts);
  }
}

function heading(name: 'h2' | 'h3', className: string, text: string, id: string): HTMLElement {
  const made = element(name, className, text);
  made.id = id;
  return made;
}

function paragraphOf(number: number, parts: readonly Part[]): HTMLElement {
  const anchor = link(`#p${number}`, String(number));
  anchor.className = 'number';
  anchor.setAttribute('aria-label', `Paragraph ${number}`);
  const body = element('div', 'body');
  for (const part of parts) {
    switch (part.kind) {
      case 'prose':
        body.append(element('p', '', ...part.runs.map(runOf)));
        break;
      case 'quotation':
        lastOf(body, 'blockquote').append(element('p', '', ...part.runs.map(runOf)));
        break;
      case 'item':
        lastOf(body, 'ul').append(itemOf(part.runs));
        break;
    }
  }
  const made = element('div', 'paragraph', anchor, body);
  made.id = `p${number}`;
  return made;
}

/** An item whose label, "(a) ", stands apart, so that its lines begin below each other. */
function itemOf(runs: readonly Run[]): HTMLElement {
  const [first, ...rest] = runs;
  const label = first?.kind === 'text' ? /^\(\w+\) /.exec(first.text)?.[0] : undefined;
  if (first?.kind !== 'text' || label === undefined) {
    return element('li', '', element('span', ''), element('span', '', ...runs.map(runOf)));
  }
  const text = element('span', '', first.text.slice(label.length), ...rest.map(runOf));
  return element('li', '', element('span', '', label), text);
}

/** The last child if it is what is wanted, else a new one: quotations and items that follow each other are one. */
function lastOf(body: HTMLElement, name: 'blockquote' | 'ul'): Element {
  const last = body.lastElementChild;
  if (last?.localName === name) {
    return last;
  }
  const made = document.createElement(name);
  body.append(made);
  return made;
}

function runOf(run: Run): Node {
  switch (run.kind) {
    case 'text':
      return document.createTextNode(run.text);
    case 'emphasis':
      return element('em', '', run.text);
    case 'reference':
      return link(`#p${run.paragraph}`, `[${run.paragraph}]`);
    case 'note': {
      const anchor = link(`#n${run.note}`, String(run.note));
      anchor.id = `n${run.note}-from`;
      anchor.setAttribute('aria-label', `Note ${run.note}`);
      return element('sup', '', anchor);
    }
  }
}

function notesOf(notes: readonly Note[]): HTMLElement[] {
  if (notes.length === 0) {
    return [];
  }
  const list = element('ol', '');
  for (const note of notes) {
    const back = link(`#n${note.number}-from`, '↩\uFE0E');
    back.setAttribute('aria-label', `Back to where note ${note.number} belongs`);
    const item = element('li', '', ...note.runs.map(runOf), ' ', back);
    item.id = `n${note.number}`;
    list.append(item);
  }
  return [element('section', 'footnotes', element('h2', '', 'Notes to the text'), list)];
}

function licenceOf(text: CaseText): HTMLElement {
  return element('footer', 'licence', text.licence);
}

function link(address: string, text: string): HTMLAnchorElement {
  const anchor = element('a', '', text);
  anchor.href = address;
  return anchor;
}
