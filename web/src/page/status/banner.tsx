// A line below the bar for what cannot wait: offline, closed, or a document that takes nothing more.

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
        <strong>{words.short}.</strong> {words.long}
      </p>
      <Remedy />
    </div>
  );
}
