// Dialogs about a case, fetched when one of them is first opened.

import { lateDialog } from '../base/late_dialog.tsx';

export const CaseDialog = lateDialog(async () => (await import('./case_dialog.tsx')).CaseDialog);
export const CopyDialog = lateDialog(async () => (await import('./copy_dialog.tsx')).CopyDialog);
