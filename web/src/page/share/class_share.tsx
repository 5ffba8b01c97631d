// What the class of a case or board may do with it: who shares it with somebody else sees first who has it already, and says what its
// students may do there.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import { fetchClass, leads } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import type { Place } from '../../api/places.ts';
import { Problem } from '../base/problem.tsx';
import { counted, whenWords } from '../class/words.ts';
import { classRows } from './class_rows.ts';
import { StudentsRole } from './students_role.tsx';

/** No class, or none that one is in: the whole is null. */
type Found = { place: Place; whole: WholeClass | null };
/** Null: where it stands is on its way. */
type ClassShareProps = { caseId: string; place: Reply<Place> | null; what: 'case' | 'board' };

export function ClassShare({ caseId, place, what }: ClassShareProps) {
  const reply = useSignal<Reply<Found> | null>(null);
  useEffect(() => {
    if (place !== null) {
      void find(place).then((found) => (reply.value = found));
    }
  }, [place]);
  const now = reply.value;
  return (
    <section class="share-part" aria-label="The class">
      <h3>The class</h3>
      {now === null && <p role="status">Which class has it is being fetched.</p>}
      {now !== null && now.reply !== 'found' && <Problem words={whyNot(now)} />}
      {now?.reply === 'found' && (
        <>
          <Shown found={now.found} what={what} />
          <StudentsRole
            caseId={caseId}
            what={what}
            place={now.found.place}
            className={now.found.whole?.name ?? 'the class'}
            changed={(students) => (reply.value = { reply: 'found', found: { ...now.found, place: { ...now.found.place, students } } })}
          />
        </>
      )}
    </section>
  );
}

async function find(place: Reply<Place>): Promise<Reply<Found>> {
  if (place.reply !== 'found') {
    return place;
  }
  const { classId } = place.found;
  const whole = classId === null ? null : await fetchClass(classId);
  if (whole === null || (whole.reply === 'refused' && whole.status === 404)) {
    return { reply: 'found', found: { place: place.found, whole: null } };
  }
  return whole.reply === 'found' ? { reply: 'found', found: { place: place.found, whole: whole.found } } : whole;
}

function Shown({ found: { place, whole }, what }: { found: Found; what: string }) {
  if (whole === null) {
    return (
      <p class="hint">
        {place.classId === null
          ? `This ${what} is in no class. A class is given it on the class’s own page.`
          : `This ${what} is in a class that you are not in. Whoever leads that says what its people may do on all that it has.`}
      </p>
    );
  }
  const { id, name, role, count, anonymous } = whole;
  const address = `/classes/${encodeURIComponent(id)}`;
  return (
    <>
      <p>
        <a href={address} dir="auto">
          {name}
        </a>{' '}
        {count > 0 && <span class="hint">{counted(count, 'person', 'people')}</span>} {place.section !== null && <span class="badge">{place.section.name}</span>}
      </p>
      <ul class="people-rows" aria-label="What the class may do">
        {classRows(whole, place).map(({ who, number, may }) => (
          <li key={who}>
            <div class="who">
              <strong>{who}</strong>
              {number !== null && <span class="hint">{number}</span>}
            </div>
            <span>{may}</span>
          </li>
        ))}
      </ul>
      <p class="hint">
        {standingWords(place, what)}
        {anonymous && 'Students are anonymous to each other here. '}
        {leads(role) && <a href={`${address}#settings`}>Change what the class says</a>}
      </p>
    </>
  );
}

/** Said only where it is not as usual. */
function standingWords({ state, visibleFrom }: Place, what: string): string {
  const from = visibleFrom === null ? Number.NaN : Date.parse(visibleFrom);
  return [
    from > Date.now() ? `Students and tutors see it from ${whenWords(visibleFrom)}. ` : '',
    state === 'locked' ? `The ${what} is locked: only owners write. ` : '',
    state === 'archived' ? `The ${what} is archived: nobody writes. ` : '',
  ].join('');
}
