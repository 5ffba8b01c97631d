// One annotation in the margin: closed, what one needs to know of it; open, its whole thread and what can be done.
//
// A card is made once. Being opened, hovered, faded or moved changes attributes of its element; a comment changes its
// thread; so focus, caret and what is being typed stay.

import { useComputed, useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { Highlight } from '../../marginalia/model.ts';
import { activate, showInText } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { CardHead } from './card_head.tsx';
import type { Filling } from './filling.ts';
import { Preview } from './preview.tsx';
import { Thread } from './thread.tsx';

type CardProps = { id: string; highlight: ReadonlySignal<Highlight>; filling: Filling; isAtOnce: boolean };

export function Card({ id, highlight, filling, isAtOnce }: CardProps) {
  const desk = useDesk();
  const element = useRef<HTMLLIElement>(null);
  const isFilled = useSignal(isAtOnce);
  const isActive = useComputed(() => desk.active.value === id);
  const isHidden = useComputed(() => !(desk.finding.shown.value?.has(id) ?? true) && !isActive.value);
  const className = useComputed(() =>
    [
      'card',
      `colour-${desk.marginalia.tagOf(highlight.value)?.colour ?? 'slate'}`,
      isActive.value ? 'is-active' : '',
      desk.hovered.value === id ? 'is-hovered' : '',
      highlight.value.resolvedAt === null ? '' : 'is-resolved',
      (desk.finding.found.value?.has(id) ?? true) ? '' : 'is-faded',
    ]
      .filter(Boolean)
      .join(' '),
  );
  useLayoutEffect(() => {
    const card = element.current;
    if (card === null) {
      return undefined;
    }
    desk.column?.add(id, card);
    const stopWaiting = isFilled.peek() ? () => {} : filling.wait(card, () => (isFilled.value = true));
    return () => {
      stopWaiting();
      desk.column?.remove(id, card);
    };
  }, []);
  return (
    <li
      ref={element}
      id={`card-${id}`}
      data-id={id}
      class={className}
      hidden={isHidden}
      tabIndex={-1}
      onPointerEnter={() => (desk.hovered.value = id)}
      onPointerLeave={() => (desk.hovered.value = null)}
      onClick={(event) => {
        // A click on a control does what the control does, and one that ends a selection of words does nothing.
        const isOnControl = event.target instanceof Element && event.target.closest('button, a, select, textarea') !== null;
        if (!isOnControl && (getSelection()?.isCollapsed ?? true) && !isActive.peek()) {
          activate(desk, id, 'card');
          showInText(desk, id);
        }
      }}
    >
      {(isFilled.value || isActive.value) && (
        <article aria-labelledby={`tag-${id} para-${id}`}>
          <CardHead id={id} highlight={highlight} isActive={isActive} />
          <Quote highlight={highlight} />
          {isActive.value ? <Thread id={id} highlight={highlight} /> : <Preview id={id} highlight={highlight} />}
        </article>
      )}
    </li>
  );
}

function Quote({ highlight }: { highlight: ReadonlySignal<Highlight> }) {
  return (
    <blockquote class="card-quote" dir="auto">
      {highlight.value.target.quote}
    </blockquote>
  );
}
