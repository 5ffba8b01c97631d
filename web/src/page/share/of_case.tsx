// Sharing from the page of a case: for its owners all of it, for others their programs.

import { useDesk } from '../desk/desk.ts';
import { roleOf } from '../desk/role_of.ts';
import { ProgramsDialog } from './programs.tsx';
import { ShareDialog } from './share_dialog.tsx';

export function CaseShare({ onClose }: { onClose: () => void }) {
  const { caseId, head, text } = useDesk();
  return <ShareDialog caseId={caseId} title={head?.title ?? text.title} onClose={onClose} />;
}

export function CasePrograms({ onClose }: { onClose: () => void }) {
  const { caseId, session } = useDesk();
  const role = roleOf(session.access.value);
  return <ProgramsDialog caseId={caseId} what="case" most={role === 'none' ? 'read' : role} onClose={onClose} />;
}
