// Which dialog is open.

import { Dialog } from '../base/dialog.tsx';
import { FAILED_WORDS } from '../base/failed_words.ts';
import { useRest } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';
import type { DIALOGS } from './all.ts';

export function Dialogs() {
  const desk = useDesk();
  const { session } = desk;
  const name = desk.dialog.value;
  return (
    <>
      {session.refusal.value !== null && <Later name="refusal" onClose={() => (session.refusal.value = null)} />}
      {desk.isPrinting.value && <Later name="print" onClose={() => (desk.isPrinting.value = false)} />}
      {name !== null && <Later key={name} name={name} onClose={() => (desk.dialog.value = null)} />}
    </>
  );
}

/** A dialog that may have to be fetched first. */
function Later({ name, onClose }: { name: keyof typeof DIALOGS; onClose: () => void }) {
  const parts = useRest();
  if (parts === 'failed') {
    return (
      <Dialog title="Not available" onClose={onClose}>
        <p>{FAILED_WORDS}</p>
      </Dialog>
    );
  }
  const Picked = parts?.DIALOGS[name];
  return Picked === undefined ? null : <Picked onClose={onClose} />;
}
