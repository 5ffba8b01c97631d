// How far everybody of a class has come with its cases.

import { Members } from '../text/members.ts';
import { ask } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { count, flag } from './fields.ts';
import { classPath } from './classes.ts';
import { sectionOf } from './sections.ts';
import type { Section } from './sections.ts';

export type PersonProgress = {
  readonly user: string;
  readonly name: string;
  /** Staff are shown, and not counted. */
  readonly isStudent: boolean;
  /** Highlights by the name of their tag. */
  readonly highlights: ReadonlyMap<string, number>;
  readonly comments: number;
  /** Comments by the name of the tag of what they are about; null where a host does not say so. */
  readonly commentsByTag: ReadonlyMap<string, number> | null;
  readonly lastAt: string | null;
};

export type CaseProgress = {
  readonly id: string;
  readonly title: string;
  /** Whose students are meant; null: the whole class's. */
  readonly section: Section | null;
  readonly people: readonly PersonProgress[];
  readonly notBegun: readonly { readonly user: string; readonly name: string }[];
};

const MANY = 100_000;

export function fetchProgress(id: string, fetchIt?: Fetch): Promise<Reply<readonly CaseProgress[]>> {
  return ask({ path: `${classPath(id)}/progress`, read: (answer) => answer.list('cases', MANY).map(readCase) }, fetchIt);
}

function readCase(value: unknown): CaseProgress {
  const source = new Members(value, 'the progress of a case');
  return {
    id: source.string('id', 255),
    title: source.string('title', 2_000),
    section: sectionOf(source),
    people: source.list('people', MANY).map(readPerson),
    notBegun: source.list('not_begun', MANY).map((one) => {
      const person = new Members(one, 'who has not begun');
      return { user: person.string('user', 255), name: person.string('name', 2_000) };
    }),
  };
}

function readPerson(value: unknown): PersonProgress {
  const source = new Members(value, 'the progress of a person');
  return {
    user: source.string('user', 255),
    name: source.string('name', 2_000),
    isStudent: flag(source, 'student'),
    highlights: countsOf(source, 'highlights'),
    comments: count(source, 'comments'),
    commentsByTag: source.has('comments_by_tag') ? countsOf(source, 'comments_by_tag') : null,
    lastAt: source.optional('last_at', 64),
  };
}

function countsOf(source: Members, name: string): ReadonlyMap<string, number> {
  const counts = source.member(name, 'an object of numbers', (all): all is Record<string, number> =>
    typeof all === 'object' && all !== null && Object.values(all).every((each) => typeof each === 'number'));
  return new Map(Object.entries(counts));
}
