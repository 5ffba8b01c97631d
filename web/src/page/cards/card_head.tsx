// The first line of a card: its tag, its paragraph, and whether its discussion is resolved.

import type { ReadonlySignal } from '@preact/signals';

import type { Highlight } from '../../marginalia/model.ts';
import { activate, retag, showInText, toText } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { Swatch } from '../tags/swatch.tsx';
import { CardMenu } from './card_menu.tsx';

type CardHeadProps = { id: string; highlight: ReadonlySignal<Highlight>; isActive: ReadonlySignal<boolean> };

export function CardHead({ id, highlight, isActive }: CardHeadProps) {
  const desk = useDesk();
  const { para, resolvedAt } = highlight.value;
  const tag = desk.marginalia.tagOf(highlight.value);
  const isOpen = isActive.value;
  const canRetag = isOpen && desk.canEdit.value && desk.marginalia.mayEdit(highlight.value);
  return (
    <header class="card-head">
      <button
        type="button"
        class="card-title"
        aria-expanded={isOpen}
        onClick={() => {
          activate(desk, isOpen ? null : id, 'card');
          if (!isOpen) {
            showInText(desk, id);
          }
        }}
      >
        <Swatch look={tag} />
        <span id={`tag-${id}`} class="card-tag">
          {tag?.name ?? 'No tag'}
        </span>
      </button>
      {canRetag && <TagChoice current={tag?.id ?? null} choose={(next) => retag(desk, id, next)} />}
      {resolvedAt !== null && <span class="card-mark">Resolved</span>}
      <a
        id={`para-${id}`}
        class="card-para"
        href={`#h=${encodeURIComponent(id)}`}
        title="Show in the text"
        onClick={(event) => {
          event.preventDefault();
          activate(desk, id, 'card');
          toText(desk, id);
        }}
      >
        {para === null ? 'text' : `¶\u2009${para}`}
      </a>
      {isOpen && <CardMenu id={id} highlight={highlight.value} />}
    </header>
  );
}

/** A native list of the tags, laid over the swatch's arrow: quick, keyboard and touch for free. */
function TagChoice({ current, choose }: { current: string | null; choose: (id: string | null) => void }) {
  const { tags } = useDesk().marginalia;
  return (
    <select
      class="tag-choice"
      aria-label="Change the tag"
      value={current ?? ''}
      onChange={({ currentTarget }) => choose(currentTarget.value === '' ? null : currentTarget.value)}
    >
      <option value="">No tag</option>
      {tags.value.map((tag) => (
        <option key={tag.id} value={tag.id}>
          {tag.name}
        </option>
      ))}
    </select>
  );
}
