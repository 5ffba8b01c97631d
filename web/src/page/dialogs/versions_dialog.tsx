// Earlier states of a case, for its owner: listed, read, and brought back as edits.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type * as Y from 'yjs';

import { isSamePlan, openState, planRestoration, readState, restore } from '../../marginalia/restoration.ts';
import type { Extent, Restoration, State } from '../../marginalia/restoration.ts';
import type { RootName } from '../../marginalia/schema.ts';
import { Dialog } from '../base/dialog.tsx';
import { momentWords } from '../base/time_words.ts';
import { allowed, toText, undo } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import type { Desk } from '../desk/desk.ts';
import { amountWords, problemOf, readVersions, whatDiffers } from './versions.ts';
import type { Version } from './versions.ts';

type Look =
  | { readonly look: 'fetching' }
  | { readonly look: 'problem'; readonly words: string }
  | { readonly look: 'list'; readonly versions: readonly Version[] }
  | { readonly look: 'state'; readonly version: Version; readonly then: Y.Doc; readonly plan: Restoration; readonly hasChanged: boolean };

export function VersionsDialog({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const look = useSignal<Look>({ look: 'fetching' });
  const address = `/api/cases/${encodeURIComponent(desk.caseId)}/versions`;
  const list = async (): Promise<void> => {
    const answer = await fetch(address).catch(() => null);
    look.value = answer?.ok === true
      ? { look: 'list', versions: readVersions(await answer.json()) }
      : { look: 'problem', words: problemOf(answer?.status ?? null) };
  };
  const open = async (version: Version): Promise<void> => {
    look.value = { look: 'fetching' };
    const answer = await fetch(`${address}/${version.version}`).catch(() => null);
    if (answer?.ok !== true) {
      look.value = { look: 'problem', words: problemOf(answer?.status ?? null) };
      return;
    }
    const { document } = (await answer.json()) as { document: string };
    const then = openState(document);
    look.value = { look: 'state', version, then, plan: planRestoration(then, desk.marginalia), hasChanged: false };
  };
  useEffect(() => {
    void list();
  }, []);
  const now = look.value;
  const part = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What was pressed has made room for what it led to.
    if (document.activeElement === document.body) {
      part.current?.focus();
    }
  }, [now.look]);
  return (
    <Dialog title="Earlier versions" onClose={onClose} isWide>
      <div ref={part} class="plain" tabIndex={-1}>
        {now.look === 'fetching' && <p role="status">Looking…</p>}
        {now.look === 'problem' && (
          <p class="warning" role="alert">
            {now.words}
          </p>
        )}
        {now.look === 'list' && <List versions={now.versions} open={(version) => void open(version)} />}
        {now.look === 'state' && (
          <Opened
            {...now}
            goBack={() => void list()}
            bringBack={(extent) => {
              const plan = planRestoration(now.then, desk.marginalia);
              if (isSamePlan(plan, now.plan)) {
                bringBack(desk, plan, extent);
                onClose();
                // Once the dialog lets it: to where the first of it stands in the text.
                setTimeout(() => toText(desk, plan.back.find(({ root }) => root === 'highlights')?.id ?? null));
              } else {
                // Nothing is done that was not shown.
                look.value = { ...now, plan, hasChanged: true };
              }
            }}
          />
        )}
      </div>
    </Dialog>
  );
}

function bringBack(desk: Desk, plan: Restoration, extent: Extent): void {
  if (allowed(desk, desk.marginalia.may('content', 'highlight', null))) {
    const count = restore(desk.marginalia, plan, extent);
    desk.notices.show('The earlier version was brought back.', { label: 'Undo', run: () => undo(desk) });
    desk.notices.say(`The earlier version was brought back: ${count} entries.`);
  }
}

function List({ versions, open }: { versions: readonly Version[]; open: (version: Version) => void }) {
  const desk = useDesk();
  if (versions.length === 0) {
    return <p>Nothing of this case has been stored yet. Versions come a few seconds after each edit.</p>;
  }
  return (
    <>
      <p>All of the last hour, then one an hour, a day, a month. Opening one changes nothing.</p>
      <ul class="ways">
        {versions.map((version, index) => (
          <li key={version.version}>
            <button type="button" class="way" onClick={() => open(version)}>
              <strong>{momentWords(version.at)}</strong>
              <span class="hint">
                {version.isCurrent ? 'Newest stored. ' : ''}
                {whatDiffers(version, versions[index + 1])}
                {byWords(desk, version)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Who wrote last: as the host knows them, or else as they have signed something here. */
function byWords(desk: Desk, { byName, lastEditor }: Version): string {
  const signed = [...desk.marginalia.highlights.value.values()].find((highlight) => lastEditor !== null && highlight.value.authorId === lastEditor);
  const name = byName ?? signed?.value.author ?? null;
  return name === null ? '' : ` Last edit by ${name}.`;
}

type OpenedProps = {
  version: Version;
  then: Y.Doc;
  plan: Restoration;
  /** Whether others have changed the case since this was shown first. */
  hasChanged: boolean;
  goBack: () => void;
  bringBack: (extent: Extent) => void;
};

function Opened({ version, then, plan, hasChanged, goBack, bringBack }: OpenedProps) {
  const state = useMemo(() => readState(then), [then]);
  const withoutLater = useSignal(false);
  const withNotes = useSignal(false);
  const later = wordsOf(plan.later);
  const returns = [...plan.back, ...plan.changed];
  // Of an archived case even its owner only reads.
  const mayBring = useDesk().marginalia.may('content', 'highlight', null);
  const isNothing = returns.length === 0 && !(withoutLater.value && later !== '') && !(withNotes.value && plan.notes !== null);
  return (
    <div class="dialog-part">
      <p>
        <strong>{momentWords(version.at)}</strong>: {amountWords(state.highlights.length, 'annotation')}, {amountWords(commentsIn(state), 'comment')}.
      </p>
      <details>
        <summary>Read it</summary>
        <Reading state={state} />
      </details>
      {hasChanged && (
        <p class="warning" role="alert">
          The case has changed meanwhile. Nothing was done yet: this is what would be done now.
        </p>
      )}
      <p>{plan.back.length === 0 ? 'Nothing of it is missing now.' : `Would come back: ${wordsOf(plan.back)}.`}</p>
      {plan.changed.length > 0 && <p>Would say again what they said then: {wordsOf(plan.changed)}.</p>}
      {later !== '' && (
        <label class="check">
          <input type="checkbox" checked={withoutLater.value} onChange={({ currentTarget }) => (withoutLater.value = currentTarget.checked)} />
          Also delete what has come since then: {later}
        </label>
      )}
      {plan.notes !== null && (
        <label class="check">
          <input type="checkbox" checked={withNotes.value} onChange={({ currentTarget }) => (withNotes.value = currentTarget.checked)} />
          Also replace the notes by those of then
        </label>
      )}
      {!mayBring && <p class="hint">Nobody writes in this case now, so that nothing can be brought back into it.</p>}
      <div class="row end">
        <button type="button" onClick={goBack}>
          All versions
        </button>
        {mayBring && (
          <button
            type="button"
            class="primary"
            disabled={isNothing}
            onClick={() => bringBack({ withoutLater: withoutLater.value, withNotes: withNotes.value })}
          >
            Bring it back
          </button>
        )}
      </div>
    </div>
  );
}

function commentsIn({ comments }: State): number {
  return [...comments.values()].reduce((sum, thread) => sum + thread.length, 0);
}

function Reading({ state }: { state: State }) {
  return (
    <>
      <ul>
        {state.highlights.map(({ id, target, author }) => (
          <li key={id}>
            “{target.quote}” <span class="hint">{author}</span>
            {state.comments.has(id) && (
              <ul>
                {state.comments.get(id)?.map((comment) => (
                  <li key={comment.id}>
                    {comment.text} <span class="hint">{comment.author}</span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {state.notes !== '' && <p class="lost">{state.notes}</p>}
    </>
  );
}

const WORDS: Readonly<Record<RootName, string>> = { highlights: 'annotation', comments: 'comment', tags: 'tag', tag_groups: 'group' };

function wordsOf(entries: readonly { readonly root: RootName }[]): string {
  const roots = Object.keys(WORDS) as RootName[];
  const parts = roots.map((root) => amountWords(entries.filter((entry) => entry.root === root).length, WORDS[root], ''));
  return parts.filter((part) => part !== '').join(', ');
}
