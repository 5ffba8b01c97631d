// What a teacher does on the pages before there is anything to look at: a class, people in it, a case.

import type { Page } from 'playwright-core';

import type { Person, PersonOptions } from './browser.ts';
import { FAILED_REQUEST } from './complaints.ts';
import type { PageStage } from './page_suite.ts';
import type { Reader } from './reader.ts';
import { signedIn, signInHere, whoIsHere } from './signing_in.ts';

/** Words of every case that is brought here. */
export const CASE_TEXT = '[1] The flag was yellow.\n\n[2] It came down at four.';

/** Somebody who may create classes, signed in and on the first page. The institution must be there. */
export async function teacher({ stack, browser }: PageStage, name: string, options: PersonOptions = {}): Promise<{ page: Page; person: Person }> {
  const { page, person } = await signedIn(browser, name, '/', options);
  await whoIsHere(page).waitFor();
  await stack.database.query(
    `insert into memberships (user_id, institution_id, role, source)
     select id, 'bologna', 'instructor', 'granted' from users where name = $1 on conflict do nothing`,
    [name],
  );
  await page.reload();
  await page.getByRole('button', { name: 'New class' }).waitFor();
  return { page, person };
}

/** Founds the institution of the teachers. */
export async function foundBologna({ stack }: PageStage): Promise<void> {
  await stack.host.command('admin', 'institution', 'bologna', 'University of Bologna', '--domain', 'unibo.example');
}

/** Makes a class with a link for joining, which is given; the page stands at its people. */
export async function newClass(page: Page, name: string, { isAnonymous = false } = {}): Promise<string> {
  await page.getByRole('button', { name: 'New class' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Students are anonymous to each other').setChecked(isAnonymous);
  await page.getByRole('button', { name: 'Create the class' }).click();
  await page.getByRole('heading', { name }).waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  const make = page.getByRole('button', { name: 'Make a link' });
  const link = page.getByLabel('Link', { exact: true });
  await make.or(link).first().waitFor();
  if (await make.isVisible()) {
    await make.click();
  }
  return link.inputValue();
}

/** Somebody new follows a link, signs in, and joins the class. */
export async function join({ browser }: PageStage, name: string, link: string): Promise<{ reader: Reader; student: Page; person: Person }> {
  const person = await browser.person(name);
  const reader = await person.open(new URL(link).pathname);
  reader.expects(FAILED_REQUEST);
  await reader.page.getByRole('link', { name: 'Sign in' }).click();
  await signInHere(reader);
  await reader.page.getByRole('button', { name: 'Join the class' }).click();
  await reader.page.waitForURL(/\/classes\//);
  return { reader, student: reader.page, person };
}

/** Brings a case through the first page; the page stands at it afterwards. */
export async function bringCase({ stack }: PageStage, page: Page, title: string): Promise<void> {
  await page.goto(`${stack.edge.url}/`);
  await page.getByRole('button', { name: 'New case' }).click();
  const dialog = page.getByRole('dialog', { name: 'New case' });
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByLabel('Text', { exact: true }).fill(CASE_TEXT);
  await dialog.getByRole('button', { name: 'Add the case' }).click();
  await page.waitForURL(/\/c\//);
}

/** Gives a class a case that was brought; the page stands at the class afterwards. */
export async function giveCase({ stack }: PageStage, page: Page, { title, className }: { title: string; className: string }): Promise<void> {
  await page.goto(`${stack.edge.url}/`);
  await page.getByRole('link', { name: className }).click();
  await page.getByRole('button', { name: 'Add a case' }).click();
  await page.getByLabel('Case', { exact: true }).selectOption({ label: title });
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('link', { name: title }).waitFor();
}
