// The room of a case refused a change.

import { useDesk } from '../desk/desk.ts';
import { RefusalWords } from './refusal_words.tsx';

export function RefusalDialog({ onClose }: { onClose: () => void }) {
  return <RefusalWords session={useDesk().session} onClose={onClose} />;
}
