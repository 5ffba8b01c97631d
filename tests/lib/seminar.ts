// A class in the middle of its work on the sample judgment: several people, threads, overlaps, a resolved question. For
// tests and pictures that need a page as it looks in use.

import { addComment, addHighlight, spanOf, type Writer } from './annotating.ts';
import { StockClient } from './clients.ts';
import { roots } from './documents.ts';
import type { Edge } from './edge.ts';
import { roomHolds } from './edits.ts';

/** The sample that the class reads. */
export const SEMINAR_CASE = 'skerrow-bay-v-nimbrel';

const person = (id: string, name: string): Writer => ({ id, name });

/** The class. */
export const PEOPLE = {
  amara: person('u-amara', 'Amara Okafor'),
  jonas: person('u-jonas', 'Jonas Weber'),
  lucia: person('u-lucia', 'Lucía Fernández'),
  mei: person('u-mei', 'Mei Mori'),
  teacher: person('u-halvorsen', 'Ingrid Halvorsen'),
  rui: person('u-rui', 'Rui Tavares'),
} as const;

type Who = keyof typeof PEOPLE;

/** Everybody of the class, at a case with a client of their own: nobody writes in another's name. */
export type Class = Readonly<Record<Who, StockClient>>;

/** Minutes ago, who, what. */
type Said = readonly [number, Who, string];

type Mark = {
  words: string;
  para: string;
  by: Who;
  /** Minutes ago. */
  ago: number;
  tag?: string;
  resolvedBy?: Who;
  /** The first is a comment; those after it reply to it where they say so. */
  thread?: readonly (Said | readonly [...Said, 'reply'])[];
};

const MARKS: readonly Mark[] = [
  {
    words: 'The question is who must pay.',
    para: '1',
    by: 'amara',
    ago: 190,
    tag: 'tag-legal_issues',
    thread: [[188, 'amara', 'Nine words, and the whole appeal is in them. Everything after this only narrows “who”.']],
  },
  {
    words: 'an automated service called Tidewatch, which told anyone who cared to look',
    para: '2',
    by: 'jonas',
    ago: 171,
    tag: 'tag-legally_relevant_facts',
    thread: [
      [170, 'jonas', '“Anyone who cared to look”: is the President answering the question of proximity before she has asked it?'],
      [164, 'teacher', 'Keep that thought until [12], then tell us whether she keeps her word.', 'reply'],
      [52, 'jonas', 'She does not. By [12] “anyone” has become “the people who cross it”.', 'reply'],
    ],
  },
  { words: 'At 05:12 it withdrew that warning.', para: '3', by: 'mei', ago: 168, tag: 'tag-legally_relevant_facts' },
  {
    words: 'A buoy had stopped speaking, and the system took its silence for calm.',
    para: '3',
    by: 'lucia',
    ago: 160,
    tag: 'tag-courts_reasoning',
    thread: [
      [158, 'lucia', 'The whole breach argument in one line: absence of data was read as data.'],
      [141, 'rui', 'But is it carelessness, or the ordinary behaviour of such a model? Clause 4.6 says “so indicate on all Channels”.', 'reply'],
      [96, 'mei', 'Compare the keeper at [22]: “Cannot see. Cannot say.” A person knew the difference.', 'reply'],
      [9, 'teacher', 'Good. Now find where the trial judge drew the same line.', 'reply'],
    ],
  },
  {
    words: 'No storm had passed; no swell had fallen. A buoy had stopped speaking',
    para: '3',
    by: 'rui',
    ago: 140,
    tag: 'tag-reflection',
    thread: [[139, 'rui', 'Listen to the rhythm. She writes this for the newspapers.']],
  },
  {
    words: 'She had also been told, by a man who could see the water, that the water was bad.',
    para: '4',
    by: 'amara',
    ago: 120,
    tag: 'tag-legally_relevant_facts',
    thread: [
      [118, 'amara', 'Contributory negligence arrives in paragraph four.'],
      [31, 'lucia', 'And stays until the 35 per cent.', 'reply'],
    ],
  },
  { words: 'a reader who had a contract with nobody in the matter', para: '5', by: 'jonas', ago: 118, tag: 'tag-legal_issues' },
  {
    words: 'a notice that told readers not to rely upon what they were plainly meant to rely upon',
    para: '5',
    by: 'mei',
    ago: 111,
    tag: 'tag-legal_issues',
    thread: [[110, 'mei', 'The footer notice of [48]. Two millimetres high!']],
  },
  {
    words: 'held that Nimbrel owed the Co-operative no duty of care',
    para: '6',
    by: 'rui',
    ago: 104,
    tag: 'tag-procedural_history',
  },
  {
    words: 'I would allow the Co-operative’s appeal, assess its share of responsibility at thirty-five per cent',
    para: '9',
    by: 'lucia',
    ago: 95,
    tag: 'tag-decision',
    thread: [[94, 'lucia', 'From thirty below to thirty-five here. Where does the other five come from?']],
  },
  {
    words: 'Kestin JA would dismiss both appeals',
    para: '9',
    by: 'jonas',
    ago: 93,
    tag: 'tag-decision',
    resolvedBy: 'teacher',
    thread: [
      [92, 'jonas', 'Does the dissent go to duty only?'],
      [60, 'teacher', 'To both; see [255] and after.', 'reply'],
    ],
  },
  {
    words: 'A lighthouse cannot be negligent either. Those who build it, light it and leave it unlit can be.',
    para: '10',
    by: 'teacher',
    ago: 88,
    tag: 'tag-reasons',
    thread: [
      [87, 'teacher', 'Is this an argument or an image? Say what would have to be true for it to be an argument.'],
      [70, 'amara', 'That the duty lies with whoever holds out the light, not with the light.', 'reply'],
      [66, 'rui', 'Then the disclaimer is a sign on the lighthouse.', 'reply'],
    ],
  },
  {
    words: 'Tidewatch was paid for, built for a strait with a name, and addressed to the people who cross it.',
    para: '12',
    by: 'mei',
    ago: 61,
    tag: 'tag-courts_reasoning',
    thread: [[60, 'mei', 'Three facts, three steps of the duty. A map of the rest of the judgment.']],
  },
  { words: 'When the lift is heavy, stay at home.', para: '18', by: 'amara', ago: 50, tag: 'tag-reflection' },
  {
    words: 'He did not report that the bar was calm. He reported that he could not see it.',
    para: '22',
    by: 'jonas',
    ago: 44,
    tag: 'tag-courts_reasoning',
    thread: [[43, 'jonas', 'The distinction on which the case turns.']],
  },
  {
    words: 'provide or procure such information as to the state of the approaches as is reasonably required by persons using the harbour',
    para: '29',
    by: 'lucia',
    ago: 40,
    tag: 'tag-domestic_sources',
  },
  { words: 'No person at Nimbrel looked at a warning before it was issued or withdrawn.', para: '39', by: 'rui', ago: 25 },
  {
    words: 'Every threshold is a bargain between alarm and neglect.',
    para: '45',
    by: 'mei',
    ago: 20,
    tag: 'tag-reasons',
    thread: [[19, 'mei', 'Who bears the risk of the bargain?']],
  },
];

/** The highlight with the longest discussion. */
export const DISCUSSED = 'h-3';

/** The class comes to a case; nobody shows where they are. */
export async function classIn(edge: Edge, caseId: string): Promise<Class> {
  const come = async ([who, { id }]: [string, Writer]): Promise<[string, StockClient]> =>
    [who, await StockClient.join(edge.syncUrl, caseId, { user: id })];
  return Object.fromEntries(await Promise.all(Object.entries(PEOPLE).map(come))) as Class;
}

/** Waits until the room has what everybody has written, and everybody has it too. */
export async function classHasWritten(edge: Edge, caseId: string, all: Class): Promise<void> {
  await Promise.all(Object.values(all).map((client) => roomHolds(edge, caseId, client)));
}

/** Writes the work of the class into the sample. Highlights are called `h-0`, `h-1`, … in their order. */
export function writeSeminar(all: Class, text: string, now = Date.now()): void {
  const before = (minutes: number): Date => new Date(now - minutes * 60_000);
  MARKS.forEach((mark, index) => {
    const id = addHighlight(all[mark.by].doc, text, spanOf(text, mark.words), PEOPLE[mark.by], {
      id: `h-${index}`,
      para: mark.para,
      at: before(mark.ago),
      ...(mark.tag === undefined ? {} : { tag: mark.tag }),
      ...(mark.resolvedBy === undefined ? {} : { resolvedBy: PEOPLE[mark.resolvedBy].name }),
    });
    let first: string | undefined;
    for (const [ago, who, words, reply] of mark.thread ?? []) {
      const more = { at: before(ago), ...(reply === undefined || first === undefined ? {} : { parentId: first }) };
      const comment = addComment(all[who].doc, id, words, PEOPLE[who], more);
      first ??= comment;
    }
  });
  roots.notes(all.mei.doc).insert(0, NOTES);
}

const NOTES = `Skerrow Bay, for Thursday

1. Duty: follow “anyone”, from [2] to [12].
2. Breach: silence read as calm. Who should have known?
3. The notice at [48]. Would it have saved a human forecaster?

Bring one sentence of the dissent that you cannot answer.
`;
