// What of the page of a case is not needed to read it, to highlight and to comment: fetched when it is first asked for,
// or soon after a first post. One part of the bundle, so that one fetch makes all of it work offline.

import './case_main.tsx';
import style from '../later.css';
import { forgetOldDrafts } from '../marginalia/old_drafts.ts';
import { storage } from './base/stored.ts';

export { isPermitted } from '../marginalia/permitted.ts';
export { lostChanges, replay } from '../sync/replay.ts';
export { CaretMode } from '../text/caret_mode.ts';
export { settle } from './base/settle.ts';
export { CardChoices } from './cards/card_choices.tsx';
export { Chooser } from './cards/chooser.tsx';
export { MoveHere } from './cards/move_here.tsx';
export { Orphans } from './cards/orphans.tsx';
export { Unsent } from './cards/unsent.tsx';
export { UNDO_LOST_WORDS, problemWords } from './desk/action_words.ts';
export { openLinked } from './desk/linked.ts';
export { MoreMenu } from './desk/more_menu.tsx';
export { openFromHere } from './desk/rare_actions.ts';
export { tellRole } from './desk/role_change.ts';
export { Waiting } from './desk/waiting.tsx';
export { DIALOGS } from './dialogs/all.ts';
export { FilterForm } from './find/filter_form.tsx';
export { listen } from './find/listening.ts';
export { CaseBell } from './inbox/case_bell.tsx';
export { findHeadHere } from './list/sources.ts';
export { mention } from './mentions/mentioning.ts';
export { NotesPanel } from './notes/notes_panel.tsx';
export { learnNames } from './people/names.ts';
export { PeoplePanel } from './people/people_panel.tsx';
export { walkNumbers } from './sheet/numbers.ts';
export { BannerWords, Explanation } from './status/explanation.tsx';
export { askRoom } from './status/room_answer.ts';
export { noteToSelf, openPrivate, resumePrivate } from './privately/note_to_self.ts';
export { ReaderChoices } from './tags/reader_choices.tsx';

// Its style comes with it, as a sheet: a browser fetches what a page links before it is wanted, and a link that has failed is
// one thing more to try again. It goes before the sheets that are made of the palette.
const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
document.adoptedStyleSheets.unshift(sheet);

// Nobody waits for this, and it is part of what whoever writes drafts fetches sooner or later.
const stored = storage();
if (stored !== null) {
  forgetOldDrafts(stored, Date.now());
}
