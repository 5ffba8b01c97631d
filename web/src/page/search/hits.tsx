// What was found in one case, or on one board.

import { boardAddress } from '../../api/boards.ts';
import type { Hit, HitKind } from '../../api/search.ts';

const KIND_WORDS: Readonly<Record<HitKind, string>> = { text: 'Text', quote: 'Highlight', comment: 'Comment', tag: 'Tag', person: 'Person', note: 'Note', private: 'Only you' };

export function Hits({ group }: { group: { caseId: string; title: string; hits: readonly Hit[] } }) {
  const { caseId, title, hits } = group;
  const address = hits[0]?.kind === 'note' ? boardAddress(caseId) : `/c/${encodeURIComponent(caseId)}`;
  return (
    <section aria-labelledby={`hits-${caseId}`}>
      <header class="section-head">
        <h2 id={`hits-${caseId}`}>
          <a href={address} dir="auto">
            {title}
          </a>
        </h2>
      </header>
      <ul class="hits">
        {hits.map((hit, index) => (
          <li key={index}>
            <a href={hit.fragment === null ? address : `${address}#${hit.fragment}`}>
              <span class="facts">{KIND_WORDS[hit.kind]}</span>
              <span class="snippet" dir="auto">
                {hit.snippet.map((piece, at) => (piece.isHit ? <mark key={at}>{piece.text}</mark> : piece.text))}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
