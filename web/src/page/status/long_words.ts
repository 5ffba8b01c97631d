// What a standing means for the person, in sentences. Pure. Every standing and every close code has its words here.

import type { Access, SavedState } from '../../sync/interface.ts';
import { MAY_WORDS } from '../desk/role_words.ts';
import type { RoomAnswer } from './room_answer.ts';
import type { Standing, What } from './short_words.ts';

/** What there is to see in it. */
const CONTENTS: Readonly<Record<What, string>> = { case: 'annotations', board: 'notes and strokes' };

/** Says what it means. */
export function longWords(standing: Standing): string {
  const { sync, saved, what = 'case' } = standing;
  switch (sync.state) {
    case 'connecting':
    case 'opening':
      return openingWords(standing);
    case 'live':
      return liveWords(standing);
    case 'waiting':
      return offlineWords(sync.code, standing);
    case 'closed':
      return (sync.code === 4403 && standing.access.role !== null ? removedWords(what) : closeWords(sync.code, sync.reason, what)) + (sync.code === 4426 && saved.storedLocally ? keptWords(saved) : lostWords(standing));
  }
}

/** "1 change", "3 changes". */
export function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

function removedWords(what: What): string {
  return `You have no permission to work on this ${what} any more. Its owner can say why; what this tab shows can still be read${what === 'case' ? ' and exported' : ''}.`;
}

function liveWords(standing: Standing): string {
  const { access, saved, conditions, what = 'case' } = standing;
  if (conditions.degraded) {
    return `The room has had trouble and takes no changes until it has been rebuilt. What you see is safe.${lostWords(standing)}`;
  }
  const full = conditions.nearlyFull
    ? ` This ${what} is nearly full: its ${CONTENTS[what]} take up three quarters of the room there is. Deleting always works; start another ${what} for much more.`
    : '';
  const archive = conditions.hostFailing
    ? ' The archive cannot be reached at the moment; it is tried again by itself, and nothing needs to be done.'
    : '';
  const host = access.isHostAway ? hostAwayWords(access, saved) : archive;
  if (saved.unsaved > 0) {
    const kept = saved.storedLocally ? 'They are also kept in this browser.' : 'Keep this tab open until they have arrived.';
    return `${changes(saved.unsaved)} on the way to the room. ${kept}${full}${host}`;
  }
  if (access.role === 'read') {
    return `You may ${what === 'case' ? MAY_WORDS.read : 'look at this board'}, and see what the others do. Its owner says who may write.${full}${host}`;
  }
  if (saved.unarchived) {
    return `All your changes are stored in the room.${host === '' ? ' The archive gets its copy within seconds.' : host}${full}`;
  }
  return `All your changes are stored in the room and in the archive.${full}${host}`;
}

function openingWords({ access, room, hasDocument, saved, what = 'case' }: Standing): string {
  const why = room === null ? `The ${CONTENTS[what]} are on their way.` : roomWords(room, what);
  return why + (isAtWork(hasDocument, saved) ? ` ${goOnWords(saved, access)}` : '');
}

/** Said to whoever is in. */
function hostAwayWords({ until }: Access, { unarchived }: SavedState): string {
  const time = until === null ? '' : ` Your access lasts until ${new Date(until).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })} and is renewed as soon as it can be.`;
  return ` The host cannot be reached: nobody new gets in${unarchived ? ', and the archive gets its copy later' : ''}.${time}`;
}

function offlineWords(code: number | null, { access, saved, hasDocument, what = 'case' }: Standing): string {
  const then = isAtWork(hasDocument, saved) ? goOnWords(saved, access) : `The ${CONTENTS[what]} appear by themselves when it is back.`;
  return `${access.isHostAway ? noWayInWords(access) : whyOffline(code)} ${then}`;
}

/** Nobody is invited to work who has not seen the annotations; but whoever has begun is told what becomes of it. */
function isAtWork(hasDocument: boolean, { unsaved }: SavedState): boolean {
  return hasDocument || unsaved > 0;
}

function whyOffline(code: number | null): string {
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

/** Said to whoever is not in. */
function noWayInWords({ role }: Access): string {
  const access = role === null ? 'nobody new gets in' : 'your access, which has ended, cannot be renewed';
  return `The host, which knows who may come in, cannot be reached: ${access} until it is back. It is asked again by itself.`;
}

function goOnWords({ unsaved, storedLocally }: SavedState, { role }: Access): string {
  if (unsaved === 0 && role === 'read') {
    return 'You can go on reading.';
  }
  if (unsaved === 0) {
    return `You can go on working: changes are kept in this ${storedLocally ? 'browser' : 'tab'} and sent when the connection is back.`;
  }
  return storedLocally
    ? `${changes(unsaved)} kept in this browser, sent when the connection is back.`
    : `${changes(unsaved)} kept only in this tab. Do not close it before the connection is back.`;
}

function lostWords({ saved: { unsaved }, what = 'case' }: Standing): string {
  const advice = what === 'case' ? 'export the case' : 'copy the words of your notes';
  return unsaved === 0 ? '' : ` ${changes(unsaved)} of yours did not reach the room; ${advice} if you need them.`;
}

/** What the offline copy holds, the page after the next reload sends. */
function keptWords({ unsaved }: SavedState): string {
  return unsaved === 0 ? '' : ` ${changes(unsaved)} of yours, kept in this browser, will be sent then.`;
}

/** Says why a room does not open. */
export function roomWords(answer: RoomAnswer, what: What = 'case'): string {
  switch (answer.room) {
    case 'restoring':
      return answer.storeFailures > 0
        ? `The store that keeps the ${CONTENTS[what]} cannot be reached. Nothing is lost: they appear by themselves as soon as it answers.`
        : `The ${CONTENTS[what]} are being fetched from the store.`;
    case 'asleep':
    case 'open':
      return `The ${CONTENTS[what]} are on their way.`;
    case 'unreadable':
      return `What is stored of these ${CONTENTS[what]} cannot be read. Nothing was thrown away; the operator has to look at it.`;
    case 'deleted':
      return `This ${what} was deleted.`;
    case 'unknown':
      return `The ${CONTENTS[what]} have not arrived, and the server does not say why. They appear by themselves as soon as it can be reached.`;
  }
}

/** Says what a final close code means and what can be done. */
export function closeWords(code: number, reason: string, what: What = 'case'): string {
  switch (code) {
    case 4400:
      return 'The server could not understand what this page sent, and has stopped listening. Reload the page to go on.';
    case 4401:
      return `You are signed out of this ${what}. Sign in again to go on.`;
    case 4403:
      return `You have no permission to work on this ${what}. Ask its owner, then reload the page.`;
    case 4404:
      return `This ${what} was deleted, and its ${CONTENTS[what]} with it. You can still ${what === 'case' ? 'export' : 'read'} what this tab shows.`;
    case 4409:
      return `That would have made the ${what} too large for its room. Reload the page, and ${what === 'case' ? 'annotate' : 'put'} less${what === 'case' ? ' or in another case' : ' on it, or use another board'}.`;
    case 4426:
      return 'This page is older or newer than the server. Reload it to get the one that fits.';
    case 4429:
      return 'The room has no place left, or too much came from this page in a short time. Wait a minute, then reload.';
    default:
      return `The server has closed the connection for good (${code}${reason === '' ? '' : `: ${reason}`}). Reload the page to try again.`;
  }
}
