// How things stand, in a few words beside the light. Pure. `long_words.ts` has what it means.

import type { Access, Conditions, SavedState, SyncState } from '../../sync/interface.ts';
import type { RoomAnswer } from './room_answer.ts';

/** Everything that the words depend on. */
export type Standing = {
  sync: SyncState;
  saved: SavedState;
  conditions: Conditions;
  access: Access;
  /** Whether the document has ever been here in this tab, from the room or from the offline copy. */
  hasDocument: boolean;
  /** What the room said when it was asked why it does not open; null if it was not asked. */
  room: RoomAnswer | null;
  /** What the room is of; a case, if it is not said. */
  what?: What;
};

/** What a room can be of. */
export type What = 'case' | 'board';

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
  const { access, sync, saved } = standing;
  switch (sync.state) {
    case 'connecting':
      return openingWords('Connecting…', standing);
    case 'opening':
      return openingWords('Opening…', standing);
    case 'live':
      return liveWords(standing);
    case 'waiting': {
      const short = access.isHostAway ? 'Host away' : 'Offline';
      return { short: saved.unsaved > 0 ? `${short}, ${saved.unsaved} unsent` : short, tone: 'pause', remedy: 'retry', isUrgent: true };
    }
    case 'closed':
      return { ...closedWords(sync.code, standing), tone: 'stop', isUrgent: true };
  }
}

function liveWords({ access, saved, conditions }: Standing): ShortWords {
  const { degraded, hostFailing, nearlyFull } = conditions;
  if (degraded) {
    return { short: 'Reading only', tone: 'pause', remedy: 'none', isUrgent: true };
  }
  if (saved.unsaved > 0) {
    return { ...STILL, short: 'Saving…', tone: 'busy' };
  }
  if (access.role === 'read') {
    return { ...STILL, short: 'Read only', tone: 'good' };
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
const CLOSED: Readonly<Record<number, string>> = {
  4400: 'Stopped',
  4401: 'Signed out',
  4403: 'No permission',
  4404: 'Case deleted',
  4409: 'Too large',
  4426: 'Page out of date',
  4429: 'Room full',
};

function closedWords(code: number, { what }: Standing): Pick<ShortWords, 'short' | 'remedy'> {
  return { short: code === 4404 && what === 'board' ? 'Board deleted' : (CLOSED[code] ?? 'Closed'), remedy: code === 4401 ? 'sign_in' : code === 4404 ? 'none' : 'reload' };
}

/** What offline work becomes. */
export function keptWords({ storedLocally }: SavedState): string {
  return `Changes are kept in this ${storedLocally ? 'browser' : 'tab'} and sent when the connection is back.`;
}
