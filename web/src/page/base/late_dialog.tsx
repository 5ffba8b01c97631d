// A dialog that is fetched when it is first opened: most who come to a page never open it.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

import { Dialog } from './dialog.tsx';
import { FAILED_WORDS } from './failed_words.ts';

/** The dialog that `fetchIt` brings, to be used as if it were here. */
export function lateDialog<Props extends { onClose: () => void }>(fetchIt: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  // Whether it works is asked anew by whoever opens it again.
  const fetched = signal<{ is: ComponentType<Props> | 'failed' | null }>({ is: null });
  return function Late(props: Props) {
    useEffect(() => {
      if (typeof fetched.peek().is !== 'function') {
        fetched.value = { is: null };
        void fetchIt().then((is) => (fetched.value = { is }), () => (fetched.value = { is: 'failed' }));
      }
    }, []);
    const { is: Fetched } = fetched.value;
    if (Fetched === 'failed') {
      return (
        <Dialog title="Not available" onClose={props.onClose}>
          <p>{FAILED_WORDS}</p>
        </Dialog>
      );
    }
    return Fetched === null ? null : <Fetched {...props} />;
  };
}
