// The dialog for sharing, fetched when it is first opened.

import { lateDialog } from '../base/late_dialog.tsx';

export const ShareDialog = lateDialog(async () => (await import('./share_dialog.tsx')).ShareDialog);
