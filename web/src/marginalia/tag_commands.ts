// Changing the tags of a case and their groups. A default tag is written whole, under its fixed id, when it is first
// changed; `first_change.ts` sees to it that of two people who do so in the same moment neither loses a change.
//
// Part of `Marginalia` but for where it stands: few pages ever change a tag, so this is fetched with the dialog.
// As there, each command is one transaction and one step of undo; nothing is written where it gives null or false.

import { COLOURS, PATTERNS } from '../text/palette.ts';
import type { ColourName, HighlightStyle, PatternName } from '../text/palette.ts';
import { DEFAULT_TAGS } from './default_tags.ts';
import { entryOf, presentable } from './fields.ts';
import { watchFirstChange } from './first_change.ts';
import { TAGS_MAX, TAG_DESCRIPTION_CHARS_MAX, TAG_NAME_CHARS_MAX } from './limits.ts';
import type { Marginalia } from './marginalia.ts';
import type { Tag } from './model.ts';
import type { Ordered } from './order_key.ts';
import type { Fields, Pen } from './pen.ts';
import { keysToPlace } from './placing.ts';
import type { RootName } from './schema.ts';

/** What a tag is made of or changed to; null takes a description away. */
export type TagFields = {
  readonly name?: string;
  readonly colour?: ColourName;
  readonly pattern?: PatternName;
  readonly description?: string | null;
};

export class TagCommands {
  readonly #marginalia: Marginalia;
  readonly #pen: Pen;

  constructor(marginalia: Marginalia) {
    this.#marginalia = marginalia;
    this.#pen = marginalia.pen;
  }

  /** Whether the page offers to change or delete a tag: it is one's own, or nobody's. */
  mayEdit(id: string): boolean {
    return this.#marginalia.may('content', 'tag', entryOf(this.#pen.roots.tags.get(id))?.('author_id') ?? null);
  }

  /** Colour and pattern are chosen if not given. Null if the name is blank or there are too many tags. */
  createTag({ group = null, ...fields }: TagFields & { name: string; group?: string | null }): string | null {
    const { name, ...rest } = written(fields);
    if (typeof name !== 'string' || this.#isFull('tags')) {
      return null;
    }
    const id = this.#pen.newId();
    const siblings = this.#siblings(group, id);
    this.#pen.write(() => {
      const order = this.#place('tags', siblings, id, siblings.length);
      const look = leastUsedLook(this.#marginalia.tags.peek());
      this.#pen.add({ root: 'tags', id, fields: { name, ...look, ...rest, group, order, ...this.#pen.signature() } });
    });
    return id;
  }

  editTag(id: string, fields: TagFields): boolean {
    return this.#change('tags', id, written(fields));
  }

  /** Puts a tag into a group (null: none) before another tag of it, or at its end. */
  moveTag(id: string, { group, before }: { group: string | null; before: string | null }): boolean {
    if (!this.#has(id)) {
      return false;
    }
    const siblings = this.#siblings(group, id);
    return this.#pen.write(() => {
      const order = this.#place('tags', siblings, id, indexBefore(siblings, before));
      return this.#change('tags', id, { order, group });
    });
  }

  /** Its highlights stay and are shown without a tag; `restoreTag` brings it back. */
  deleteTag(id: string): boolean {
    return this.#has(id) && this.#change('tags', id, { deleted: true });
  }

  restoreTag(id: string): boolean {
    return this.#marginalia.deletedTags.peek().some((tag) => tag.id === id) && this.#change('tags', id, { deleted: null });
  }

  createTagGroup(label: string): string | null {
    const { name } = written({ name: label });
    if (typeof name !== 'string' || this.#isFull('tag_groups')) {
      return null;
    }
    const id = this.#pen.newId();
    const groups = this.#marginalia.tagGroups.peek();
    this.#pen.write(() => {
      const order = this.#place('tag_groups', groups, id, groups.length);
      this.#pen.add({ root: 'tag_groups', id, fields: { name, order, ...this.#pen.signature() } });
    });
    return id;
  }

  editTagGroup(id: string, name: string): boolean {
    return this.#change('tag_groups', id, written({ name }));
  }

  moveTagGroup(id: string, before: string | null): boolean {
    const others = this.#marginalia.tagGroups.peek().filter((group) => group.id !== id);
    return this.#pen.write(() => {
      const order = this.#place('tag_groups', others, id, indexBefore(others, before));
      return this.#change('tag_groups', id, { order });
    });
  }

  /** Its tags stay, without a group. */
  deleteTagGroup(id: string): boolean {
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
    const defaults = { name, colour, pattern, description, order };
    this.#pen.write(() => this.#pen.add({ root, id, fields: { ...defaults, ...fields } }));
    const { tags } = this.#pen.roots;
    watchFirstChange(tags, id, defaults, fields, (rest) => {
      if (this.#pen.roots.tags === tags) {
        this.#change(root, id, rest);
      }
    });
    return true;
  }

  #has(id: string): boolean {
    return this.#marginalia.tags.peek().some((tag) => tag.id === id);
  }

  #siblings(group: string | null, id: string): readonly Tag[] {
    return this.#marginalia.tags.peek().filter((tag) => tag.group === group && tag.id !== id);
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
