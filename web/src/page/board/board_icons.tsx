// The signs of a board's tools, drawn like those of all pages (`base/icons.tsx`).

const PATHS = {
  arrow: 'M5 3l11 6-5 1.5L8.5 16Z',
  note: 'M3.5 3.5h13v8l-5 5h-8ZM16.5 11.5h-5v5',
  pen: 'M4 16l1-4 8.5-8.5 3 3L8 15l-4 1ZM11.5 5.5l3 3',
  eraser: 'M4 12.5L11.5 5l4 4L9 15.5H6.5ZM8.5 8l4 4M9 15.5h8',
  undo: 'M7 4L3.5 7.5 7 11M3.5 7.5h8a4.5 4.5 0 0 1 0 9H8',
  redo: 'M13 4l3.5 3.5L13 11M16.5 7.5h-8a4.5 4.5 0 0 0 0 9H12',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M4 7.5V4h3.5M12.5 4H16v3.5M16 12.5V16h-3.5M7.5 16H4v-3.5',
  move: 'M10 3v14M3 10h14M7.5 5L10 2.5 12.5 5M7.5 15l2.5 2.5 2.5-2.5M5 7.5L2.5 10 5 12.5M15 7.5l2.5 2.5-2.5 2.5',
  bin: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5',
  more: 'M4.5 10h.6M9.7 10h.6M14.9 10h.6',
} as const;

export type BoardIconName = keyof typeof PATHS;

/** A sign beside words; hidden from screen readers. */
export function BoardIcon({ name }: { name: BoardIconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
