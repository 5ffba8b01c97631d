// What the page says about the connection. Pure; every standing and every close code has its words here.

import type { ConnectionState, RoomAnswer } from './connection_state.ts';

/** A standing in words. */
export type Words = {
  /** One or two words, beside the light. */
  short: string;
  /** What it means for the person and what to do, if there is anything to say. */
  long: string | null;
};

/** What the page holds of the notes: nothing yet, what the room has, or more than the room may have. */
export type Holding = 'nothing' | 'in_step' | 'unsent';

/** Says how the connection stands. */
export function stateWords(state: ConnectionState, holding: Holding): Words {
  switch (state.state) {
    case 'connecting':
      return { short: 'Connecting', long: null };
    case 'opening':
      return { short: 'Opening', long: null };
    case 'waiting':
      return { short: 'Waiting', long: roomWords(state.answer) + (holding === 'unsent' ? ` ${offlineWords(holding)}` : '') };
    case 'live':
      return { short: 'Live', long: null };
    case 'offline':
      return { short: 'Offline', long: `${lostWords(state.code)} ${offlineWords(holding)}` };
    case 'closed':
      return { short: 'Closed', long: closeWords(state.code, state.reason) + keepWords(holding) };
  }
}

/** Says why a room does not open. */
export function roomWords(answer: RoomAnswer): string {
  switch (answer.room) {
    case 'restoring':
      return answer.storeFailures > 0
        ? 'The store that keeps the notes cannot be reached. Nothing is lost: the notes open by themselves as soon as it answers.'
        : 'The notes are being fetched from the store. They open by themselves.';
    case 'asleep':
    case 'open':
      return 'The notes are on their way. They open by themselves.';
    case 'unreadable':
      return 'What is stored of these notes cannot be read. Nothing was thrown away; the operator has to look at it.';
    case 'deleted':
      return 'This case was deleted.';
    case 'unknown':
      return 'The notes have not arrived, and the server does not say why. They open by themselves as soon as it can be reached.';
  }
}

/** Says what a final close code means; 4400-4499 are a contract with the server. */
export function closeWords(code: number, reason: string): string {
  switch (code) {
    case 4400:
      return 'The server could not understand what this page sent, and has stopped listening. Reload the page.';
    case 4401:
      return 'Sign in to work on this case.';
    case 4403:
      return 'You are not allowed to do this in this case.';
    case 4404:
      return 'This case was deleted.';
    case 4409:
      return 'That would have made the notes too large. Reload the page and write less.';
    case 4429:
      return 'Too much came from this page in a short time. Wait a minute, then reload.';
    default:
      return `The server has closed the connection for good (${code}${reason === '' ? '' : `: ${reason}`}).`;
  }
}

function lostWords(code: number | null): string {
  switch (code) {
    case 1011:
      return 'The room has failed and is being built again; trying to come back.';
    case 1012:
      return 'The room starts afresh; coming back.';
    case 1013:
      return 'The room is busy; trying again in a moment.';
    default:
      return 'The server cannot be reached; trying again.';
  }
}

function offlineWords(holding: Holding): string {
  switch (holding) {
    case 'nothing':
      return 'The notes open by themselves when it is back.';
    case 'in_step':
      return 'You can go on writing: edits are kept in this tab, and sent when it is back.';
    case 'unsent':
      return 'Your latest edits are kept in this tab, and sent when it is back. Do not close the tab.';
  }
}

function keepWords(holding: Holding): string {
  return holding === 'unsent'
    ? ' Your latest edits may not have been stored; copy them from the notes if you need them.'
    : '';
}
