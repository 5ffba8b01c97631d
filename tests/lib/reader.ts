// One tab of somebody who reads a case, as a person sees it: words to select, keys, cards, and what the page says.

import type { Locator, Page } from 'playwright-core';

import type { Complaints } from './complaints.ts';
import { until } from './until.ts';

/** Where some words stand on the screen: the middle of their first line's left edge and of their last line's right edge. */
export type Place = { from: Point; to: Point; middle: Point };
type Point = { x: number; y: number };

/** What is painted on the text: how it looks, and its words. */
export type Painted = { look: string; words: string };

export class Reader {
  readonly page: Page;
  readonly name: string;
  readonly #complaints: Complaints;

  constructor(page: Page, name: string, complaints: Complaints) {
    this.page = page;
    this.name = name;
    this.#complaints = complaints;
  }

  // -- coming and going

  /** Gives the name if it is asked for, and waits until the room's document is here and the text can be worked on. */
  async join(): Promise<void> {
    await this.giveName();
    await this.isLive();
  }

  /** Gives the name if it is asked for. */
  async giveName(): Promise<void> {
    const question = this.page.getByRole('dialog', { name: 'What should the others call you?' });
    await question.or(this.page.locator('.bar')).first().waitFor();
    if (await question.isVisible()) {
      await question.getByLabel('Name').fill(this.name);
      await question.getByLabel('Name').press('Enter');
    }
  }

  /** Waits until the room's document is here. */
  async isLive(): Promise<void> {
    await this.page.locator('body[data-state=live]').waitFor();
    await this.page.locator('#text').waitFor({ state: 'attached' });
  }

  /** Waits until there is no connection, for now. */
  async isOffline(): Promise<void> {
    await this.page.locator('body[data-state=waiting]').waitFor();
  }

  /** Loads the page anew and waits until it can be worked on. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.isLive();
  }

  /** Allows this tab complaints that the test is about to provoke. */
  expects(...patterns: readonly RegExp[]): void {
    this.#complaints.expect(this.page, ...patterns);
  }

  // -- the text

  /** Finds words in the text, across paragraphs too if they are given with an ellipsis: "from these … to these". */
  async placeOf(words: string): Promise<Place> {
    const [first = '', last = first] = words.split(' … ');
    return this.page.evaluate(
      ([start, end]) => {
        const rangeOf = (wanted: string, after: Range | null): Range => {
          for (const body of document.querySelectorAll('#text .t-body')) {
            const at = (body.textContent ?? '').indexOf(wanted);
            if (at < 0 || (after !== null && after.comparePoint(body, body.childNodes.length) < 0)) {
              continue;
            }
            const range = document.createRange();
            const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
            let offset = 0;
            for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
              const { length } = node as Text;
              if (at >= offset && at < offset + length) {
                range.setStart(node, at - offset);
              }
              if (at + wanted.length > offset && at + wanted.length <= offset + length) {
                range.setEnd(node, at + wanted.length - offset);
                return range;
              }
              offset += length;
            }
          }
          throw new Error(`the text has no words "${wanted}"`);
        };
        const one = rangeOf(start ?? '', null);
        const other = rangeOf(end ?? '', one);
        one.startContainer.parentElement?.scrollIntoView({ block: 'center', behavior: 'instant' });
        const head = [...one.getClientRects()].filter(({ width }) => width > 0);
        const tail = [...other.getClientRects()].filter(({ width }) => width > 0);
        const [from, to] = [head[0], tail.at(-1)];
        if (from === undefined || to === undefined) {
          throw new Error(`the words "${start}" are not shown`);
        }
        return {
          from: { x: from.left + 0.5, y: from.top + from.height / 2 },
          to: { x: to.right - 0.5, y: to.top + to.height / 2 },
          middle: { x: from.left + from.width / 2, y: from.top + from.height / 2 },
        };
      },
      [first, last] as const,
    );
  }

  /** Selects words by dragging the mouse over them, and waits for the toolbar. */
  async select(words: string): Promise<void> {
    const { from, to } = await this.placeOf(words);
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await mouse.move(to.x, to.y, { steps: 3 });
    await mouse.up();
    await this.toolbar.waitFor();
  }

  /** Clicks onto words. */
  async clickText(words: string): Promise<void> {
    const { middle } = await this.placeOf(words);
    await this.page.mouse.click(middle.x, middle.y);
  }

  get toolbar(): Locator {
    return this.page.getByRole('toolbar', { name: 'Annotate the selection' });
  }

  /** What is painted on the text at this moment, in the order of the looks' names. */
  async painted(): Promise<Painted[]> {
    const painted = await this.page.evaluate(() => {
      const registry = (CSS as { highlights?: HighlightRegistry }).highlights;
      const ranges = registry === undefined ? [] : [...registry].flatMap(([look, layer]) =>
        [...layer].map((range) => ({ look, words: String(range) })),
      );
      const marks = [...document.querySelectorAll('#text mark.g-mark')].map((mark) => ({
        look: mark.className,
        words: mark.textContent ?? '',
      }));
      return [...ranges, ...marks];
    });
    return painted.toSorted((a, b) => (a.look < b.look ? -1 : a.look > b.look ? 1 : 0));
  }

  /** Waits until words are painted in a look whose name matches. */
  async paints(words: string, look: RegExp): Promise<void> {
    await until(`${this.name} sees "${words}" painted ${look}`, async () => {
      const painted = await this.painted();
      // A mark goes around one text node: words within emphasised ones are several.
      const whole = painted.some((each) => look.test(each.look) && each.words.includes(words));
      return whole || painted.filter((each) => look.test(each.look)).map((each) => each.words).join('').includes(words);
    }, { explain: async () => JSON.stringify(await this.painted()) });
  }

  // -- annotations

  /** Selects words and presses a tag's key; gives the id of the highlight. */
  async highlight(words: string, key = '1'): Promise<string> {
    await this.select(words);
    await this.page.keyboard.press(key);
    const card = this.page.locator('.card.is-active');
    await card.waitFor();
    await this.toolbar.waitFor({ state: 'detached' });
    return (await card.getAttribute('data-id')) ?? '';
  }

  /** The card of a highlight, by its id or by words of its quote. */
  card(of: string): Locator {
    const byId = this.page.locator(`[id="card-${of}"]`);
    return byId.or(this.page.locator('.card', { has: this.page.locator('.card-quote', { hasText: of }) }));
  }

  /** Opens a card by its title. */
  async openCard(of: string): Promise<Locator> {
    const card = this.card(of);
    const title = card.locator('.card-title');
    if ((await title.getAttribute('aria-expanded')) !== 'true') {
      await title.click();
    }
    await this.composer(of).waitFor();
    return card;
  }

  /** The field for a comment of an open card. */
  composer(of: string): Locator {
    return this.card(of).locator('.thread > .composer textarea');
  }

  /** Writes a comment into a card, opening it first, and posts it by key. */
  async comment(of: string, text: string): Promise<void> {
    await this.openCard(of);
    await this.composer(of).fill(text);
    await this.composer(of).press('Control+Enter');
    await this.card(of).locator('.comment .words', { hasText: text }).waitFor();
  }

  /** The comments shown in an open card, in their order. */
  async commentsIn(of: string): Promise<string[]> {
    return this.card(of).locator('.comment .words').allInnerTexts();
  }

  /** Chooses from the menu of an open card. */
  async fromMenu(of: string, words: string): Promise<void> {
    await this.card(of).getByRole('button', { name: 'More about this annotation' }).click();
    await this.page.getByRole('button', { name: words }).click();
  }

  /** Chooses from the menu of the page. */
  async fromMore(words: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.locator('.popover.menu:popover-open').getByRole('button', { name: words }).click();
  }

  // -- what the page says

  /** Waits for words beside the light. */
  async says(words: string | RegExp, within = 20_000): Promise<void> {
    await this.page.locator('.status-short', { hasText: exactly(words) }).waitFor({ timeout: within });
  }

  /** The words beside the light. */
  async status(): Promise<string> {
    return this.page.locator('.status-short').innerText();
  }

  /** What stands behind the light, in sentences. With it comes all of the page that is fetched later. */
  async explains(): Promise<string> {
    await this.page.getByRole('button', { name: /^Status:/ }).click();
    const explanation = this.page.locator('.explanation');
    await explanation.locator('dd').first().waitFor();
    const words = await explanation.innerText();
    await this.page.keyboard.press('Escape');
    await explanation.waitFor({ state: 'detached' });
    return words;
  }

  /** The line across the page for what cannot wait. */
  get banner(): Locator {
    return this.page.locator('.banner');
  }

  /** Waits for a line at the lower edge. */
  async notices(words: string | RegExp): Promise<void> {
    await this.page.locator('.notice', { hasText: words }).waitFor();
  }

  /** The names in the list of people, one's own included, while it is open. */
  async people(): Promise<string[]> {
    const list = this.page.getByRole('list', { name: 'People here' });
    if (!(await list.isVisible())) {
      await this.page.getByRole('button', { name: /^Who is here/ }).click();
      await list.waitFor();
    }
    return list.locator('.author').allInnerTexts();
  }

  /** The field for the shared notes, opened if need be. */
  async notes(): Promise<Locator> {
    const field = this.page.locator('#notes');
    if (!(await field.isVisible())) {
      await this.page.locator('.bar').getByRole('button', { name: 'Notes' }).click();
      await field.waitFor();
    }
    return field;
  }

  /** Waits until the shared notes are these. */
  async notesShow(text: string): Promise<void> {
    const field = await this.notes();
    await until(`the notes of ${this.name} are "${text}"`, async () => (await field.inputValue()) === text, {
      explain: async () => `they are "${await field.inputValue()}"`,
    });
  }
}

/** Text is otherwise looked for anywhere within. */
function exactly(words: string | RegExp): RegExp {
  return typeof words === 'string' ? new RegExp(`^${words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : words;
}
