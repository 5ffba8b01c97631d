// The page's few signs, drawn as strokes in the colour of the text beside them. Never the only sign for anything.

const PATHS = {
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4',
  filter: 'M3 5h14M6 10h8M8.5 15h3',
  tag: 'M3 3.5h6.5l7 7-6 6-7.5-7ZM6.5 7v.01',
  notes: 'M4 3.5h12v13H4ZM7 7.5h6M7 10.5h6M7 13.5h3.5',
  more: 'M4.5 10h.6M9.7 10h.6M14.9 10h.6',
  close: 'M5 5l10 10M15 5L5 15',
  up: 'M5 12.5l5-5 5 5',
  down: 'M5 7.5l5 5 5-5',
  check: 'M4 10.5l4 4 8-9',
  comment: 'M3.5 4h13v9.5H10L6.5 16.5v-3h-3Z',
  pen: 'M4 16l1-4 8.5-8.5 3 3L8 15l-4 1ZM11.5 5.5l3 3',
  cards: 'M3.5 4.5h13v4h-13ZM3.5 11.5h13v4h-13Z',
  plus: 'M10 4v12M4 10h12',
  keyboard: 'M2.5 5h15v10h-15ZM6 12h8M5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01',
} as const;

export type IconName = keyof typeof PATHS;

/** A sign beside words; hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
