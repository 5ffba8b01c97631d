// Every dialog there is, by its name. Fetched when the first one is opened.

import type { ComponentType } from 'preact';

import { PrintView } from '../desk/print_view.tsx';
import { CasePrograms, CaseShare } from '../share/of_case.tsx';
import { RefusalDialog } from '../status/refusal_dialog.tsx';
import { TagsDialog } from '../tags/tags_dialog.tsx';
import type { DialogName } from '../desk/desk.ts';
import { ExportDialog } from './export_dialog.tsx';
import { HelpDialog } from './help_dialog.tsx';
import { ImportDialog } from './import_dialog.tsx';
import { NameDialog } from './name_dialog.tsx';
import { VersionsDialog } from './versions_dialog.tsx';

export const DIALOGS: Readonly<Record<DialogName | 'refusal' | 'print', ComponentType<{ onClose: () => void }>>> = {
  name: NameDialog,
  help: HelpDialog,
  tags: TagsDialog,
  export: ExportDialog,
  import: ImportDialog,
  versions: VersionsDialog,
  share: CaseShare,
  programs: CasePrograms,
  refusal: RefusalDialog,
  print: PrintView,
};
