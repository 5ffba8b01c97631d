// A person in small: initials on their colour.

import { useLayoutEffect, useRef } from 'preact/hooks';

import { colourOf, initialsOf } from './people.ts';

/** Hidden from screen readers: the name always stands beside it. */
export function Avatar({ name, colour = colourOf(name) }: { name: string; colour?: string }) {
  const disc = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => disc.current?.style.setProperty('--person', colour), [colour]);
  return (
    <span class="avatar" ref={disc} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
