// Which dialog is open.

import type { ComponentType } from 'preact';

import { Dialog } from '../base/dialog.tsx';
import { FAILED_WORDS, useRest } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';
import type { DialogName } from '../desk/desk.ts';

type Closable = ComponentType<{ onClose: () => void }>;
type Parts = typeof import('../later.ts');

const DIALOGS: Readonly<Record<DialogName, (parts: Parts) => Closable>> = {
  name: ({ NameDialog }) => NameDialog,
  help: ({ HelpDialog }) => HelpDialog,
  tags: ({ TagsDialog }) => TagsDialog,
  export: ({ ExportDialog }) => ExportDialog,
  import: ({ ImportDialog }) => ImportDialog,
};

export function Dialogs() {
  const desk = useDesk();
  const { session } = desk;
  const name = desk.dialog.value;
  return (
    <>
      {session.refusal.value !== null && <Later pick={({ RefusalDialog }) => RefusalDialog} onClose={() => (session.refusal.value = null)} />}
      {desk.isPrinting.value && <Later pick={({ PrintView }) => PrintView} onClose={() => (desk.isPrinting.value = false)} />}
      {name !== null && <Later key={name} pick={DIALOGS[name]} onClose={() => (desk.dialog.value = null)} />}
    </>
  );
}

/** A dialog that may have to be fetched first. */
function Later({ pick, onClose }: { pick: (parts: Parts) => Closable; onClose: () => void }) {
  const parts = useRest();
  if (parts === 'failed') {
    return (
      <Dialog title="Not available" onClose={onClose}>
        <p>{FAILED_WORDS}</p>
      </Dialog>
    );
  }
  const Picked = parts === null ? null : pick(parts);
  return Picked === null ? null : <Picked onClose={onClose} />;
}
