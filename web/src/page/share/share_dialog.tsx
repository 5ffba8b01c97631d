// Sharing a case or board: what its class may do with it, which people have it besides, and one's programs.

import { Dialog } from '../base/dialog.tsx';
import { ClassShare } from './class_share.tsx';
import { PeopleShare } from './people_share.tsx';
import { Programs } from './programs.tsx';

type ShareDialogProps = { caseId: string; title: string; what?: 'case' | 'board'; onClose: () => void };

export function ShareDialog({ caseId, title, what = 'case', onClose }: ShareDialogProps) {
  return (
    <Dialog title={`Share this ${what}`} onClose={onClose} isWide>
      <p class="hint" dir="auto">
        {title}
      </p>
      <ClassShare caseId={caseId} what={what} />
      <PeopleShare caseId={caseId} what={what} />
      <Programs caseId={caseId} what={what} most="own" />
    </Dialog>
  );
}
