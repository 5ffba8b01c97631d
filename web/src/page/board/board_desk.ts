// Everything that lies before one person at a board: what is on it, what they hold in their hand, and what is open.

import { computed, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { BoardHead } from '../../api/boards.ts';
import { Board } from '../../board/board.ts';
import { readingOrder } from '../../board/model.ts';
import type { BoardColour, Place, Sticky } from '../../board/model.ts';
import { isAtLeast } from '../../marginalia/rights.ts';
import type { Identity } from '../base/identity.ts';
import { Notices } from '../desk/notices.ts';
import { roleOf } from '../desk/role_of.ts';
import type { Session } from '../desk/session.ts';
import { Camera } from './camera.ts';
import type { Box } from './camera.ts';

export type Tool = 'select' | 'sticky' | 'pen' | 'eraser';
export type BoardDialog = 'help' | 'share' | 'change' | 'delete';

/** A note in units of the board: as wide as this, and at least as high. */
export const STICKY_WIDTH = 190;
export const STICKY_HEIGHT = 130;
const TOOLS_HEIGHT = 54;
export const PEN_WIDTHS = [2, 5, 12] as const;

export class BoardDesk {
  readonly head;
  readonly me: Identity;
  readonly session: Session;
  readonly board: Board;
  readonly camera = new Camera();
  readonly notices = new Notices();
  /** In an anonymous class, to its staff: the names of people by their ids there. */
  readonly names = signal<ReadonlyMap<string, string>>(new Map());
  readonly tool = signal<Tool>('select');
  readonly colour = signal<BoardColour>('amber');
  readonly penWidth = signal<(typeof PEN_WIDTHS)[number]>(5);
  /** The note whose tools are shown. */
  readonly selected = signal<string | null>(null);
  /** The note that one is writing on. */
  readonly editing = signal<string | null>(null);
  /** A note on its way by one's own hand, and where it is. */
  readonly dragged = signal<(Place & { id: string }) | null>(null);
  /** A note that waits for a new place. */
  readonly moving = signal<string | null>(null);
  /** The points of the stroke that is being drawn. */
  readonly drawing = signal<readonly number[] | null>(null);
  /** The strokes that the eraser has touched. */
  readonly erased = signal<ReadonlySet<string>>(new Set());
  readonly dialog = signal<BoardDialog | null>(null);
  /** In reading order; while one writes on a note nothing changes its place in the page. */
  readonly order = computed<readonly string[]>(() => {
    const all = this.board.stickies.value;
    const isWriting = this.editing.value !== null;
    const before = new Set(this.#shown.filter((id) => all.has(id)));
    const next = isWriting ? [...before, ...[...all.keys()].filter((id) => !before.has(id))] : readingOrder([...all.values()].map((sticky) => sticky.value));
    // The same order is the same list, so that nothing is drawn again for it.
    if (next.length !== this.#shown.length || next.some((id, at) => id !== this.#shown[at])) {
      this.#shown = next;
    }
    return this.#shown;
  });
  /** Whether changes would be kept. */
  readonly canEdit = computed(() => this.session.sync.value.state !== 'closed' && isAtLeast(roleOf(this.session.access.value), 'comment'));
  readonly canDraw = computed(() => this.canEdit.value && isAtLeast(roleOf(this.session.access.value), 'annotate'));
  #shown: readonly string[] = [];

  constructor(head: BoardHead, me: Identity, session: Session) {
    this.head = signal(head);
    this.me = me;
    this.session = session;
    this.board = new Board(session.client.doc, { me, role: () => roleOf(session.access.value) });
  }

  /** What is shown of somebody, as on a case. */
  nameOf(id: string | null, name: string): string {
    const own = this.names.value.get(id ?? '');
    return own === undefined ? name : `${name} (${own})`;
  }

  mayMove({ authorId }: Sticky): boolean {
    return this.canEdit.value && this.board.may('arrangement', 'sticky', authorId);
  }

  mayWrite({ authorId }: Sticky): boolean {
    return this.canEdit.value && this.board.may('content', 'sticky', authorId);
  }

  /** All that is on the board; null if there is nothing. */
  extent(): Box | null {
    const boxes = [...this.board.stickies.peek().values()].map((sticky) => boxOf(sticky.peek()));
    for (const { points } of this.board.strokes.peek().values()) {
      for (let at = 0; at < points.length; at += 2) {
        const [x = 0, y = 0] = [points[at], points[at + 1]];
        boxes.push({ left: x, top: y, right: x, bottom: y });
      }
    }
    return boxes.reduce<Box | null>(
      (all, box) =>
        all === null
          ? box
          : {
              left: Math.min(all.left, box.left),
              top: Math.min(all.top, box.top),
              right: Math.max(all.right, box.right),
              bottom: Math.max(all.bottom, box.bottom),
            },
      null,
    );
  }
}

/** With the room that its tools take above it. */
export function boxOf({ x, y }: Place): Box {
  return { left: x, top: y - TOOLS_HEIGHT, right: x + STICKY_WIDTH, bottom: y + STICKY_HEIGHT };
}

const BoardContext = createContext<BoardDesk | null>(null);
export const BoardProvider = BoardContext.Provider;

/** The desk of the board that a component stands on. */
export function useBoard(): BoardDesk {
  const desk = useContext(BoardContext);
  if (desk === null) {
    throw new Error('this component needs a board: put it inside a BoardProvider');
  }
  return desk;
}
