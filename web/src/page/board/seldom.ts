// What a board needs when its room has refused a change, or does not open, and for the staff of an anonymous class.

export { isPermitted } from '../../marginalia/permitted.ts';
export { learnNames } from '../people/names.ts';
export { lostChanges, replay } from '../../sync/replay.ts';
export { askRoom } from '../status/room_answer.ts';
