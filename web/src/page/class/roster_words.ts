// What is said of a list of people that was read. Pure.

import type { RosterReport } from '../../api/roster.ts';
import { counted } from './words.ts';

/** What came of a list, in one sentence. */
export function summaryOf({ enrolled, invited, changed, unchanged, refusedCount }: RosterReport): string {
  const parts = [
    `${counted(enrolled, 'person has', 'people have')} been enrolled`,
    ...(invited > 0 ? [`${counted(invited, 'is', 'are')} enrolled as soon as they sign in`] : []),
    ...(changed > 0 ? [`${counted(changed, 'has', 'have')} another role or section`] : []),
    ...(unchanged > 0 ? [`${counted(unchanged, 'was', 'were')} there already`] : []),
    ...(refusedCount > 0 ? [`${counted(refusedCount, 'line was', 'lines were')} refused`] : []),
  ];
  return `${parts.join(', ')}.`;
}
