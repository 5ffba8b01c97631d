// Changing the tags of a case and their groups. A default tag is written whole, under its fixed id, when it is first
// changed; two people who do that to the same one in the same moment keep one of the two changes.

import { COLOURS, PATTERNS } from '../text/palette.ts';
import type { ColourName, HighlightStyle, PatternName } from '../text/palette.ts';
import { DEFAULT_TAGS } from './default_tags.ts';
import { presentable } from './fields.ts';
import { TAGS_MAX, TAG_DESCRIPTION_CHARS_MAX, TAG_NAME_CHARS_MAX } from './limits.ts';
import type { Tag } from './model.ts';
import { keysToPlace } from './order_key.ts';
import type { Ordered } from './order_key.ts';
import type { Fields, Pen } from './pen.ts';
import type { RootName } from './schema.ts';
import type { TagShelf } from './tag_shelf.ts';

/** What a tag is made of or changed to; null takes a description away. */
export type TagFields = {
  readonly name?: string;
  readonly colour?: ColourName;
  readonly pattern?: PatternName;
  readonly description?: string | null;
};

export class TagCommands {
  readonly #pen: Pen;
  readonly #shelf: TagShelf;

  constructor(pen: Pen, shelf: TagShelf) {
    this.#pen = pen;
    this.#shelf = shelf;
  }

  create(fields: TagFields & { name: string }, group: string | null): string | null {
    const { name, ...rest } = written(fields);
    if (typeof name !== 'string' || this.#isFull('tags')) {
      return null;
    }
    const id = this.#pen.newId();
    const siblings = this.#siblings(group, id);
    this.#pen.write(() => {
      const order = this.#place('tags', siblings, id, siblings.length);
      const look = leastUsedLook(this.#shelf.tags.peek());
      this.#pen.add({ root: 'tags', id, fields: { name, ...look, ...rest, group, order, ...this.#pen.signature() } });
    });
    return id;
  }

  edit(id: string, fields: TagFields): boolean {
    return this.#change('tags', id, written(fields));
  }

  move(id: string, group: string | null, before: string | null): boolean {
    if (!this.#shelf.byId.peek().has(id)) {
      return false;
    }
    const siblings = this.#siblings(group, id);
    return this.#pen.write(() => {
      const order = this.#place('tags', siblings, id, indexBefore(siblings, before));
      return this.#change('tags', id, { order, group });
    });
  }

  delete(id: string): boolean {
    return this.#shelf.byId.peek().has(id) && this.#change('tags', id, { deleted: true });
  }

  restore(id: string): boolean {
    return this.#shelf.deleted.peek().some((tag) => tag.id === id) && this.#change('tags', id, { deleted: null });
  }

  createGroup(label: string): string | null {
    const { name } = written({ name: label });
    if (typeof name !== 'string' || this.#isFull('tag_groups')) {
      return null;
    }
    const id = this.#pen.newId();
    const groups = this.#shelf.groups.peek();
    this.#pen.write(() => {
      const order = this.#place('tag_groups', groups, id, groups.length);
      this.#pen.add({ root: 'tag_groups', id, fields: { name, order, ...this.#pen.signature() } });
    });
    return id;
  }

  editGroup(id: string, name: string): boolean {
    return this.#change('tag_groups', id, written({ name }));
  }

  moveGroup(id: string, before: string | null): boolean {
    const others = this.#shelf.groups.peek().filter((group) => group.id !== id);
    return this.#pen.write(() => {
      const order = this.#place('tag_groups', others, id, indexBefore(others, before));
      return this.#change('tag_groups', id, { order });
    });
  }

  deleteGroup(id: string): boolean {
    return this.#pen.remove('tag_groups', id);
  }

  /** Finds a place; where there is no room, all siblings get new places too. */
  #place(root: RootName, siblings: readonly Ordered[], id: string, index: number): string {
    const keys = keysToPlace(siblings, id, index);
    for (const [sibling, order] of keys) {
      if (sibling !== id) {
        this.#change(root, sibling, { order });
      }
    }
    return keys.get(id) ?? '';
  }

  #change(root: RootName, id: string, fields: Fields): boolean {
    const isNothing = Object.keys(fields).length === 0;
    const unwritten = root === 'tags' && !this.#pen.roots.tags.has(id) ? DEFAULT_TAGS.find((tag) => tag.id === id) : undefined;
    if (unwritten === undefined || isNothing) {
      return !isNothing && this.#pen.change(root, id, fields);
    }
    const { name, colour, pattern, description, order } = unwritten;
    this.#pen.write(() => this.#pen.add({ root, id, fields: { name, colour, pattern, description, order, ...fields } }));
    return true;
  }

  #siblings(group: string | null, id: string): readonly Tag[] {
    return this.#shelf.tags.peek().filter((tag) => tag.group === group && tag.id !== id);
  }

  #isFull(root: RootName): boolean {
    return this.#pen.roots[root].size >= TAGS_MAX;
  }
}

/** The fields as they are written: blank names are left out, so that nothing becomes nameless. */
function written({ name, colour, pattern, description }: TagFields): Fields {
  const label = presentable(name ?? '', TAG_NAME_CHARS_MAX).replaceAll(/\s+/g, ' ').trim();
  return {
    ...(label === '' ? {} : { name: label }),
    ...(colour === undefined ? {} : { colour }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(description === undefined ? {} : { description: presentable(description ?? '', TAG_DESCRIPTION_CHARS_MAX).trim() || null }),
  };
}

function indexBefore(list: readonly Ordered[], before: string | null): number {
  const index = list.findIndex(({ id }) => id === before);
  return index === -1 ? list.length : index;
}

/** A colour that few tags have, with an underline that few tags of that colour have. */
function leastUsedLook(tags: readonly Tag[]): HighlightStyle {
  const colour = leastOf(COLOURS, (name) => tags.filter((tag) => tag.colour === name).length);
  const pattern = leastOf(PATTERNS, (name) => tags.filter((tag) => tag.colour === colour && tag.pattern === name).length);
  return { colour, pattern };
}

function leastOf<T extends string>(names: readonly T[], count: (name: T) => number): T {
  return names.reduce((least, name) => (count(name) < count(least) ? name : least));
}
