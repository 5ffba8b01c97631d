// How things stand, in a few words beside the light. Pure. `long_words.ts` has what it means.

import type { Conditions, SavedState, SyncState } from '../../sync/interface.ts';
import type { RoomAnswer } from './room_answer.ts';

/** Everything that the words depend on. */
export type Standing = {
  sync: SyncState;
  saved: SavedState;
  conditions: Conditions;
  /** Whether the document has ever been here in this tab, from the room or from the offline copy. */
  hasDocument: boolean;
  /** What the room said when it was asked why it does not open; null if it was not asked. */
  room: RoomAnswer | null;
};

/** How a standing is coloured and shaped; never the only sign. */
export type Tone = 'good' | 'busy' | 'pause' | 'stop';

/** A standing in short. */
export type ShortWords = {
  /** One to four words. */
  short: string;
  tone: Tone;
  /** What the person can do about it. */
  remedy: 'none' | 'retry' | 'reload' | 'sign_in';
  /** Whether it is worth a line across the page, not only a light. */
  isUrgent: boolean;
};

const STILL = { remedy: 'none', isUrgent: false } as const;

/** Says how things stand. */
export function shortWords(standing: Standing): ShortWords {
  const { sync, saved } = standing;
  switch (sync.state) {
    case 'connecting':
      return openingWords('Connecting…', standing);
    case 'opening':
      return openingWords('Opening…', standing);
    case 'live':
      return liveWords(standing);
    case 'waiting':
      return { short: saved.unsaved > 0 ? `Offline, ${saved.unsaved} unsent` : 'Offline', tone: 'pause', remedy: 'retry', isUrgent: true };
    case 'closed':
      return { ...closedWords(sync.code), tone: 'stop', isUrgent: true };
  }
}

function liveWords({ saved, conditions }: Standing): ShortWords {
  const { degraded, hostFailing, nearlyFull } = conditions;
  if (degraded) {
    return { short: 'Reading only', tone: 'pause', remedy: 'none', isUrgent: true };
  }
  if (saved.unsaved > 0) {
    return { ...STILL, short: 'Saving…', tone: 'busy' };
  }
  if (nearlyFull) {
    return { ...STILL, short: 'Saved, nearly full', tone: 'pause' };
  }
  if (hostFailing) {
    return { ...STILL, short: 'Saved, archive down', tone: 'pause' };
  }
  return { ...STILL, short: saved.unarchived ? 'Saved' : 'All saved', tone: 'good' };
}

function openingWords(short: string, { room }: Standing): ShortWords {
  return isStuck(room) ? { short: 'Waiting for the store', tone: 'pause', remedy: 'none', isUrgent: true } : { ...STILL, short, tone: 'busy' };
}

/** Whether a room cannot open before something outside of it is mended. */
function isStuck(room: RoomAnswer | null): boolean {
  return room !== null && (room.room === 'unreadable' || (room.room === 'restoring' && room.storeFailures > 0));
}

/** 4400-4499 are a contract with the server, written in room/SPEC.md. */
function closedWords(code: number): Pick<ShortWords, 'short' | 'remedy'> {
  switch (code) {
    case 4400:
      return { short: 'Stopped', remedy: 'reload' };
    case 4401:
      return { short: 'Signed out', remedy: 'sign_in' };
    case 4403:
      return { short: 'No permission', remedy: 'reload' };
    case 4404:
      return { short: 'Case deleted', remedy: 'none' };
    case 4409:
      return { short: 'Too large', remedy: 'reload' };
    case 4426:
      return { short: 'Page out of date', remedy: 'reload' };
    case 4429:
      return { short: 'Room full', remedy: 'reload' };
    default:
      return { short: 'Closed', remedy: 'reload' };
  }
}
