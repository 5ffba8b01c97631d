// The toolbar at a selection while an annotation waits for other words.

import { useDesk } from '../desk/desk.ts';
import { moveTo } from '../desk/rare_actions.ts';

export function MoveHere() {
  const desk = useDesk();
  const id = desk.moving.value ?? '';
  return (
    <div class="bar-row bar-alone">
      <button type="button" class="primary" onClick={() => moveTo(desk, id)}>
        Mark these words instead
      </button>
      <button type="button" class="quiet" onClick={() => (desk.moving.value = null)}>
        Cancel
      </button>
    </div>
  );
}
