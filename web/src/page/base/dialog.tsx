// A modal question or list, on the browser's own dialog: it traps focus, closes on Escape and gives the focus back.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { Icon } from './icons.tsx';

type DialogProps = {
  title: string;
  /** Called once, however the dialog was closed. */
  onClose: () => void;
  /** Without it there is no way out but the dialog's own buttons. */
  isDismissible?: boolean;
  isWide?: boolean;
  children: ComponentChildren;
};

/** Opens when it is mounted. */
export function Dialog({ title, onClose, isDismissible = true, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isWide ? 'dialog wide' : 'dialog'}
      aria-labelledby={titleId}
      onClose={onClose}
      onCancel={(event) => {
        if (!isDismissible) {
          event.preventDefault();
        }
      }}
      onClick={(event) => {
        // Only a click beside the dialog's content has the dialog itself as its target.
        if (isDismissible && event.target === dialog.current) {
          dialog.current?.close();
        }
      }}
    >
      <div class="dialog-sheet">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {isDismissible && (
            <button type="button" class="quiet square" aria-label="Close" onClick={() => dialog.current?.close()}>
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
