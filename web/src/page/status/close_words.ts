// What a final close means. Pure. 4400-4499 are a contract with the server, written in room/SPEC.md.

import type { StatusWords } from './status_words.ts';

/** Says what a final close code means and what can be done. */
export function closeWords(code: number, reason: string): Pick<StatusWords, 'short' | 'long' | 'remedy'> {
  switch (code) {
    case 4400:
      return {
        short: 'Stopped',
        long: 'The server could not understand what this page sent, and has stopped listening. Reload the page to go on.',
        remedy: 'reload',
      };
    case 4401:
      return {
        short: 'Signed out',
        long: 'You are signed out of this case. Sign in again to go on.',
        remedy: 'sign_in',
      };
    case 4403:
      return {
        short: 'No permission',
        long: 'You have no permission to work on this case. Ask its owner, then reload the page.',
        remedy: 'reload',
      };
    case 4404:
      return {
        short: 'Case deleted',
        long: 'This case was deleted, and its annotations with it. You can still export what this tab shows.',
        remedy: 'none',
      };
    case 4409:
      return {
        short: 'Too large',
        long: 'That would have made the case too large for its room. Reload the page, and annotate less or in another case.',
        remedy: 'reload',
      };
    case 4426:
      return {
        short: 'Page out of date',
        long: 'This page is older or newer than the server. Reload it to get the one that fits.',
        remedy: 'reload',
      };
    case 4429:
      return {
        short: 'Room full',
        long: 'The room has no place left, or too much came from this page in a short time. Wait a minute, then reload.',
        remedy: 'reload',
      };
    default:
      return {
        short: 'Closed',
        long: `The server has closed the connection for good (${code}${reason === '' ? '' : `: ${reason}`}). Reload the page to try again.`,
        remedy: 'reload',
      };
  }
}
