// Where the shared notes open. Once they have been, the panel stays, so that nothing of its field is lost.

import { useSignal } from '@preact/signals';

import { Part } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';

export function Notes() {
  const desk = useDesk();
  const wasOpen = useSignal(false);
  wasOpen.value ||= desk.areNotesOpen.value;
  return wasOpen.value ? <Part name="NotesPanel" /> : null;
}
