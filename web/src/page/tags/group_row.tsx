// The head of a group of tags in the dialog.

import type { TagGroup } from '../../marginalia/model.ts';
import { TagCommands } from '../../marginalia/tag_commands.ts';
import { Icon } from '../base/icons.tsx';
import { allowed } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';

export function GroupRow({ group }: { group: TagGroup }) {
  const desk = useDesk();
  const { marginalia } = desk;
  const isMine = marginalia.mayWriteFreely;
  const groups = marginalia.tagGroups.value;
  const index = groups.findIndex(({ id }) => id === group.id);
  const move = (before: string | null): void => {
    if (allowed(desk, isMine)) {
      new TagCommands(marginalia).moveTagGroup(group.id, before);
    }
  };
  if (!isMine) {
    return <p class="tag-line group-line">{group.name}</p>;
  }
  return (
    <div class="tag-line group-line">
      <input
        class="grow"
        aria-label="Name of the group"
        key={group.name}
        defaultValue={group.name}
        maxLength={100}
        onChange={({ currentTarget }) => allowed(desk, isMine) && new TagCommands(marginalia).editTagGroup(group.id, currentTarget.value)}
      />
      <button type="button" class="quiet square" aria-label={`Move group ${group.name} up`} disabled={index <= 0} onClick={() => move(groups[index - 1]?.id ?? null)}>
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="quiet square"
        aria-label={`Move group ${group.name} down`}
        disabled={index >= groups.length - 1}
        onClick={() => move(groups[index + 2]?.id ?? null)}
      >
        <Icon name="down" />
      </button>
      <button type="button" class="quiet" onClick={() => allowed(desk, isMine) && new TagCommands(marginalia).deleteTagGroup(group.id)}>
        Ungroup
      </button>
    </div>
  );
}
