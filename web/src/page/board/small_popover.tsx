// A button with something small that opens below it, on the browser's own popover.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { settle } from '../base/settle.ts';

type SmallPopoverProps = { label: ComponentChildren; name?: string; className: string; isMenu?: boolean; children: () => ComponentChildren };

/** What is in it is made when it opens. A click on a button in a menu closes that. */
export function SmallPopover({ label, name, className, isMenu = false, children }: SmallPopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  useEffect(() => {
    const open = isOpen.value;
    return open && box.current !== null && button.current !== null ? settle(box.current, button.current, 'end', isMenu) : undefined;
  }, [isOpen.value]);
  return (
    <>
      <button ref={button} type="button" class={className} aria-label={name} aria-expanded={isOpen.value} popovertarget={id}>
        {label}
      </button>
      <div
        ref={box}
        id={id}
        popover="auto"
        class={isMenu ? 'popover menu' : 'popover'}
        onToggle={({ newState }) => (isOpen.value = newState === 'open')}
        onClick={({ target }) => {
          if (isMenu && target instanceof Element && target.closest('button') !== null) {
            box.current?.hidePopover();
          }
        }}
      >
        {isOpen.value && children()}
      </div>
    </>
  );
}
