// Everything that is rarely wanted.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { fetchPlace } from '../../api/places.ts';
import { isAccount } from '../base/account.ts';
import { openPrivate } from '../privately/note_to_self.ts';
import { singleKeys, theme, tidings } from '../base/settings.ts';
import { mayComment, redo, undo } from './actions.ts';
import { useDesk } from './desk.ts';
import { roleOf } from './role_of.ts';

export function MoreMenu() {
  const desk = useDesk();
  const { account, head, marginalia } = desk;
  const role = roleOf(desk.session.access.value);
  const isOwner = role === 'own' || (role === 'read' && owned.value === desk.caseId);
  useEffect(() => {
    // The room says what the state of a case leaves of a role: of an archived one its owner, too, only reads.
    if (role === 'read' && isAccount(account.id) && head?.sample !== true) {
      void askWhetherOwn(desk.caseId);
    }
  }, [role]);
  return (
    <>
      {mayComment(desk) && <Steps />}
      <button type="button" onClick={() => (desk.dialog.value = 'export')}>
        Export or print…
      </button>
      {marginalia.may('add', 'highlight') && (
        <button type="button" onClick={() => (desk.dialog.value = 'import')}>
          Import annotations…
        </button>
      )}
      <button type="button" onClick={() => openPrivate(desk)}>
        Private notes: only me…
      </button>
      {isOwner && (
        <button type="button" onClick={() => (desk.dialog.value = 'versions')}>
          Earlier versions…
        </button>
      )}
      {isAccount(account.id) && (isOwner && head?.sample !== true ? (
        <button type="button" onClick={() => (desk.dialog.value = 'share')}>
          Share…
        </button>
      ) : (
        <button type="button" onClick={() => (desk.dialog.value = 'programs')}>
          Your programs…
        </button>
      ))}
      <hr />
      <button type="button" onClick={() => (theme.value = nextTheme())}>
        {THEME_WORDS[theme.value]}
      </button>
      <button type="button" onClick={() => flip(singleKeys)}>
        {singleKeys.value === 'on' ? 'Switch single keys off' : 'Switch single keys on'}
      </button>
      <button type="button" onClick={() => flip(tidings)}>
        {tidings.value === 'on' ? 'Stop announcing what others do' : 'Announce what others do'}
      </button>
      <button type="button" onClick={() => (desk.dialog.value = 'help')}>
        Keys and help <kbd>?</kbd>
      </button>
      <hr />
      <button type="button" onClick={() => (desk.dialog.value = 'name')}>
        Name, sign out…
      </button>
    </>
  );
}

/** Which case is one's own, by the word of the host. */
const owned = signal<string | null>(null);

async function askWhetherOwn(caseId: string): Promise<void> {
  const place = await fetchPlace('case', caseId);
  if (place.reply === 'found') {
    owned.value = place.found.isOwn ? caseId : null;
  }
}

function Steps() {
  const desk = useDesk();
  return (
    <>
      <button type="button" disabled={!desk.marginalia.canUndo.value} onClick={() => undo(desk)}>
        Undo <kbd>Ctrl Z</kbd>
      </button>
      <button type="button" disabled={!desk.marginalia.canRedo.value} onClick={() => redo(desk)}>
        Redo <kbd>Ctrl Shift Z</kbd>
      </button>
      <hr />
    </>
  );
}

const THEME_WORDS = { system: 'Colours: as the system', light: 'Colours: light', dark: 'Colours: dark' } as const;

function nextTheme(): 'system' | 'light' | 'dark' {
  return ({ system: 'light', light: 'dark', dark: 'system' } as const)[theme.peek()];
}

function flip(choice: Signal<'on' | 'off'>): void {
  choice.value = choice.peek() === 'on' ? 'off' : 'on';
}
