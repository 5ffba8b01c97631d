// Shows in the text what the search finds there, above annotations. `style/matches.css` has the looks: it comes with the
// rest of the page, since a rule that came with the first match would make the browser look at all of the text again.

import { effect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { Place } from '../../marginalia/model.ts';
import { hasLayers } from '../../text/create_painter.ts';
import { LayerBrush, doLayersInherit } from '../../text/layer_brush.ts';
import type { Brush, Coat, Painted } from '../../text/text_painter.ts';
import type { TextView } from '../../text/text_view.ts';
import type { Desk } from '../desk/desk.ts';
import { topOffset } from '../sheet/reading_place.ts';

/** Above whatever annotations show. */
const FOUND: Coat = { name: 'g-match', height: 20 };
const CURRENT: Coat = { name: 'g-match-current', height: 21 };
/** Of one turn, so that what is typed or scrolled meanwhile need not wait for thousands. */
const TURN_MS = 6;

type Matches = ReadonlySignal<readonly Place[]>;
type Current = ReadonlySignal<Place | null>;

/** Paints matches from now on, and the one that one stands at, on whichever text is on the page. */
export function paintMatches(desk: Desk, matches: Matches, current: Current): void {
  effect(() => {
    const view = desk.sheet.value?.view;
    return view === undefined ? undefined : paintOn(view, matches, current);
  });
}

function paintOn(view: TextView, matches: Matches, current: Current): () => void {
  const layer = new MatchLayer(view);
  const ends = [effect(() => layer.show(matches.value)), effect(() => layer.point(current.value))];
  return () => {
    ends.forEach((end) => end());
    layer.stop();
  };
}

class MatchLayer {
  readonly #view: TextView;
  readonly #shown = new Map<string, Painted>();
  #brush: Brush | null = null;
  #wanted: ReadonlyMap<string, Place> = new Map();
  #current: string | null = null;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: TextView) {
    this.#view = view;
  }

  /** Shows these and no others, those near the reader first. */
  show(places: readonly Place[]): void {
    this.#wanted = new Map(nearestFirst(places, this.#view).map((place) => [keyOf(place), place]));
    if (this.#brush !== null) {
      this.#workSoon();
    } else if (places.length > 0) {
      // Without its script there is nothing to be seen, but all of the stepping works; the next query tries again.
      void brushFor(this.#view).then((brush) => this.#take(brush), () => {});
    }
  }

  point(place: Place | null): void {
    const before = this.#current;
    this.#current = place === null ? null : keyOf(place);
    for (const key of [before, this.#current]) {
      const painted = this.#shown.get(key ?? '');
      if (painted !== undefined) {
        this.#brush?.change(painted, this.#coatsOf(painted));
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const painted of this.#shown.values()) {
      this.#brush?.hide(painted);
    }
    this.#brush?.stop?.();
  }

  #take(brush: Brush): void {
    if (this.#isStopped || this.#brush !== null) {
      brush.stop?.();
    } else {
      this.#brush = brush;
      this.#workSoon();
    }
  }

  /** In a task of its own: the one that asks has just looked through the text and all cards. */
  #workSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#work());
  }

  #work(): void {
    const until = performance.now() + TURN_MS;
    for (const change of this.#changes()) {
      if (performance.now() > until) {
        this.#workSoon();
        return;
      }
      change();
    }
  }

  *#changes(): Iterable<() => void> {
    for (const [key, painted] of this.#shown) {
      if (!this.#wanted.has(key)) {
        yield () => {
          this.#brush?.hide(painted);
          this.#shown.delete(key);
        };
      }
    }
    for (const [key, { start, end }] of this.#wanted) {
      if (!this.#shown.has(key)) {
        yield () => {
          const painted: Painted = { id: key, start, end, style: { colour: 'slate', pattern: 'solid' }, level: 0 };
          this.#shown.set(key, painted);
          this.#brush?.show(painted, this.#coatsOf(painted));
        };
      }
    }
  }

  #coatsOf({ id }: Painted): Coat[] {
    return id === this.#current ? [FOUND, CURRENT] : [FOUND];
  }
}

/** Layers where the rules for the root do for all of the text; rules of its own would have to match each element. */
async function brushFor(view: TextView): Promise<Brush> {
  const isLayered = hasLayers() && doLayersInherit();
  return isLayered ? new LayerBrush(view) : new (await import('../../text/mark_brush.ts')).MarkBrush(view);
}

function nearestFirst(places: readonly Place[], view: TextView): Place[] {
  const top = places.length === 0 ? 0 : (topOffset(view) ?? 0);
  const next = places.findIndex(({ end }) => end > top);
  return next < 0 ? [...places] : [...places.slice(next), ...places.slice(0, next)];
}

function keyOf({ start, end }: Place): string {
  return `${start}-${end}`;
}
