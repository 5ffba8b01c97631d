// A button with something small that opens below it, on the browser's own popover: light dismiss, Escape, top layer.
// What puts it below the button comes with what is inside, see `settle.ts`.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { fetchRest } from './parts.ts';

type PopoverButtonProps = {
  /** What the button shows. */
  label: ComponentChildren;
  /** What the button is called, where what it shows is not enough. */
  name?: string;
  className?: string;
  align?: 'start' | 'end';
  /** A list of buttons that the arrow keys walk through, or anything else. */
  isMenu?: boolean;
  /** Made when it opens. */
  children: () => ComponentChildren;
};

/** A button and what it opens. A click on a button inside closes a menu. */
export function PopoverButton({ label, name, className = 'quiet', align = 'end', isMenu = false, children }: PopoverButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const box = popover.current;
    const anchor = button.current;
    if (!isOpen || box === null || anchor === null) {
      return undefined;
    }
    let isOver = false;
    let end = (): void => {};
    // Should it not come, the browser puts the box into the middle.
    fetchRest().then(({ settle }) => isOver || (end = settle(box, anchor, align, isMenu)), () => {});
    return () => {
      isOver = true;
      end();
    };
  }, [isOpen]);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={className}
        aria-label={name}
        aria-expanded={isOpen}
        popovertarget={id}
      >
        {label}
      </button>
      <div
        ref={popover}
        id={id}
        popover="auto"
        class={isMenu ? 'popover menu' : 'popover'}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onClick={(event) => {
          if (isMenu && event.target instanceof Element && event.target.closest('button') !== null) {
            popover.current?.hidePopover();
          }
        }}
      >
        {isOpen && children()}
      </div>
    </>
  );
}
