// The tags and their groups as signals: the defaults with whatever the document says over them, in the order shown.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type * as Y from 'yjs';

import { DEFAULT_TAGS } from './default_tags.ts';
import type { Tag, TagGroup } from './model.ts';
import { byOrder } from './order_key.ts';
import { keepSame } from './same.ts';
import { readTag, readTagGroup } from './schema.ts';
import type { WrittenTag } from './schema.ts';

const HOT_KEYS = '1234567890';

export class TagShelf {
  readonly #tags = signal<readonly Tag[]>([]);
  readonly #deleted = signal<readonly Tag[]>([]);
  readonly #groups = signal<readonly TagGroup[]>([]);
  readonly #byId = computed(() => new Map(this.#tags.value.map((tag) => [tag.id, tag])));

  /** Those without a group first, then group by group. */
  get tags(): ReadonlySignal<readonly Tag[]> {
    return this.#tags;
  }

  /** Those that were deleted and can be brought back. */
  get deleted(): ReadonlySignal<readonly Tag[]> {
    return this.#deleted;
  }

  get groups(): ReadonlySignal<readonly TagGroup[]> {
    return this.#groups;
  }

  get byId(): ReadonlySignal<ReadonlyMap<string, Tag>> {
    return this.#byId;
  }

  /** Reads both roots again. There are few tags, and any of them can move the others. Call it within a batch. */
  read(tags: Y.Map<unknown>, groups: Y.Map<unknown>): void {
    this.#groups.value = keepSame(this.#groups.peek(), sortedGroups(groups));
    const positions = new Map(this.#groups.peek().map(({ id }, index) => [id, index]));
    const written = writtenTags(tags).map((tag) => ({ ...tag, group: positions.has(tag.group ?? '') ? tag.group : null }));
    const position = (tag: WrittenTag): number => positions.get(tag.group ?? '') ?? -1;
    written.sort((a, b) => position(a) - position(b) || byOrder(a, b));
    const shown = written.filter(({ isDeleted }) => !isDeleted);
    const deleted = written.filter(({ isDeleted }) => isDeleted);
    this.#tags.value = keepSame(this.#tags.peek(), shown.map((tag, index) => tagOf(tag, HOT_KEYS[index] ?? null)));
    this.#deleted.value = keepSame(this.#deleted.peek(), deleted.map((tag) => tagOf(tag, null)));
  }
}

function sortedGroups(root: Y.Map<unknown>): TagGroup[] {
  return [...root.keys()].flatMap((id) => readTagGroup(root, id) ?? []).sort(byOrder);
}

/** The tags of a document, deleted ones included: what it says, and the defaults that it does not mention. */
export function writtenTags(root: Y.Map<unknown>): WrittenTag[] {
  const written = [...root.keys()].flatMap((id) => readTag(root, id) ?? []);
  const ids = new Set(written.map(({ id }) => id));
  return [...written, ...DEFAULT_TAGS.filter(({ id }) => !ids.has(id))];
}

function tagOf({ isDeleted: _isDeleted, ...tag }: WrittenTag, hotKey: string | null): Tag {
  return { ...tag, hotKey };
}
