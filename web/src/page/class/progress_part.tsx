// How far everybody has come with each case, for the staff of a class.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { whyNot } from '../../api/ask.ts';
import type { WholeClass } from '../../api/classes.ts';
import { fetchProgress } from '../../api/progress.ts';
import type { CaseProgress, PersonProgress } from '../../api/progress.ts';
import { useParts } from '../base/in_parts.tsx';
import { Ago } from '../base/time.tsx';
import { countedByName } from './tag_counts.ts';
import { counted } from './words.ts';

const reply = signal<Reply<readonly CaseProgress[]> | null>(null);

export function ProgressPart({ whole }: { whole: WholeClass }) {
  const ask = async (): Promise<void> => {
    reply.value = await fetchProgress(whole.id);
  };
  useEffect(() => void ask(), []);
  const now = reply.value;
  if (now === null) {
    return <p class="hint" role="status">How far everybody is, is being fetched.</p>;
  }
  if (now.reply !== 'found') {
    return (
      <div class="trouble" role="alert">
        <p>{whyNot(now)}</p>
        <button type="button" class="quiet" onClick={() => void ask()}>
          Try again
        </button>
      </div>
    );
  }
  if (now.found.length === 0) {
    return <p class="hint part-head">As soon as the class has a case, this shows who has highlighted and commented what.</p>;
  }
  return (
    <>
      {now.found.map((each) => (
        <CaseSection key={each.id} of={each} />
      ))}
    </>
  );
}

function CaseSection({ of }: { of: CaseProgress }) {
  const { id, title, section, people, notBegun } = of;
  const { shown, more } = useParts(people, 'people');
  const { shown: waiting, more: moreWaiting } = useParts(notBegun, 'people');
  const begun = people.filter(({ isStudent }) => isStudent).length;
  return (
    <section aria-labelledby={`progress-${id}`}>
      <header class="section-head">
        <h2 id={`progress-${id}`}>
          <a href={`/c/${id}`} dir="auto">
            {title}
          </a>
        </h2>
        {section !== null && <span class="badge">{section.name}</span>}
        <p class="facts">
          {begun} of {counted(begun + notBegun.length, 'student', 'students')} {begun === 1 ? 'has' : 'have'} begun
        </p>
      </header>
      {people.length > 0 && (
        <table class="progress">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col" class="number">
                Highlights
              </th>
              <th scope="col" class="number">
                Comments
              </th>
              <th scope="col" class="number">
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((person) => (
              <PersonRow key={person.user} person={person} />
            ))}
          </tbody>
        </table>
      )}
      {more}
      {notBegun.length > 0 && (
        <details class="not-begun" open={notBegun.length <= 8}>
          <summary>{counted(notBegun.length, 'person has', 'people have')} not begun</summary>
          <ul>
            {waiting.map(({ user, name }) => (
              <li key={user} dir="auto">
                {name}
              </li>
            ))}
          </ul>
          {moreWaiting}
        </details>
      )}
    </section>
  );
}

function PersonRow({ person }: { person: PersonProgress }) {
  const { name, highlights, comments, commentsByTag, lastAt } = person;
  const total = [...highlights.values()].reduce((sum, count) => sum + count, 0);
  const last = lastAt === null ? Number.NaN : Date.parse(lastAt);
  return (
    <tr>
      <th scope="row">
        <span dir="auto">{name}</span>
        <TagCounts what="Highlights" counts={highlights} />
        {commentsByTag !== null && <TagCounts what="Comments" counts={commentsByTag} />}
      </th>
      <td class="number">{total}</td>
      <td class="number">{comments}</td>
      <td class="number">{Number.isNaN(last) ? '–' : <Ago at={last} />}</td>
    </tr>
  );
}

function TagCounts({ what, counts }: { what: string; counts: ReadonlyMap<string, number> }) {
  const tags = countedByName(counts);
  return tags.length === 0 ? null : (
    <span class="tags-of">
      {what}:{' '}
      {tags.map(([tag, count]) => (
        <span key={tag}>
          {tag} {count}
        </span>
      ))}
    </span>
  );
}
