// What of a board's page is not needed to read it and to write on it: what lies over it, what its light means, what makes
// changes again that a room has refused, what asks a room why it does not open, and names for the staff of an anonymous class.
// One part of the bundle, so that one fetch makes all of it work offline. See `board_rest.ts`.

export { isPermitted } from '../../marginalia/permitted.ts';
export { learnNames } from '../people/names.ts';
export { lostChanges, replay } from '../../sync/replay.ts';
export { longWords } from '../status/long_words.ts';
export { askRoom } from '../status/room_answer.ts';
export { Standings } from '../status/standings.tsx';
export { BoardDialogs } from './board_dialogs.tsx';
export { BOARD_MAY_WORDS, boardRoleWords } from './board_words.ts';
