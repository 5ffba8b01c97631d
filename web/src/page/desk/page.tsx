// The page of a case, once one has a name and the text is here.

import { useEffect } from 'preact/hooks';

import { isNarrow } from '../base/narrow.ts';
import { Part } from '../base/part.tsx';
import { Margin } from '../cards/margin.tsx';
import { Dialogs } from '../dialogs/dialogs.tsx';
import { watchKeys } from '../keys/keyboard.ts';
import { Notes } from '../notes/notes.tsx';
import { Banner } from '../status/banner.tsx';
import { LiveRegion } from '../status/live_region.tsx';
import { NoticeList } from '../status/notice_list.tsx';
import { SelectionBar } from '../tags/selection_bar.tsx';
import { Bar } from './bar.tsx';
import { DeskProvider } from './desk.ts';
import type { Desk } from './desk.ts';
import { FootBar } from './foot_bar.tsx';
import { TextPane } from './text_pane.tsx';

export function CasePage({ desk }: { desk: Desk }) {
  useEffect(() => watchKeys(desk), [desk]);
  useEffect(() => watchLeaving(desk), [desk]);
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
      {(desk.moving.value !== null || desk.isCaretOn.value) && <Part name="Waiting" />}
      <SelectionBar />
      {desk.choice.value !== null && <Part name="Chooser" />}
      <NoticeList notices={desk.notices} />
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
