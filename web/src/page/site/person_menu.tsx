// Who one is, and what belongs to that: the account, and leaving.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import type { Me } from '../../api/me.ts';
import { settle } from '../base/settle.ts';
import { Avatar } from '../people/avatar.tsx';
import { SignOutDialog } from './sign_out_dialog.tsx';

export function PersonMenu({ me }: { me: Me }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  const isLeaving = useSignal(false);
  useEffect(() => {
    const open = isOpen.value;
    return open && box.current !== null && button.current !== null ? settle(box.current, button.current, 'end', true) : undefined;
  }, [isOpen.value]);
  return (
    <>
      <button ref={button} type="button" class="quiet site-person" popovertarget={id} aria-expanded={isOpen.value}>
        <Avatar name={me.name} />
        <span class="site-name" dir="auto">
          {me.name}
        </span>
      </button>
      <div ref={box} id={id} popover="auto" class="popover menu" onToggle={({ newState }) => (isOpen.value = newState === 'open')}>
        <p class="menu-who">
          <strong dir="auto">{me.name}</strong>
          {me.email !== null && me.email !== me.name && <span>{me.email}</span>}
        </p>
        <a href="/account">Your account</a>
        <button
          type="button"
          onClick={() => {
            box.current?.hidePopover();
            isLeaving.value = true;
          }}
        >
          Sign out
        </button>
      </div>
      {isLeaving.value && <SignOutDialog me={me} onClose={() => (isLeaving.value = false)} />}
    </>
  );
}
