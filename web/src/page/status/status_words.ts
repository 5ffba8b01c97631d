// What the page says about the connection and about saving. Pure; every standing and every close code has its words here.

import type { Conditions, SavedState, SyncState } from '../../sync/interface.ts';
import { closeWords } from './close_words.ts';
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

/** A standing in words. */
export type StatusWords = {
  /** One to four words, beside the light. */
  short: string;
  /** What it means for the person, in sentences. */
  long: string;
  tone: Tone;
  /** What the person can do about it. */
  remedy: 'none' | 'retry' | 'reload' | 'sign_in';
  /** Whether it is worth a line across the page, not only a light. */
  isUrgent: boolean;
};

/** Says how things stand. */
export function statusWords(standing: Standing): StatusWords {
  const { sync } = standing;
  switch (sync.state) {
    case 'connecting':
      return openingWords('Connecting…', standing);
    case 'opening':
      return openingWords('Opening…', standing);
    case 'live':
      return liveWords(standing);
    case 'waiting':
      return offlineWords(sync.code, standing);
    case 'closed': {
      const close = closeWords(sync.code, sync.reason);
      return { ...close, long: close.long + keepWords(standing.saved), tone: 'stop', isUrgent: true };
    }
  }
}

/** "1 change", "3 changes". */
export function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

function liveWords({ saved, conditions }: Standing): StatusWords {
  const still = { tone: 'good', remedy: 'none', isUrgent: false } as const;
  if (conditions.degraded) {
    return {
      short: 'Reading only',
      long: `The room has had trouble and takes no changes until it has been rebuilt. What you see is safe.${keepWords(saved)}`,
      tone: 'pause',
      remedy: 'none',
      isUrgent: true,
    };
  }
  const full = conditions.nearlyFull
    ? ' This case is nearly full: its annotations take up three quarters of the room there is. Deleting always works; start another case for much more.'
    : '';
  const host = conditions.hostFailing
    ? ' The archive cannot be reached at the moment; it is tried again by itself, and nothing needs to be done.'
    : '';
  if (saved.unsaved > 0) {
    return {
      ...still,
      short: 'Saving…',
      long: `${changes(saved.unsaved)} on the way to the room.${kept(saved)}${full}${host}`,
      tone: 'busy',
    };
  }
  if (saved.unarchived) {
    return {
      ...still,
      short: conditions.hostFailing ? 'Saved, archive down' : 'Saved',
      long: `All your changes are stored in the room.${host === '' ? ' The archive gets its copy within seconds.' : host}${full}`,
      tone: conditions.hostFailing ? 'pause' : 'good',
    };
  }
  return {
    ...still,
    short: conditions.nearlyFull ? 'Saved, nearly full' : 'All saved',
    long: `All your changes are stored in the room and in the archive.${full}${host}`,
    tone: conditions.nearlyFull || conditions.hostFailing ? 'pause' : 'good',
  };
}

function openingWords(short: string, { room, hasDocument, saved }: Standing): StatusWords {
  const why = room === null ? 'The annotations are on their way.' : roomWords(room);
  const isStuck = room !== null && (room.room === 'unreadable' || (room.room === 'restoring' && room.storeFailures > 0));
  return {
    short: isStuck ? 'Waiting for the store' : short,
    long: why + (hasDocument ? ` ${goOnWords(saved)}` : ''),
    tone: isStuck ? 'pause' : 'busy',
    remedy: 'none',
    isUrgent: isStuck,
  };
}

function offlineWords(code: number | null, { saved, hasDocument }: Standing): StatusWords {
  return {
    short: saved.unsaved > 0 ? `Offline, ${saved.unsaved} unsent` : 'Offline',
    long: `${lostWords(code)} ${hasDocument ? goOnWords(saved) : 'The annotations appear by themselves when it is back.'}`,
    tone: 'pause',
    remedy: 'retry',
    isUrgent: true,
  };
}

function lostWords(code: number | null): string {
  switch (code) {
    case 1011:
      return 'The room has failed and is being built again.';
    case 1012:
      return 'The room starts afresh; coming back in a moment.';
    case 1013:
      return 'The room is full or busy; trying again in a moment.';
    case 4500:
      return 'Your access has changed; coming back with it.';
    default:
      return 'The server cannot be reached; trying again by itself.';
  }
}

function goOnWords(saved: SavedState): string {
  if (saved.unsaved === 0) {
    return saved.storedLocally
      ? 'You can go on working: changes are kept in this browser and sent when the connection is back.'
      : 'You can go on working: changes are kept in this tab and sent when the connection is back.';
  }
  return saved.storedLocally
    ? `${changes(saved.unsaved)} kept in this browser, sent when the connection is back.`
    : `${changes(saved.unsaved)} kept only in this tab. Do not close it before the connection is back.`;
}

function keepWords(saved: SavedState): string {
  if (saved.unsaved === 0) {
    return '';
  }
  return ` ${changes(saved.unsaved)} of yours did not reach the room; export the case if you need them.`;
}

function kept(saved: SavedState): string {
  return saved.storedLocally ? ' They are also kept in this browser.' : ' Keep this tab open until they have arrived.';
}

/** Says why a room does not open. */
export function roomWords(answer: RoomAnswer): string {
  switch (answer.room) {
    case 'restoring':
      return answer.storeFailures > 0
        ? 'The store that keeps the annotations cannot be reached. Nothing is lost: they appear by themselves as soon as it answers.'
        : 'The annotations are being fetched from the store.';
    case 'asleep':
    case 'open':
      return 'The annotations are on their way.';
    case 'unreadable':
      return 'What is stored of these annotations cannot be read. Nothing was thrown away; the operator has to look at it.';
    case 'deleted':
      return 'This case was deleted.';
    case 'unknown':
      return 'The annotations have not arrived, and the server does not say why. They appear by themselves as soon as it can be reached.';
  }
}
