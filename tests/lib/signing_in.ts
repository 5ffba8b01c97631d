// Signing in by a name on the page for it, as whoever develops does.

import type { Page } from 'playwright-core';

import type { Browser, Person, PersonOptions } from './browser.ts';
import { FAILED_REQUEST } from './complaints.ts';
import type { Reader } from './reader.ts';

/** Somebody in a browser of their own in which they have signed in, on the page that they wanted. */
export async function signedIn(browser: Browser, name: string, to = '/', options: PersonOptions = {}): Promise<{ person: Person; page: Page }> {
  const person = await browser.person(name, options);
  const reader = await person.open(`/sign-in?to=${encodeURIComponent(to)}`);
  await signInHere(reader);
  return { person, page: reader.page };
}

/** Signs in on the page for it, which stands open, and waits for the page that comes after. */
export async function signInHere(reader: Reader): Promise<void> {
  const { page } = reader;
  // That nobody is signed in is an answer with status 401, of which browsers complain.
  reader.expects(FAILED_REQUEST);
  await page.getByLabel('Name', { exact: true }).fill(reader.name);
  await page.getByRole('button', { name: 'Sign in by name' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** The button that says who is signed in, and opens the menu. */
export function whoIsHere(page: Page): ReturnType<Page['locator']> {
  return page.locator('.site-person');
}
