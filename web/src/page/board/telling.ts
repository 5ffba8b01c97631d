// Telling the others where one is on the board.

import { effect, signal } from '@preact/signals';

import type { Place } from '../../board/model.ts';
import { placeOnBoard } from '../../board/model.ts';
import { colourOf } from '../people/people.ts';
import type { BoardDesk } from './board_desk.ts';
import type { BoardPresence } from './others.ts';

/** Tells from now on, at most once for each frame that is drawn; the client tells less often still. Gives the function that ends it. */
export function tellWhere(desk: BoardDesk, root: HTMLElement): () => void {
  const { me, session, camera } = desk;
  const cursor = signal<Place | null>(null);
  let frame = 0;
  const point = ({ clientX, clientY }: PointerEvent): void => {
    const { left, top } = root.getBoundingClientRect();
    const at = { x: clientX - left, y: clientY - top };
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      cursor.value = placeOnBoard(camera.toBoard(at));
    });
  };
  const leave = (event: PointerEvent): void => {
    // A finger that was lifted still points there.
    if (event.pointerType === 'mouse') {
      cursor.value = null;
    }
  };
  root.addEventListener('pointermove', point);
  root.addEventListener('pointerleave', leave);
  const end = effect(() => {
    const state: BoardPresence = { user: { id: me.id, name: me.name, color: colourOf(me.name) } };
    if (cursor.value !== null) {
      state.cursor = cursor.value;
    }
    session.client.presence.set(state);
  });
  return () => {
    end();
    cancelAnimationFrame(frame);
    root.removeEventListener('pointermove', point);
    root.removeEventListener('pointerleave', leave);
  };
}
