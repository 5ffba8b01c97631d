// A line below the bar for what cannot wait: offline, closed, or a room that takes nothing.
//
// Its sentences are fetched when they are first needed, and early, see `base/parts.ts`. Should that have failed, the
// short words and the remedy stand here all the same.

import { rest } from '../base/parts.ts';
import { Part } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';
import { Remedy } from './remedy.tsx';
import { wordsOf } from './standing.ts';

export function Banner() {
  const desk = useDesk();
  const words = wordsOf(desk.session).value;
  if (!words.isUrgent) {
    return null;
  }
  return (
    <div class={`banner tone-${words.tone}`}>
      <p>
        <strong>{words.short}.</strong> {rest.value.rest !== 'failed' && <Part name="BannerWords" />}
      </p>
      <Remedy />
    </div>
  );
}
