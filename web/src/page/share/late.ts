// The dialog for sharing, fetched when it is first opened.

import { arrive } from '../base/arrive.ts';
import { lateDialog } from '../base/late_dialog.tsx';

export const ShareDialog = lateDialog(async () => (await arrive(() => import('./share_dialog.tsx'))).ShareDialog);
