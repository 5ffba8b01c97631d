// The tags of a case: what they are called, how they look, in which order and groups they stand. Live for everybody.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { contentsOf } from '../../marginalia/contents.ts';
import type { Tag, TagGroup } from '../../marginalia/model.ts';
import { tagCounts } from '../../marginalia/statistics.ts';
import { TagCommands } from '../../marginalia/tag_commands.ts';
import { Dialog } from '../base/dialog.tsx';
import { Icon } from '../base/icons.tsx';
import { allowed } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { GroupRow } from './group_row.tsx';
import { TagRow } from './tag_row.tsx';

export function TagsDialog({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const { marginalia } = desk;
  const open = useSignal<string | null>(null);
  const counts = tagCounts({ highlights: contentsOf(marginalia).highlights, tags: marginalia.tags.value });
  const groups: readonly (TagGroup | null)[] = [null, ...marginalia.tagGroups.value];
  return (
    <Dialog title="Tags of this case" onClose={onClose} isWide>
      <p class="hint">
        Everybody in this case shares these tags.
        {marginalia.may('add', 'tag') && ' The first ten have the keys 1 to 0. Deleting a tag never deletes what was highlighted with it.'}
      </p>
      {groups.map((group) => {
        const own = marginalia.tags.value.filter((tag) => tag.group === (group?.id ?? null));
        return (
          <section key={group?.id ?? ''} aria-label={group?.name ?? 'Tags without a group'}>
            {group !== null && <GroupRow group={group} />}
            <ul class="tag-list">
              {own.map((tag, index) => (
                <TagRow key={tag.id} tag={tag} siblings={own} index={index} count={counts.get(tag.id) ?? 0} open={open} />
              ))}
            </ul>
          </section>
        );
      })}
      {marginalia.may('add', 'tag') && <NewTag made={(id) => (open.value = id)} />}
      <Deleted tags={marginalia.deletedTags.value} />
    </Dialog>
  );
}

function NewTag({ made }: { made: (id: string) => void }) {
  const desk = useDesk();
  const field = useRef<HTMLInputElement>(null);
  const problem = useSignal('');
  const add = (make: (name: string) => string | null, done: (id: string) => void): void => {
    const name = field.current?.value ?? '';
    if (!allowed(desk, desk.marginalia.may('add', 'tag'))) {
      return;
    }
    const id = name.trim() === '' ? null : make(name);
    problem.value = name.trim() === '' ? 'Give it a name first.' : id === null ? 'There are too many tags in this case already.' : '';
    if (id === null) {
      field.current?.focus();
    } else if (field.current !== null) {
      field.current.value = '';
      done(id);
    }
  };
  return (
    <form
      class="dialog-part name-form"
      onSubmit={(event) => {
        event.preventDefault();
        add((name) => new TagCommands(desk.marginalia).createTag({ name }), made);
      }}
    >
      <label for="new-tag">New tag or group</label>
      <div class="row">
        <input ref={field} id="new-tag" maxLength={100} autocomplete="off" aria-describedby="new-tag-problem" />
        <button type="submit" class="primary">
          <Icon name="plus" />
          Tag
        </button>
        <button type="button" class="quiet" onClick={() => add((name) => new TagCommands(desk.marginalia).createTagGroup(name), () => {})}>
          <Icon name="plus" />
          Group
        </button>
      </div>
      <p id="new-tag-problem" class="warning" role="alert">
        {problem}
      </p>
    </form>
  );
}

function Deleted({ tags }: { tags: readonly Tag[] }) {
  const desk = useDesk();
  return tags.length === 0 ? null : (
    <details class="dialog-part">
      <summary>{tags.length === 1 ? '1 deleted tag' : `${tags.length} deleted tags`}</summary>
      <ul class="tag-list">
        {tags.map((tag) => (
          <li key={tag.id} class="tag-line">
            <span class="grow">{tag.name}</span>
            {new TagCommands(desk.marginalia).mayEdit(tag.id) && (
              <button type="button" class="quiet" onClick={() => allowed(desk, true) && new TagCommands(desk.marginalia).restoreTag(tag.id)}>
                Bring back
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
