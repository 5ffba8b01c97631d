// Where the others are, at the edge of the text: a bar beside what they have selected, initials where they read.
// For sighted readers only; the list of people says the same in words.

import { effect, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import type { TextView } from '../../text/text_view.ts';
import { useDesk } from '../desk/desk.ts';
import { Avatar } from './avatar.tsx';
import type { Person } from './people.ts';

/** More marks than this would only be noise. */
const MARKS_MAX = 12;
const BESIDE_PX = 22;

type Mark = { person: Person; top: number; height: number; isSelection: boolean; shift: number };

export function MarginMarks({ view }: { view: TextView }) {
  const { me, session } = useDesk();
  const layer = useRef<HTMLDivElement>(null);
  const marks = useMemo(() => signal<readonly Mark[]>([]), []);
  useEffect(() => {
    let frame = 0;
    const measure = (): void => {
      frame = 0;
      const origin = layer.current?.getBoundingClientRect();
      if (origin !== undefined) {
        const left = Math.max(0, view.root.getBoundingClientRect().left - origin.left);
        layer.current?.style.setProperty('--edge', `${Math.round(left)}px`);
        marks.value = measureMarks(view, session.tabs.peek().filter(({ userId }) => userId !== me.id), origin.top);
      }
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(measure);
    };
    const sizes = new ResizeObserver(later);
    sizes.observe(view.root);
    const end = effect(() => {
      session.tabs.value;
      later();
    });
    return () => {
      end();
      sizes.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [view]);
  return (
    <div ref={layer} class="margin-marks" aria-hidden="true">
      {marks.value.map(({ person, top, height, isSelection, shift }) => (
        <div
          key={person.clientId}
          class={isSelection ? 'margin-mark is-selection' : 'margin-mark'}
          title={person.name}
          style={{ '--person': person.colour, top: `${top}px`, height: `${height}px`, '--shift': `${shift * BESIDE_PX}px` }}
        >
          <Avatar name={person.name} colour={person.colour} />
        </div>
      ))}
    </div>
  );
}

function measureMarks(view: TextView, tabs: readonly Person[], origin: number): Mark[] {
  const marks: Mark[] = [];
  for (const person of tabs.filter(({ isMe }) => !isMe)) {
    const span = person.selection ?? (person.reads === null ? null : { start: person.reads, end: person.reads + 1 });
    const range = span === null ? null : view.rangeOf(Math.max(0, span.start), Math.min(span.end, view.text.length));
    if (range !== null && marks.length < MARKS_MAX) {
      const { top, bottom } = range.getBoundingClientRect();
      marks.push({ person, top: Math.round(top - origin), height: Math.round(bottom - top), isSelection: person.selection !== null, shift: 0 });
    }
  }
  // Those at one line stand beside each other.
  for (const [index, mark] of marks.entries()) {
    mark.shift = marks.slice(0, index).filter(({ top }) => Math.abs(top - mark.top) < BESIDE_PX).length;
  }
  return marks;
}
