// What a board needs when its room has refused a change, or does not open.

export { isPermitted } from '../../marginalia/permitted.ts';
export { lostChanges, replay } from '../../sync/replay.ts';
export { askRoom } from '../status/room_answer.ts';
