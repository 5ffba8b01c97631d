// A piece of the page that is fetched when it is first shown.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { FAILED_WORDS } from './failed_words.ts';
import { fetchRest, rest } from './parts.ts';

type Parts = typeof import('../later.ts');
/** The names of the components that need nothing but the desk. */
type PartName = { [Name in keyof Parts]: Parts[Name] extends () => JSX.Element | null ? Name : never }[keyof Parts];

/** Shows a component by its name. */
export function Part({ name }: { name: PartName }) {
  const parts = useRest();
  if (parts === 'failed') {
    return <p class="hint">{FAILED_WORDS}</p>;
  }
  const Picked = parts?.[name];
  return Picked === undefined ? null : <Picked />;
}

/** The rest of the page: null while it is on its way. */
export function useRest(): Parts | 'failed' | null {
  const now = rest.value;
  useEffect(() => {
    // Whether it works is told by the signal.
    fetchRest().catch(() => {});
  }, []);
  return now.rest === 'here' ? now.parts : now.rest === 'failed' ? 'failed' : null;
}
