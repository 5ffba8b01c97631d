// A college in the middle of a term: a class with sections, an anonymous one, people, cases, boards, and what they have written.
// For tests and pictures of the pages that belong to people.

import type { Page } from 'playwright-core';

import { BoardTab } from './boards.ts';
import type { World } from './page_states.ts';
import { Reader } from './reader.ts';
import { signedIn } from './signing_in.ts';
import { until } from './until.ts';

/** Where things are, and who leads: the teacher's name opens everything. */
export type College = {
  readonly teacher: string;
  readonly student: string;
  readonly classId: string;
  readonly code: string;
  readonly anonymousId: string;
  readonly caseId: string;
  /** A case that students do not see yet, with an earlier version. */
  readonly hiddenId: string;
  readonly boardId: string;
};

const TEACHER = 'Ingrid Halvorsen';
const STUDENTS = ['Amara Okafor', 'Jonas Weber', 'Lucía Fernández', 'Mei Mori', 'Rui Tavares', 'Bartholomew Featherstonehaugh-Cholmondeley'];

const TEXTS: Readonly<Record<string, string>> = {
  'Rylands v Fletcher': '[1] The question is who must pay.\n\n[2] The reservoir burst, and the water flowed into the mine of the plaintiff.',
  'Donoghue v Stevenson': '[1] A snail was found in a bottle of ginger beer.\n\n[2] Who, then, in law is my neighbour?',
  'Appellate jurisdiction of the Maritime Court of the Outer Islands (Second Chamber), judgment on remand': '[1] The appeal is allowed.',
};

/** Founds it. Whatever can be done by the pages' own routes is; what only time brings is put where the projection puts it. */
export async function foundCollege({ stack, browser }: World): Promise<College> {
  await stack.host.command('admin', 'institution', 'college', 'The College', '--domain', 'college.example');
  const teacher = await comeIn(TEACHER);
  await stack.database.query(
    `insert into memberships (user_id, institution_id, role, source)
     select id, 'college', 'instructor', 'granted' from users where name = $1 on conflict do nothing`,
    [TEACHER],
  );
  const classId = await make(teacher, '/api/classes', { name: 'Torts, first term' });
  const anonymousId = await make(teacher, '/api/classes', { name: 'Ethics of the profession', anonymous: true });
  const codes = await Promise.all([classId, anonymousId].map((id) => code(teacher, id)));
  const cases = await inOrder(Object.entries(TEXTS), ([title, content]) => make(teacher, '/api/cases', { title, format: 'text', content }));
  const [caseId = '', second = '', long = ''] = cases;
  const hiddenId = await make(teacher, '/api/cases', { title: 'The Wagon Mound', format: 'text', content: 'Damage of a kind that could be foreseen.' });
  const boardId = await make(teacher, '/api/boards', { title: 'Theories of the case' });
  const curtain = await make(teacher, '/api/cases', { title: 'A question of privilege', format: 'text', content: 'What was said in confidence.' });
  const masked = await make(teacher, '/api/boards', { title: 'Where I would draw the line' });
  await inOrder(
    [
      [`/api/classes/${classId}/cases`, { case: caseId }],
      [`/api/classes/${classId}/cases`, { case: second }],
      [`/api/classes/${classId}/cases`, { case: hiddenId, visible_from: '2199-01-01T09:00:00Z' }],
      [`/api/classes/${classId}/boards`, { board: boardId }],
      [`/api/classes/${anonymousId}/cases`, { case: curtain }],
      [`/api/classes/${anonymousId}/boards`, { board: masked }],
      [`/api/classes/${classId}/sections`, { name: 'Tuesdays' }],
      [`/api/classes/${classId}/sections`, { name: 'Fridays' }],
    ] as const,
    ([path, body]) => ask(teacher, 'POST', path, body),
  );
  await ask(teacher, 'PATCH', `/api/cases/${long}`, { state: 'locked' });
  await inOrder(STUDENTS, async (name) => {
    const student = await comeIn(name);
    await inOrder(codes, (each) => ask(student, 'POST', '/api/join', { code: each }));
    await student.context().close();
  });
  await ask(teacher, 'POST', `/api/classes/${classId}/distribution`, {});
  await ask(teacher, 'POST', `/api/classes/${classId}/roster`, { csv: 'Email\nnoor@college.example\n' });
  await writeTerm({ caseId, second });
  await putNotes(teacher, boardId);
  await annotate(teacher, hiddenId);
  await browser.empty();
  return { teacher: TEACHER, student: 'Amara Okafor', classId, code: codes[0] ?? '', anonymousId, caseId, hiddenId, boardId };

  async function comeIn(name: string): Promise<Page> {
    const { page } = await signedIn(browser, name);
    await page.locator('.site-person').waitFor();
    return page;
  }

  async function putNotes(page: Page, board: string): Promise<void> {
    await page.goto(`${stack.edge.url}/boards/${board}`);
    const tab = new BoardTab(page, await browser.person('nobody'), '');
    await tab.isLive();
    await tab.putNote('Whoever brings it onto the land keeps it at their peril.', 320, 160);
    await tab.putNote('Was the use of the land natural?', 620, 260);
    await tab.tool('Pen').click();
    await tab.stroke([[540, 330], [600, 360], [700, 420]]);
    await tab.says(/saved/i);
  }

  /** Two marks, some time apart: a version, and an earlier one. */
  async function annotate(page: Page, caseAt: string): Promise<void> {
    await page.goto(`${stack.edge.url}/c/${caseAt}`);
    const reader = new Reader(page, TEACHER, browser.complaints);
    await reader.isLive();
    for (const [index, words] of ['Damage', 'foreseen'].entries()) {
      await reader.highlight(words);
      await until('it is stored', async () => {
        const rows = await stack.database.query<{ version: string }>('select version from annotation_document_state where case_id = $1', [caseAt]);
        return Number(rows[0]?.version ?? 0) > index;
      });
    }
  }

  /** Highlights and comments of a term, and of some of them the teacher was told. */
  async function writeTerm({ caseId: first, second: next }: { caseId: string; second: string }): Promise<void> {
    const told = await stack.database.query<{ id: string }>('select id::text from users where name = $1', [TEACHER]);
    for (const [index, name] of STUDENTS.slice(0, 4).entries()) {
      for (let mark = 0; mark <= index; mark += 1) {
        const values = [mark % 2 === 0 ? first : next, `${index}-${mark}`, ['tag-reasons', 'tag-legal_issues', 'tag-decision'][mark % 3], name];
        await stack.database.query(
          `with mark as (
             insert into highlight (case_id, highlight_id, tag, start_offset, end_offset, quote, author_id, author, created_at)
             select $1, 'h' || $2, $3, 4, 33, 'The question is who must pay.', id::text, name, now() - interval '3 hours' from users where name = $4
           )
           insert into highlight_comment (case_id, comment_id, highlight_id, body, author_id, author, created_at)
           select $1, 'c' || $2, 'h' || $2, 'Is it the reservoir or the water that must be natural, @${TEACHER}?', id::text, name,
                  now() - interval '2 hours' from users where name = $4`,
          values,
        );
      }
      await stack.database.query(
        `insert into notices (user_id, case_id, thing_id, kind, by_id, created_at, read_at)
         select $1, $2, 'c' || $3, 'mention', id::text, now() - interval '2 hours', case when $4 then now() end from users where name = $5`,
        [told[0]?.id, first, `${index}-0`, index < 2, name],
      );
    }
  }
}

/** Asks the host as the page would, by its session. */
async function ask(page: Page, method: string, path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(where, { method: how, headers: { 'content-type': 'application/json' }, body: what });
      return { status: answer.status, text: await answer.text() };
    },
    [method, path, JSON.stringify(body)] as const,
  );
  if (status >= 300) {
    throw new Error(`${method} ${path}: ${status} ${text}`);
  }
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

async function make(page: Page, path: string, body: object): Promise<string> {
  const { id } = await ask(page, 'POST', path, body);
  return String(id);
}

async function code(page: Page, classId: string): Promise<string> {
  const { invite_code } = await ask(page, 'POST', `/api/classes/${classId}/invite-code`, {});
  return String(invite_code);
}

/** One after the other: what is listed stands in the order in which it was made. */
async function inOrder<From, To>(all: readonly From[], each: (one: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (const one of all) {
    done.push(await each(one));
  }
  return done;
}
