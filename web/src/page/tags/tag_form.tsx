// Everything about one tag. Each change is made when it is chosen; there is nothing to save and nothing to lose.

import { COLOURS, PATTERNS } from '../../text/palette.ts';
import type { Tag } from '../../marginalia/model.ts';
import { TagCommands } from '../../marginalia/tag_commands.ts';
import type { TagFields } from '../../marginalia/tag_commands.ts';
import { allowed } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { Swatch } from './swatch.tsx';

/** Without `mayEdit` it is another person's: then it can be put elsewhere, and not be changed. */
export function TagForm({ tag, mayEdit, remove }: { tag: Tag; mayEdit: boolean; remove: () => void }) {
  const desk = useDesk();
  const { marginalia } = desk;
  const edit = (fields: TagFields): void => {
    if (allowed(desk, mayEdit)) {
      new TagCommands(marginalia).editTag(tag.id, fields);
    }
  };
  return (
    <form class="tag-edit" onSubmit={(event) => event.preventDefault()}>
      {mayEdit ? <EditedParts tag={tag} edit={edit} /> : <p class="hint">Only who made this tag may change it, and the owner of the case.</p>}
      {marginalia.tagGroups.value.length > 0 && (
        <label>
          Group
          <select
            value={tag.group ?? ''}
            onChange={({ currentTarget }) =>
              allowed(desk, marginalia.may('arrangement', 'tag')) && new TagCommands(marginalia).moveTag(tag.id, { group: currentTarget.value || null, before: null })
            }
          >
            <option value="">No group</option>
            {marginalia.tagGroups.value.map((group) => (
              <option key={group.id} value={group.id}>
                {group.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {mayEdit && (
        <p class="row">
          <button type="button" class="quiet danger" onClick={remove}>
            Delete this tag
          </button>
        </p>
      )}
    </form>
  );
}

function EditedParts({ tag, edit }: { tag: Tag; edit: (fields: TagFields) => void }) {
  return (
    <>
      <label>
        Name
        <input key={tag.name} defaultValue={tag.name} maxLength={100} autocomplete="off" onChange={({ currentTarget }) => edit({ name: currentTarget.value })} />
      </label>
      <Looks legend="Colour" names={COLOURS} current={tag.colour} look={(colour) => ({ colour, pattern: tag.pattern })} choose={(colour) => edit({ colour })} />
      <Looks legend="Underline" names={PATTERNS} current={tag.pattern} look={(pattern) => ({ colour: tag.colour, pattern })} choose={(pattern) => edit({ pattern })} />
      <label>
        Description
        <textarea key={tag.description} rows={2} maxLength={1000} defaultValue={tag.description ?? ''} onChange={({ currentTarget }) => edit({ description: currentTarget.value })} />
      </label>
    </>
  );
}

type LooksProps<Name extends string> = {
  legend: string;
  names: readonly Name[];
  current: Name;
  look: (name: Name) => Pick<Tag, 'colour' | 'pattern'>;
  choose: (name: Name) => void;
};

function Looks<Name extends string>({ legend, names, current, look, choose }: LooksProps<Name>) {
  return (
    <fieldset class="looks">
      <legend>{legend}</legend>
      {names.map((name) => (
        <label key={name} class="look" title={name}>
          <input type="radio" name={legend} aria-label={name} checked={name === current} onChange={() => choose(name)} />
          <Swatch look={look(name)} />
        </label>
      ))}
    </fieldset>
  );
}
