// A line below the bar for what cannot wait: offline, closed, or a room that takes nothing.
//
// Its sentences are fetched when they are first needed, or before, see `base/parts.ts`. Whoever is offline by then cannot
// fetch them: so the one that matters most, what becomes of one's work, is here.

import { rest } from '../base/parts.ts';
import { Part } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';
import { Remedy } from './remedy.tsx';
import { keptWords } from './short_words.ts';
import { wordsOf } from './standing.ts';

export function Banner() {
  const desk = useDesk();
  const words = wordsOf(desk.session).value;
  if (!words.isUrgent) {
    return null;
  }
  const isHere = rest.value.rest === 'here';
  return (
    <div class={`banner tone-${words.tone}`}>
      <p>
        <strong>{words.short}.</strong> {rest.value.rest !== 'failed' && <Part name="BannerWords" />}
        {!isHere && words.remedy === 'retry' && keptWords(desk.session.saved.value)}
      </p>
      <Remedy session={desk.session} />
    </div>
  );
}
