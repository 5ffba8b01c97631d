// Bringing annotations into a case: a file is looked at first, then taken in as one step that can be undone.

import { useSignal } from '@preact/signals';

import { adopt } from '../../marginalia/contents.ts';
import { planImport } from '../../marginalia/import.ts';
import type { ImportPlan, SkipReason } from '../../marginalia/import.ts';
import { NotAnExportError } from '../../marginalia/import_file.ts';
import { Dialog } from '../base/dialog.tsx';
import { allowed, undo } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';

type Look = { look: 'none' } | { look: 'unusable'; why: string } | { look: 'plan'; plan: ImportPlan };

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const state = useSignal<Look>({ look: 'none' });
  const read = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) {
      const { marginalia, head, me, session } = desk;
      try {
        const plan = planImport(await file.text(), {
          text: marginalia.text,
          textHash: head?.text ?? '',
          me,
          tags: marginalia.tags.peek(),
          has: (root, id) => session.client.doc.getMap(root).has(id),
          now: Date.now(),
        });
        state.value = { look: 'plan', plan };
      } catch (error) {
        const why = error instanceof NotAnExportError ? error.message : 'the file could not be read';
        state.value = { look: 'unusable', why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.` };
      }
    }
  };
  const take = (plan: ImportPlan): void => {
    if (allowed(desk, desk.marginalia.may('add', 'highlight'))) {
      const count = adopt(desk.marginalia, plan.entries);
      desk.notices.show(`Imported: ${sumWords(plan)}.`, { label: 'Undo', run: () => undo(desk) });
      desk.notices.say(`${count} entries imported.`);
      onClose();
    }
  };
  const now = state.value;
  return (
    <Dialog title="Import annotations" onClose={onClose}>
      <p>
        Choose a JSON-LD file that was exported from a case with the same text. What is here already stays as it is;
        imported things are marked as such.
      </p>
      <label>
        <span class="unseen">File</span>
        <input type="file" accept=".json,.jsonld,application/json,application/ld+json" onChange={({ currentTarget }) => void read(currentTarget.files?.[0])} />
      </label>
      {now.look === 'unusable' && (
        <p class="warning" role="alert">
          {now.why}
        </p>
      )}
      {now.look === 'plan' && <Plan plan={now.plan} take={() => take(now.plan)} />}
    </Dialog>
  );
}

function Plan({ plan, take }: { plan: ImportPlan; take: () => void }) {
  const isNothing = plan.entries.length === 0;
  return (
    <div class="dialog-part" role="status">
      {!plan.isSameText && (
        <p class="warning">The file is about another text, or does not say. Only what stands in this text word for word is taken.</p>
      )}
      <p>{isNothing ? 'There is nothing new in it.' : `It adds ${sumWords(plan)}.`}</p>
      {plan.present > 0 && <p class="hint">{plan.present} of its entries are here already.</p>}
      {[...plan.skipped].map(([why, count]) => (
        <p key={why} class="hint">
          {count} left out: {SKIP_WORDS[why] ?? why.replaceAll('_', ' ')}.
        </p>
      ))}
      {plan.examples.length > 0 && (
        <details>
          <summary>What is left out</summary>
          <ul>
            {plan.examples.map(({ words }, index) => (
              <li key={index}>{words}</li>
            ))}
          </ul>
        </details>
      )}
      <button type="button" class="primary" disabled={isNothing} onClick={take}>
        Import
      </button>
    </div>
  );
}

const SKIP_WORDS: Partial<Record<SkipReason, string>> = {
  unusable_id: 'their ids cannot be used',
  twice_in_file: 'they stand in the file twice',
  highlight_skipped: 'their highlight was left out',
  answers_nothing: 'what they answer is not there',
  blank: 'they are empty',
  too_many_tags: 'there are too many tags',
};

function sumWords({ added }: ImportPlan): string {
  const parts = [
    count(added.highlights, 'annotation'),
    count(added.comments, 'comment'),
    count(added.tags, 'tag'),
    count(added.tagGroups, 'group'),
  ].filter((part) => part !== '');
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}` : (parts[0] ?? 'nothing');
}

function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
}
