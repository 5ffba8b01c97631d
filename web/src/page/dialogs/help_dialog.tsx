// All keys, and the switches for those who steer the page in other ways.

import type { Signal } from '@preact/signals';

import { Dialog } from '../base/dialog.tsx';
import { singleKeys, tidings } from '../base/settings.ts';
import { KEY_LINES } from '../keys/key_lines.ts';

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const areSinglesOn = singleKeys.value === 'on';
  return (
    <Dialog title="Keys" onClose={onClose} isWide>
      <dl class="keys">
        {KEY_LINES.map(({ keys, does, isSingle }) => (
          <div key={does} class={isSingle && !areSinglesOn ? 'is-off' : ''}>
            <dt>
              {keys.map((key) => (key === '…' ? <span key={key}> to </span> : <kbd key={key}>{key}</kbd>))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-part">
        <Switch choice={singleKeys}>Single keys work outside of fields (switch off if speech or a screen reader types letters)</Switch>
        <Switch choice={tidings}>Screen readers are told, every few seconds, what others add</Switch>
      </div>
      <div class="dialog-part">
        <p>
          Select words to highlight them. Click a highlight to open its card; where several lie over each other, click
          again for the next one. The number at a paragraph counts its annotations and leads to them.
        </p>
      </div>
    </Dialog>
  );
}

function Switch({ choice, children }: { choice: Signal<'on' | 'off'>; children: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={choice.value === 'on'} onChange={() => (choice.value = choice.value === 'on' ? 'off' : 'on')} />
      {children}
    </label>
  );
}
