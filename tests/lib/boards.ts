// Boards through the page: somebody at one, what they put on it, and what they see there.

import type { Locator, Page } from 'playwright-core';

import { setGrant } from './authority.ts';
import type { Person, PersonOptions } from './browser.ts';
import type { PageStage } from './page_suite.ts';
import { signedIn } from './signing_in.ts';
import type { Role } from './tokens.ts';
import { until } from './until.ts';

/** One tab of somebody at a board. */
export class BoardTab {
  readonly page: Page;
  readonly person: Person;
  readonly user: string;

  constructor(page: Page, person: Person, user: string) {
    this.page = page;
    this.person = person;
    this.user = user;
  }

  /** The id of the board, which is in the address. */
  get boardId(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  get board(): Locator {
    return this.page.locator('#board');
  }

  /** The notes in the order of the page. */
  get notes(): Locator {
    return this.page.locator('.note');
  }

  note(words: string): Locator {
    return this.page.locator('.note', { hasText: words });
  }

  get strokes(): Locator {
    return this.page.locator('.strokes .stroke');
  }

  async isLive(): Promise<void> {
    await this.page.locator('body[data-state=live]').waitFor();
    await this.board.waitFor();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.isLive();
  }

  async says(words: string | RegExp): Promise<void> {
    await this.page.locator('.status-short', { hasText: words }).waitFor({ state: 'attached' });
  }

  /** Puts a note on the board by mouse, and writes on it. */
  async putNote(words: string, x: number, y: number): Promise<void> {
    await this.tool('Note').click();
    const at = await this.at(x, y);
    await this.page.mouse.click(at.x, at.y);
    await this.page.locator('.note.is-editing textarea').waitFor();
    await this.page.keyboard.type(words);
    await this.page.keyboard.press('Escape');
    await this.note(words).waitFor();
  }

  tool(name: 'Select' | 'Note' | 'Pen' | 'Eraser'): Locator {
    return this.page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name, exact: true });
  }

  /** Draws with the mouse, from point to point of the window onto the board. */
  async stroke(points: readonly (readonly [number, number])[]): Promise<void> {
    const [first = [0, 0], ...rest] = points;
    const start = await this.at(first[0], first[1]);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    for (const [x, y] of rest) {
      const next = await this.at(x, y);
      await this.page.mouse.move(next.x, next.y, { steps: 4 });
    }
    await this.page.mouse.up();
  }

  /** A place in the window onto the board, on the screen. */
  async at(x: number, y: number): Promise<{ x: number; y: number }> {
    const box = await this.board.boundingBox();
    return { x: (box?.x ?? 0) + x, y: (box?.y ?? 0) + y };
  }

  /** Where a note stands on the screen. */
  async placeOf(words: string): Promise<{ x: number; y: number }> {
    const { x, y } = (await this.note(words).boundingBox()) ?? { x: NaN, y: NaN };
    return { x: Math.round(x), y: Math.round(y) };
  }
}

/** Somebody signs in and makes a board, at which they then are. */
export async function makeBoard({ browser }: PageStage, name: string, title: string, options: PersonOptions = {}): Promise<BoardTab> {
  const { page, person } = await signedIn(browser, name, '/', options);
  await page.getByRole('button', { name: 'New board' }).click();
  const dialog = page.getByRole('dialog', { name: 'New board' });
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await page.waitForURL(/\/boards\//);
  const tab = new BoardTab(page, person, await userOf(page));
  await tab.isLive();
  return tab;
}

/** Somebody else is given a role on a board, and comes to it. */
export async function comeTo({ stack, browser }: PageStage, boardId: string, name: string, role: Role, options: PersonOptions = {}): Promise<BoardTab> {
  const { page, person } = await signedIn(browser, name, '/', options);
  await page.locator('.site-person').waitFor();
  const user = await userOf(page);
  await setGrant(stack, boardId, user, role, name);
  await page.goto(`${stack.edge.url}/boards/${boardId}`);
  const tab = new BoardTab(page, person, user);
  await tab.isLive();
  return tab;
}

/** Who has signed in here, as the host knows them. */
async function userOf(page: Page): Promise<string> {
  return until('it is known who is here', () =>
    page.evaluate(() => (JSON.parse(localStorage.getItem('glossator.user') ?? 'null') as { id?: string } | null)?.id ?? null),
  );
}
