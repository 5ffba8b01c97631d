// What becomes of the unsaved changes when a replica is given up. Pure.

import type { RefusalReason } from './interface.ts';
import { TRIES_MAX } from './limits.ts';
import type { StoredChange } from './offline_store.ts';
import { isDeletion } from './operations.ts';
import type { Operation } from './operations.ts';
import type { Unsaved } from './saving.ts';

export type RefusedFrame = { frame: number; reason: RefusalReason };

/** `kept` is to be made again, in this order; `lost` cannot be; `arrived` is with the room. */
export type RebuildPlan = { kept: StoredChange[]; lost: Operation[]; arrived: StoredChange[] };

/**
 * Sorts the unsaved changes after a frame was refused. The room has handled what came before it and nothing behind it.
 *
 * A refused frame that held one change condemns it. One that held several condemns none of them: each is made again in
 * a frame of its own, so that the bad one shows. Whatever was made again often enough in vain is lost, so this ends.
 */
export function planRebuild(unsaved: readonly Unsaved[], refused: RefusedFrame): RebuildPlan {
  const plan: RebuildPlan = { kept: [], lost: [], arrived: [] };
  const isAlone = unsaved.filter(({ frame }) => frame === refused.frame).length === 1;
  for (const { change, frame } of unsaved) {
    if (frame !== null && frame < refused.frame && change.clock === null) {
      plan.arrived.push(change);
    } else if (frame !== refused.frame) {
      // What came before is kept as well: whether it has arrived is seen in the room's document, by its clock.
      keep(plan, change, change.operations);
    } else if (refused.reason === 'too_large') {
      keep(plan, change, change.operations.filter(isDeletion));
      plan.lost.push(...change.operations.filter((operation) => !isDeletion(operation)));
    } else if (isAlone) {
      plan.lost.push(...change.operations);
    } else {
      keep(plan, change, change.operations);
    }
  }
  return plan;
}

/** What an outbox of all tabs becomes by a plan for the changes of one: every other change has to be made again too. */
export function revisedOutbox(outbox: readonly StoredChange[], planned: ReadonlySet<string>, { kept, arrived }: RebuildPlan): StoredChange[] {
  return [...outbox.filter(({ id }) => !planned.has(id)).map(stranded), ...arrived, ...kept];
}

/** As the copy keeps a change that the replica does not hold. */
export function stranded(change: StoredChange): StoredChange {
  return { ...change, toReplay: true };
}

function keep(plan: RebuildPlan, change: StoredChange, operations: Operation[]): void {
  if (change.tries >= TRIES_MAX) {
    plan.lost.push(...operations);
  } else if (operations.length > 0) {
    plan.kept.push({ ...stranded(change), operations });
  }
}
