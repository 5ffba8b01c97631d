// One tag in the dialog: how it looks, where it stands, and everything about it when it is open.

import type { Signal } from '@preact/signals';

import type { Tag } from '../../marginalia/model.ts';
import { TagCommands } from '../../marginalia/tag_commands.ts';
import { Icon } from '../base/icons.tsx';
import { allowed, undo } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { Swatch } from './swatch.tsx';
import { TagForm } from './tag_form.tsx';

type TagRowProps = { tag: Tag; siblings: readonly Tag[]; index: number; count: number; open: Signal<string | null> };

export function TagRow({ tag, siblings, index, count, open }: TagRowProps) {
  const desk = useDesk();
  const { marginalia } = desk;
  const mayArrange = marginalia.may('arrangement', 'tag');
  const mayEdit = new TagCommands(marginalia).mayEdit(tag.id);
  const isOpen = open.value === tag.id && (mayArrange || mayEdit);
  const move = (before: string | null): void => {
    if (allowed(desk, mayArrange)) {
      new TagCommands(marginalia).moveTag(tag.id, { group: tag.group, before });
      desk.notices.say(`${tag.name} moved.`);
    }
  };
  const remove = (): void => {
    if (allowed(desk, mayEdit)) {
      new TagCommands(marginalia).deleteTag(tag.id);
      desk.notices.show(`Tag “${tag.name}” deleted; its highlights stay.`, { label: 'Undo', run: () => undo(desk) });
      desk.notices.say(`Tag ${tag.name} deleted. Its highlights stay.`);
    }
  };
  return (
    <li class="tag-row">
      <div class="tag-line">
        <kbd aria-hidden="true">{tag.hotKey ?? '\u2007'}</kbd>
        <Swatch look={tag} />
        <span class="grow">
          {tag.name} <span class="hint">{count === 0 ? '' : count}</span>
        </span>
        {mayArrange && (
          <>
            <button type="button" class="quiet square" aria-label={`Move ${tag.name} up`} disabled={index === 0} onClick={() => move(siblings[index - 1]?.id ?? null)}>
              <Icon name="up" />
            </button>
            <button
              type="button"
              class="quiet square"
              aria-label={`Move ${tag.name} down`}
              disabled={index === siblings.length - 1}
              onClick={() => move(siblings[index + 2]?.id ?? null)}
            >
              <Icon name="down" />
            </button>
          </>
        )}
        {(mayArrange || mayEdit) && (
          <button type="button" class="quiet" aria-expanded={isOpen} aria-label={`Change ${tag.name}`} onClick={() => (open.value = isOpen ? null : tag.id)}>
            Change
          </button>
        )}
      </div>
      {isOpen && <TagForm tag={tag} mayEdit={mayEdit} remove={remove} />}
    </li>
  );
}
