// The tags of a case that nobody has changed yet: the ten of the legal case brief. They are not written into a document
// before somebody changes one, so that looking writes nothing; their ids are fixed, so that two people who do so at once
// change one tag and do not make two.

import type { ColourName, PatternName } from '../text/palette.ts';
import type { WrittenTag } from './schema.ts';

export const DEFAULT_TAGS: readonly WrittenTag[] = [
  tag('jurisdiction', 'Jurisdiction', 'azure', 'solid', 'Which court decides, and why it may.'),
  tag('procedural_history', 'Procedural history', 'violet', 'dashed', 'How the case came here: earlier decisions and appeals.'),
  tag('legally_relevant_facts', 'Legally relevant facts', 'amber', 'solid', 'What happened, as far as the outcome depends on it.'),
  tag('legal_issues', 'Legal issues', 'coral', 'wavy', 'The questions of law that the court has to answer.'),
  tag('reasons', 'Reasons', 'green', 'solid', 'Why the court answers them so.'),
  tag('courts_reasoning', "Court's reasoning", 'teal', 'dotted', 'How it gets there: steps, tests, distinctions.'),
  tag('decision', 'Decision', 'rose', 'double', 'Who wins, and on what.'),
  tag('order', 'Order', 'sienna', 'dashed', 'What the court orders to be done.'),
  tag('domestic_sources', 'Domestic sources', 'indigo', 'dotted', 'Statutes and cases of this jurisdiction that are relied on.'),
  tag('reflection', 'Reflection', 'olive', 'wavy', 'What you think of it.'),
].map((each, index) => ({ ...each, order: `a${'123456789A'[index] ?? ''}` }));

type DefaultTag = Omit<WrittenTag, 'order'>;

function tag(name: string, label: string, colour: ColourName, pattern: PatternName, description: string): DefaultTag {
  return { id: `tag-${name}`, name: label, colour, pattern, description, group: null, isDeleted: false };
}
