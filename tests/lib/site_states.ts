// The pages that belong to people in each of their states, reached as a person reaches them: for what must hold in all of them, on
// a desk and on a phone, and for pictures.

import type { Page } from 'playwright-core';

import type { PersonOptions } from './browser.ts';
import type { College } from './college.ts';
import { FAILED_REQUEST } from './complaints.ts';
import type { World } from './page_states.ts';
import { signedIn } from './signing_in.ts';

/** One state. Its name is a file's, too. */
export type SiteState = { name: string; reach: (world: World, college: College, options?: PersonOptions) => Promise<Page> };

export const SITE_STATES: readonly SiteState[] = [
  {
    name: 'sign-in',
    reach: async ({ browser }, _college, options) => {
      const reader = await (await browser.person('nobody yet', options)).open('/sign-in');
      reader.expects(FAILED_REQUEST);
      await reader.page.getByRole('button', { name: 'Sign in by name' }).waitFor();
      return reader.page;
    },
  },
  { name: 'home', reach: at(() => '/', 'Boards') },
  {
    name: 'inbox',
    reach: async (...world) => {
      const page = await at(() => '/', 'Boards')(...world);
      await page.getByRole('button', { name: /^Inbox/ }).click();
      await page.getByRole('dialog', { name: 'Inbox' }).getByRole('link').first().waitFor();
      return page;
    },
  },
  { name: 'class-cases', reach: at(({ classId }) => `/classes/${classId}`, 'Boards') },
  { name: 'class-people', reach: at(({ classId }) => `/classes/${classId}#people`, 'Sections') },
  {
    name: 'class-members',
    reach: async (...world) => {
      const page = await at(({ classId }) => `/classes/${classId}#people`, 'Members')(...world);
      await page.getByRole('heading', { name: 'Members' }).evaluate((heading) => heading.scrollIntoView());
      return page;
    },
  },
  { name: 'class-progress', reach: at(({ classId }) => `/classes/${classId}#progress`, 'Rylands v Fletcher') },
  { name: 'class-settings', reach: at(({ classId }) => `/classes/${classId}#settings`, 'How long its cases are kept') },
  {
    name: 'retention',
    reach: async (...world) => {
      const page = await at(({ classId }) => `/classes/${classId}#settings`, 'How long its cases are kept')(...world);
      await page.getByLabel('After the class was archived').selectOption('365');
      await page.getByText('Then its cases and boards are deleted for good').waitFor();
      await page.getByText('Then its cases and boards are deleted for good').scrollIntoViewIfNeeded();
      return page;
    },
  },
  {
    name: 'hand-over',
    reach: async (...world) => {
      const page = await at(({ classId }) => `/classes/${classId}#people`, 'Sections')(...world);
      await page.getByRole('button', { name: 'Make owner of the class: Amara Okafor' }).click();
      await page.getByRole('dialog', { name: 'Make Amara Okafor the owner?' }).waitFor();
      return page;
    },
  },
  {
    name: 'new-class',
    reach: async (...world) => {
      const page = await at(() => '/', 'Boards')(...world);
      await page.getByRole('button', { name: 'New class' }).click();
      await page.getByRole('dialog', { name: 'New class' }).waitFor();
      return page;
    },
  },
  { name: 'anonymous-class', reach: at(({ anonymousId }) => `/classes/${anonymousId}`, 'Boards', 'student') },
  { name: 'anonymous-people', reach: at(({ anonymousId }) => `/classes/${anonymousId}#people`, 'Sections') },
  {
    name: 'share',
    reach: async (...world) => {
      const page = await at(() => '/', 'Boards')(...world);
      await page.getByRole('button', { name: 'Share Rylands v Fletcher' }).click();
      const dialog = page.getByRole('dialog', { name: 'Share this case' });
      await dialog.getByRole('list', { name: 'What the class may do' }).waitFor();
      await dialog.getByText(/^No program gets in|^\d+ tokens? ha/).waitFor();
      return page;
    },
  },
  {
    name: 'share-programs',
    reach: async (...world) => {
      const page = await inCase(...world);
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('button', { name: 'Share…' }).click();
      const programs = page.getByRole('dialog', { name: 'Share this case' }).getByRole('region', { name: 'Programs' });
      await programs.getByRole('button', { name: 'Make a token' }).click();
      await programs.getByLabel(/^The new token/).scrollIntoViewIfNeeded();
      return page;
    },
  },
  {
    name: 'change-case',
    reach: async (...world) => {
      const page = await at(({ classId }) => `/classes/${classId}`, 'Boards')(...world);
      await page.getByRole('button', { name: 'Change Rylands v Fletcher' }).click();
      await page.getByRole('dialog', { name: 'Change this case' }).waitFor();
      return page;
    },
  },
  {
    name: 'delete-case',
    reach: async (...world) => {
      const page = await at(() => '/', 'Boards')(...world);
      await page.getByRole('button', { name: /^Change Appellate jurisdiction/ }).click();
      await page.getByRole('button', { name: 'Delete the case…' }).click();
      await page.getByRole('dialog', { name: 'Delete this case?' }).waitFor();
      return page;
    },
  },
  {
    name: 'copy-case',
    reach: async (...world) => {
      const page = await at(({ classId }) => `/classes/${classId}`, 'Boards')(...world);
      await page.getByRole('button', { name: 'Copy Rylands v Fletcher' }).click();
      await page.getByRole('dialog', { name: 'Copy into another class' }).getByLabel('Class').waitFor();
      return page;
    },
  },
  {
    name: 'account',
    reach: async (...world) => {
      const page = await at(() => '/account', 'What is yours')(...world);
      await page.getByText('this browser').first().waitFor();
      return page;
    },
  },
  {
    name: 'export',
    reach: async (...world) => {
      const page = await at(() => '/account', 'What is yours')(...world);
      await page.getByRole('button', { name: 'Download what is mine' }).click();
      await page.getByText('The file is among your downloads.').waitFor();
      await page.getByText('The file is among your downloads.').scrollIntoViewIfNeeded();
      return page;
    },
  },
  {
    name: 'erase',
    reach: async (...world) => {
      const page = await at(() => '/account', 'What is yours')(...world);
      await page.getByRole('button', { name: 'Erase my account' }).click();
      await page.getByRole('dialog', { name: 'Erase your account?' }).getByRole('button', { name: 'Erase it for good' }).click();
      await page.getByText('That is not your name').waitFor();
      return page;
    },
  },
  {
    name: 'search-all',
    reach: async (...world) => {
      const page = await at(() => '/search?q=reservoir', 'Search')(...world);
      await page.locator('mark').first().waitFor();
      return page;
    },
  },
  {
    name: 'join',
    reach: async ({ browser }, { code }, options) => {
      const { page } = await signedIn(browser, 'Somebody new', `/join/${code}`, options);
      await page.getByRole('button', { name: 'Join the class' }).waitFor();
      return page;
    },
  },
  {
    name: 'private-notes',
    reach: async (...world) => {
      const page = await inCase(...world);
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('button', { name: /^Private notes/ }).click();
      await page.getByLabel('Private notes on the whole').fill('Ask Mei what she made of the second reservoir.');
      await page.getByText('Saved.', { exact: true }).waitFor();
      return page;
    },
  },
  {
    name: 'versions',
    reach: async (...world) => {
      const page = await inCase(...world);
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('button', { name: /^Earlier versions/ }).click();
      await page.getByRole('dialog', { name: 'Earlier versions' }).getByRole('listitem').first().waitFor();
      return page;
    },
  },
  {
    name: 'board',
    reach: async (...world) => {
      const page = await at(({ boardId }) => `/boards/${boardId}`, null)(...world);
      await page.locator('body[data-state=live]').waitFor();
      await page.locator('.note').first().waitFor();
      return page;
    },
  },
  {
    name: 'board-pen',
    reach: async (...world) => {
      const page = await at(({ boardId }) => `/boards/${boardId}`, null)(...world);
      await page.locator('body[data-state=live]').waitFor();
      await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Pen', exact: true }).click();
      return page;
    },
  },
  {
    name: 'board-note',
    reach: async (...world) => {
      const page = await at(({ boardId }) => `/boards/${boardId}`, null)(...world);
      await page.locator('body[data-state=live]').waitFor();
      await page.locator('.note', { hasText: 'natural' }).focus();
      await page.locator('.note-tools').waitFor();
      return page;
    },
  },
  {
    name: 'new-board',
    reach: async (...world) => {
      const page = await at(() => '/', 'Boards')(...world);
      await page.getByRole('button', { name: 'New board' }).click();
      await page.getByRole('dialog', { name: 'New board' }).waitFor();
      return page;
    },
  },
  {
    name: 'board-share',
    reach: async (...world) => {
      const page = await onBoard('Share', 'Share this board')(...world);
      const dialog = page.getByRole('dialog', { name: 'Share this board' });
      await dialog.getByRole('list', { name: 'What the class may do' }).waitFor();
      await dialog.getByText(/^No program gets in|^\d+ tokens? ha/).waitFor();
      return page;
    },
  },
  { name: 'board-change', reach: onBoard('Rename or lock', 'Rename or lock this board') },
  { name: 'board-delete', reach: onBoard('Delete', 'Delete this board?') },
];

/** A dialog of the board's menu. */
function onBoard(button: string, dialog: string): SiteState['reach'] {
  return async (...world) => {
    const page = await at(({ boardId }) => `/boards/${boardId}`, null)(...world);
    await page.locator('body[data-state=live]').waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.locator('.popover.menu:popover-open').getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog', { name: dialog }).waitFor();
    return page;
  };
}

/** Somebody of the college at an address, where a heading says that it is there. */
function at(address: (college: College) => string, heading: string | null, who: 'teacher' | 'student' = 'teacher'): SiteState['reach'] {
  return async ({ browser, stack }, college, options = {}) => {
    // One person comes in more often here than anybody does, and has left each time.
    await stack.database.query('delete from rate_counters');
    await stack.database.query('delete from sessions');
    const { page } = await signedIn(browser, college[who], '/', options);
    await page.goto(`${stack.edge.url}${address(college)}`);
    if (heading !== null) {
      await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
    }
    return page;
  };
}

async function inCase(...[world, college, options]: Parameters<SiteState['reach']>): Promise<Page> {
  const page = await at(({ hiddenId }) => `/c/${hiddenId}`, null)(world, college, options);
  await page.locator('body[data-state=live]').waitFor();
  return page;
}
