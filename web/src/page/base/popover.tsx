// A button with something small that opens below it, on the browser's own popover: light dismiss, Escape, top layer.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { placeBeside } from './place.ts';

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
    // What is inside may come later, and then the box has another size.
    const sizes = new ResizeObserver(() => {
      const at = placeBeside(anchor.getBoundingClientRect(), sizeOf(box), viewport(), align);
      box.style.setProperty('left', `${at.left}px`);
      box.style.setProperty('top', `${at.top}px`);
      if (isMenu && !box.contains(document.activeElement)) {
        firstButton(box)?.focus();
      }
    });
    sizes.observe(box);
    return () => sizes.disconnect();
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
        onKeyDown={isMenu ? walk : undefined}
      >
        {isOpen && children()}
      </div>
    </>
  );
}

/** The arrow keys lead from button to button. */
export function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not([disabled]), a[href]')];
  if (step === 0 || buttons.length === 0) {
    return;
  }
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

function firstButton(box: HTMLElement): HTMLElement | null {
  return box.querySelector<HTMLElement>('button:not([disabled]), a[href]');
}

export function sizeOf(box: HTMLElement): { width: number; height: number } {
  return { width: box.offsetWidth, height: box.offsetHeight };
}

export function viewport(): { width: number; height: number } {
  return { width: document.documentElement.clientWidth, height: window.innerHeight };
}
