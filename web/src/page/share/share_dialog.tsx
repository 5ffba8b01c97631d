// Sharing a case or board: what its class may do with it, which people have it besides, and one's programs.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { fetchPlace } from '../../api/places.ts';
import type { Place } from '../../api/places.ts';
import { Dialog } from '../base/dialog.tsx';
import { ClassShare } from './class_share.tsx';
import { PeopleShare } from './people_share.tsx';
import { Programs } from './programs.tsx';

type ShareDialogProps = { caseId: string; title: string; what?: 'case' | 'board'; onClose: () => void };

export function ShareDialog({ caseId, title, what = 'case', onClose }: ShareDialogProps) {
  const place = useSignal<Reply<Place> | null>(null);
  useEffect(() => {
    void fetchPlace(what, caseId).then((reply) => (place.value = reply));
  }, []);
  const now = place.value;
  // To read is the least that lets anybody in.
  const most = now === null ? null : now.reply === 'found' ? now.found.role : 'read';
  return (
    <Dialog title={`Share this ${what}`} onClose={onClose} isWide>
      <p class="hint" dir="auto">
        {title}
      </p>
      <ClassShare caseId={caseId} place={now} what={what} />
      <PeopleShare caseId={caseId} what={what} />
      <Programs caseId={caseId} what={what} most={most} />
    </Dialog>
  );
}
