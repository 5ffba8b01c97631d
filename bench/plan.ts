// What is measured, in which order.

import type { Case } from './case.ts';
import type { TargetName } from './targets.ts';

/** One measurement that is to be made. */
export type Planned = { readonly case: Case; readonly target: TargetName; readonly round: number };

/** Case by case and round by round; each round begins with the server after the one that the round before began with. */
export function planned(cases: readonly Case[], wanted: readonly TargetName[], rounds: number): readonly Planned[] {
  return cases.flatMap((each) => {
    const targets = wanted.filter((target) => each.targets.includes(target));
    const many = targets.length === 0 ? 0 : each.isOnce === true ? 1 : rounds;
    return Array.from({ length: many }, (_, index) => {
      const first = index % targets.length;
      const order = [...targets.slice(first), ...targets.slice(0, first)];
      return order.map((target) => ({ case: each, target, round: index + 1 }));
    }).flat();
  });
}
