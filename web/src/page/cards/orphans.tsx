// Annotations whose words do not stand in this text for certain: listed, never shown at a place that may be wrong.

import { useDesk } from '../desk/desk.ts';
import { remove } from '../desk/rare_actions.ts';
import { Byline } from './byline.tsx';

export function Orphans() {
  const desk = useDesk();
  const { marginalia } = desk;
  const ids = marginalia.orphans.value;
  if (ids.length === 0) {
    return null;
  }
  return (
    <details class="orphans">
      <summary>
        {ids.length === 1 ? '1 annotation has' : `${ids.length} annotations have`} no certain place in this text
      </summary>
      <p class="hint">The words that were marked are not where they were, or not there at all. Nothing is lost.</p>
      <ul>
        {ids.map((id) => {
          const highlight = marginalia.highlights.value.get(id)?.value;
          if (highlight === undefined) {
            return null;
          }
          return (
            <li key={id} class="orphan">
              <p class="card-tag">{marginalia.tagOf(highlight)?.name ?? 'No tag'}</p>
              <blockquote class="card-quote" dir="auto">
                {highlight.target.quote}
              </blockquote>
              <Byline thing={highlight} />
              {marginalia.commentsOf(id).value.map((comment) => (
                <div key={comment.id} class="comment" data-depth={Math.min(comment.depth, 1)}>
                  <Byline thing={comment} />
                  <div class="words" dir="auto">
                    {comment.text}
                  </div>
                </div>
              ))}
              {marginalia.mayDelete(highlight) && (
                <button type="button" class="link danger" onClick={() => remove(desk, id)}>
                  Delete
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
