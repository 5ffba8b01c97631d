// The words of one block: text nodes, and the elements of the marks around them.

import type { Block, Mark } from './case_text.ts';

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

/** A link within the page. */
export function link(address: string, text: string, label?: string): HTMLAnchorElement {
  const made = element('a', '');
  appendText(made, text);
  made.href = address;
  if (label !== undefined) {
    made.setAttribute('aria-label', label);
  }
  return made;
}

/** Fills a block's body with its stretch of the text. `noted` remembers which notes have been referred to. */
export function bodyOf(body: HTMLElement, text: string, block: Block, marks: readonly Mark[], noted: Set<string>): void {
  let next = 0;
  const fill = (parent: HTMLElement, start: number, end: number): void => {
    let at = start;
    for (let mark = marks[next]; mark !== undefined && mark.start < end; mark = marks[next]) {
      next += 1;
      appendText(parent, text.slice(at, mark.start));
      const { outer, inner } = markElement(mark, noted);
      fill(inner, mark.start, mark.end);
      parent.append(outer);
      at = mark.end;
    }
    appendText(parent, text.slice(at, end));
  };
  fill(body, block.start, block.end);
}

function appendText(parent: HTMLElement, text: string): void {
  if (text !== '') {
    parent.append(text);
  }
}

function markElement(mark: Mark, noted: Set<string>): { outer: HTMLElement; inner: HTMLElement } {
  switch (mark.kind) {
    case 'emphasis':
      return same(document.createElement('em'));
    case 'strong':
      return same(document.createElement('strong'));
    case 'code':
      return same(document.createElement('code'));
    case 'reference':
      return same(mark.to === null ? element('span', 't-reference') : link(`#${mark.to}`, ''));
    case 'noteref': {
      const outer = element('sup', 't-noteref');
      if (mark.to === null) {
        return same(outer);
      }
      const inner = link(`#${mark.to}`, '', `Note ${mark.to.slice(1)}`);
      inner.setAttribute('role', 'doc-noteref');
      if (!noted.has(mark.to)) {
        noted.add(mark.to);
        inner.id = `${mark.to}-from`;
      }
      outer.append(inner);
      return { outer, inner };
    }
  }
}

function same(made: HTMLElement): { outer: HTMLElement; inner: HTMLElement } {
  return { outer: made, inner: made };
}
