// Who sits before this browser, until there is signing in: a name that the person gave and an id that was drawn for it.

import { cleanName } from '../people/people.ts';
import { keep, recall } from './stored.ts';

/** A person of the development page. */
export type Identity = { readonly id: string; readonly name: string };

const KEY = 'glossator.user';
const ID = /^[A-Za-z0-9._-]{1,64}$/;
let remembered: Identity | null = null;

/** The person, if one is known. */
export function recallIdentity(): Identity | null {
  remembered ??= readIdentity(recall(KEY));
  return remembered;
}

/** Where it is kept as whom an account acts in a case. */
export function personaKey(account: string, caseId: string): string {
  return `glossator.as.${account}/${caseId}`;
}

/** As whom a person acts in a case: in an anonymous class under another name and id than their account's. */
export function actingIn(caseId: string, account: Identity): Identity {
  return readIdentity(recall(personaKey(account.id, caseId))) ?? account;
}

/** Keeps a name; the id stays when only the name changes, so that the person's own work stays theirs. */
export function rememberIdentity(name: string, id: string = recallIdentity()?.id ?? newId()): Identity {
  remembered = { id, name };
  keep(KEY, JSON.stringify(remembered));
  return remembered;
}

/** Forgets the person. */
export function forgetIdentity(): void {
  remembered = null;
  keep(KEY, null);
}

/** Calls once when in another tab of this browser this person has signed out, or somebody else has signed in. */
export function whenSignedOut(id: string, left: (isReplaced: boolean) => void): void {
  let hasLeft = false;
  const judge = (stored: string | null): void => {
    const now = readIdentity(stored);
    // When somebody else signs out later, that says nothing of this person's.
    if (!hasLeft && now?.id !== id) {
      hasLeft = true;
      left(now !== null);
    }
  };
  addEventListener('storage', ({ key, newValue }) => {
    // Without a key, everything was removed.
    if ((key ?? KEY) === KEY) {
      judge(newValue);
    }
  });
  // A page in the browser's cache hears of nothing until it comes back. A name that could never be stored was not taken away.
  const isStored = recall(KEY) !== null;
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && isStored) {
      judge(recall(KEY));
    }
  });
}

/** Reads what was stored; null for anything that is not a person. */
export function readIdentity(stored: string | null): Identity | null {
  try {
    const value: unknown = JSON.parse(stored ?? 'null');
    if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) {
      return null;
    }
    const name = typeof value.name === 'string' ? cleanName(value.name) : null;
    return typeof value.id === 'string' && ID.test(value.id) && name !== null ? { id: value.id, name } : null;
  } catch {
    return null;
  }
}

function newId(): string {
  return `u-${crypto.randomUUID()}`;
}
