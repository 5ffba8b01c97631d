// What the light in the bar means, and a line below the bar for what cannot wait.

import { useDesk } from '../desk/desk.ts';
import { MAY_WORDS } from '../desk/role_words.ts';
import { longWords } from './long_words.ts';
import { standingOf } from './standing.ts';
import { Standings } from './standings.tsx';

/** Behind the light. */
export function Explanation() {
  return <Standings session={useDesk().session} mayWords={MAY_WORDS} />;
}

/** The sentences of the banner. */
export function BannerWords() {
  const { session } = useDesk();
  return <>{longWords(standingOf(session))}</>;
}
