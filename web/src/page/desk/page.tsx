// The page of a case, once one has a name and the text is here.

import { useEffect } from 'preact/hooks';

import { isNarrow } from '../base/narrow.ts';
import { Part } from '../base/part.tsx';
import { prefetchLater } from '../base/parts.ts';
import { Margin } from '../cards/margin.tsx';
import { Dialogs } from '../dialogs/dialogs.tsx';
import { watchKeys } from '../keys/keyboard.ts';
import { Notes } from '../notes/notes.tsx';
import { Banner } from '../status/banner.tsx';
import { LiveRegion } from '../status/live_region.tsx';
import { NoticeList } from '../status/notice_list.tsx';
import { SelectionBar } from '../tags/selection_bar.tsx';
import { Bar } from './bar.tsx';
import { DeskProvider, useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { FootBar } from './foot_bar.tsx';
import { TextPane } from './text_pane.tsx';

export function CasePage({ desk }: { desk: Desk }) {
  useEffect(() => watchKeys(desk), [desk]);
  useEffect(() => watchLeaving(desk), [desk]);
  useEffect(prefetchLater, []);
  return (
    <DeskProvider value={desk}>
      <SkipLinks />
      <Bar />
      <Banner />
      <div class={desk.areNotesOpen.value ? 'desk notes-open' : 'desk'}>
        <TextPane />
        <Margin />
        <Notes />
      </div>
      {isNarrow.value && <FootBar />}
      <Moving />
      <SelectionBar />
      {desk.choice.value !== null && <Part pick={({ Chooser }) => Chooser} />}
      <NoticeList />
      <LiveRegion />
      <Dialogs />
    </DeskProvider>
  );
}

function SkipLinks() {
  return (
    <nav class="skips" aria-label="Skip">
      <a class="skip" href="#text">
        Skip to the text
      </a>
      <a class="skip" href="#annotations">
        Skip to the annotations
      </a>
    </nav>
  );
}

/** Says what the text waits for: other words for an annotation, or arrow keys. */
function Moving() {
  const desk = useDesk();
  if (desk.moving.value === null) {
    return desk.isCaretOn.value ? <div class="moving">Arrow keys move the caret, with Shift they select. Enter finishes, Escape leaves.</div> : null;
  }
  return (
    <div class="moving" role="status">
      Select the words that the annotation is about.
      <button type="button" class="link" onClick={() => (desk.moving.value = null)}>
        Leave it as it is
      </button>
    </div>
  );
}

/** Leaving with changes that exist nowhere else is asked about. */
function watchLeaving({ session }: Desk): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    const { unsaved } = session.saved.peek();
    if (unsaved > 0) {
      event.preventDefault();
    }
  };
  addEventListener('beforeunload', ask);
  return () => removeEventListener('beforeunload', ask);
}
