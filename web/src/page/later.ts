// What of the page of a case is not needed to read it, to highlight and to comment: fetched when it is first asked for,
// or when the page has been open for a while. One part of the bundle, so that one fetch makes all of it work offline.

import './case_main.tsx';

export { lostChanges, replay } from '../sync/replay.ts';
export { CaretMode } from '../text/caret_mode.ts';
export { CardChoices } from './cards/card_choices.tsx';
export { Chooser } from './cards/chooser.tsx';
export { MoveHere } from './cards/move_here.tsx';
export { Orphans } from './cards/orphans.tsx';
export { MoreMenu } from './desk/more_menu.tsx';
export { PrintView } from './desk/print_view.tsx';
export { ExportDialog } from './dialogs/export_dialog.tsx';
export { HelpDialog } from './dialogs/help_dialog.tsx';
export { ImportDialog } from './dialogs/import_dialog.tsx';
export { NameDialog } from './dialogs/name_dialog.tsx';
export { FilterForm } from './find/filter_form.tsx';
export { look } from './find/looking.ts';
export { findSample } from './list/sources.ts';
export { NotesPanel } from './notes/notes_panel.tsx';
export { PeoplePanel } from './people/people_panel.tsx';
export { BannerWords, Explanation } from './status/explanation.tsx';
export { RefusalDialog } from './status/refusal_dialog.tsx';
export { TagsDialog } from './tags/tags_dialog.tsx';
