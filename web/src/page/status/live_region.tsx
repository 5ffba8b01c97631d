// What screen readers are told: of one's own deeds at once, of others' in one sentence every few seconds.

import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type * as Y from 'yjs';

import { tidings as isOn } from '../base/settings.ts';
import { useDesk } from '../desk/desk.ts';
import type { Desk } from '../desk/desk.ts';
import { Company, NO_TIDINGS, addTidings, tidingsWords } from './tidings.ts';
import type { Tidings } from './tidings.ts';

const BATCH_MS = 4_000;
export function LiveRegion() {
  const desk = useDesk();
  const others = useSignal('');
  useEffect(() => gather(desk, (words) => (others.value = anew(words, others.peek()))), []);
  return (
    <div class="unseen">
      <p role="status">{desk.notices.spoken}</p>
      <p role="status" data-testid="tidings">
        {others}
      </p>
    </div>
  );
}

/** The same words twice in a row are said twice only if something of them differs. */
function anew(words: string, before: string): string {
  return words === before ? `${words}\u00A0` : words;
}

/** Counts what others do, and says it when it has been quiet or long enough; gives the function that ends it. */
function gather(desk: Desk, say: (words: string) => void): () => void {
  let news: Tidings = NO_TIDINGS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (next: Partial<Tidings>): void => {
    // What was there before one came is no news.
    if (!desk.session.hasDocument.peek() || isOn.peek() === 'off') {
      return;
    }
    news = addTidings(news, next);
    timer ??= setTimeout(() => {
      timer = undefined;
      const words = tidingsWords(news);
      news = NO_TIDINGS;
      if (words !== null) {
        say(words);
      }
    }, BATCH_MS);
  };
  const ends = [watchDocument(desk, tell), watchPeople(desk, tell)];
  return () => {
    clearTimeout(timer);
    for (const end of ends) {
      end();
    }
  };
}

function watchDocument(desk: Desk, tell: (next: Partial<Tidings>) => void): () => void {
  let end = (): void => {};
  const stop = effect(() => {
    // A document that took another's place has other roots.
    const doc = desk.session.doc.value;
    end();
    const count = (name: string, what: 'highlights' | 'comments'): (() => void) => {
      const root = doc.getMap(name);
      const watch = ({ changes }: Y.YMapEvent<unknown>, { local }: Y.Transaction): void => {
        const added = [...changes.keys.values()].filter(({ action }) => action === 'add').length;
        if (!local && added > 0) {
          tell({ [what]: added });
        }
      };
      root.observe(watch);
      return () => root.unobserve(watch);
    };
    const ends = [count('highlights', 'highlights'), count('comments', 'comments')];
    end = () => ends.forEach((each) => each());
  });
  return () => {
    stop();
    end();
  };
}

function watchPeople(desk: Desk, tell: (next: Partial<Tidings>) => void): () => void {
  const company = new Company();
  // One effect for both: of two that one batch wakes, the later made runs first.
  return effect(() => {
    const others = desk.session.people.value.filter(({ isMe }) => !isMe).map(({ name }) => name);
    const next = company.after(others, desk.session.sync.value.state === 'live', performance.now());
    if (next !== null) {
      tell(next);
    }
  });
}
