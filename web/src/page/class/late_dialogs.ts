// Dialogs about a case, fetched when one of them is first opened.

import { arrive } from '../base/arrive.ts';
import { lateDialog } from '../base/late_dialog.tsx';

export const CaseDialog = lateDialog(async () => (await arrive(() => import('./case_dialog.tsx'))).CaseDialog);
export const CopyDialog = lateDialog(async () => (await arrive(() => import('./copy_dialog.tsx'))).CopyDialog);
