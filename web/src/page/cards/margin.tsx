// The margin beside the text, or on small screens the drawer over it: all annotations in the order of the text.

import type { ReadonlySignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import type { Highlight } from '../../marginalia/model.ts';
import { Icon } from '../base/icons.tsx';
import { Part } from '../base/part.tsx';
import { useDesk } from '../desk/desk.ts';
import type { Sheet } from '../desk/desk.ts';
import { Card } from './card.tsx';
import { CardColumn } from './column.ts';
import { Filling } from './filling.ts';

export function Margin() {
  const desk = useDesk();
  const count = desk.marginalia.order.value.length + desk.marginalia.orphans.value.length;
  const sheet = desk.sheet.value;
  const isOpen = desk.isDrawerOpen.value;
  return (
    <aside id="annotations" class={isOpen ? 'margin is-open' : 'margin'} aria-labelledby="annotations-title" tabIndex={-1}>
      <div class="margin-head">
        <h2 id="annotations-title">Annotations</h2>
        <button type="button" class="quiet square" aria-label="Close the annotations" onClick={() => (desk.isDrawerOpen.value = false)}>
          <Icon name="close" />
        </button>
      </div>
      <div class="margin-body">
        {desk.marginalia.orphans.value.length > 0 && <Part name="Orphans" />}
        {sheet !== null && <CardList sheet={sheet} />}
        {count === 0 && desk.text.text !== '' && <Invitation />}
      </div>
    </aside>
  );
}

function CardList({ sheet }: { sheet: Sheet }) {
  const desk = useDesk();
  const { marginalia } = desk;
  const list = useRef<HTMLOListElement>(null);
  const filling = useMemo(() => new Filling(), []);
  // The same object for the same card: then nothing of it is looked at when another one comes or goes.
  const cards = useMemo(() => new Map<string, VNode>(), []);
  const order = marginalia.order.value;
  const all = marginalia.highlights.value;
  const isAtOnce = filling.isAtOnce(order.length);
  useLayoutEffect(() => {
    if (list.current === null) {
      return undefined;
    }
    const column = new CardColumn(
      list.current,
      sheet.view.root,
      sheet.painter,
      () => marginalia.order.peek(),
      () => desk.active.peek(),
    );
    desk.column = column;
    for (const card of list.current.children) {
      if (card instanceof HTMLElement && card.dataset['id'] !== undefined) {
        column.add(card.dataset['id'], card);
      }
    }
    // Only what the person does settles the cards; a card that comes by itself must not move what they read.
    const settle = [desk.active, desk.finding.filter].map((wish) => wish.subscribe(() => column.settle()));
    return () => {
      settle.forEach((end) => end());
      column.stop();
      desk.column = null;
    };
  }, [sheet]);
  for (const id of cards.keys()) {
    if (!all.has(id)) {
      cards.delete(id);
    }
  }
  const cardOf = (id: string, highlight: ReadonlySignal<Highlight>): VNode => {
    const card = cards.get(id) ?? <Card key={id} id={id} highlight={highlight} filling={filling} isAtOnce={isAtOnce} />;
    cards.set(id, card);
    return card;
  };
  return (
    <ol class="cards" ref={list} aria-labelledby="annotations-title">
      {order.map((id) => {
        const highlight = all.get(id);
        return highlight === undefined ? null : cardOf(id, highlight);
      })}
    </ol>
  );
}

function Invitation() {
  const { marginalia, session } = useDesk();
  return session.hasDocument.value ? (
    <p class="invitation">
      Nobody has written in the margin yet.
      {marginalia.may('add', 'highlight') && ' Select some words of the text to highlight, tag or discuss them.'} <kbd>?</kbd> lists the keys.
    </p>
  ) : null;
}
