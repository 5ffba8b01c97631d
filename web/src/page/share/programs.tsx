// Programs that open a case or board as oneself: the tokens that let them in are listed, made, and revoked.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import { fetchTokens, issueToken, revokeToken } from '../../api/client_tokens.ts';
import type { ClientToken, Lasting } from '../../api/client_tokens.ts';
import { SHARE_ROLES } from '../../api/shares.ts';
import type { ShareRole } from '../../api/shares.ts';
import { Dialog } from '../base/dialog.tsx';
import { recallIdentity } from '../base/identity.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { SHARE_ROLE_WORDS, counted, whenWords } from '../class/words.ts';
import { RoleSelect } from './role_select.tsx';

const LASTING_WORDS: Readonly<Record<Lasting, string>> = { hour: 'for an hour', workday: 'for eight hours', day: 'for a day' };

type ProgramsProps = {
  caseId: string;
  what: 'case' | 'board';
  /** A program may do as much as whoever lets it in, and no more. Null while that is not known. */
  most: ShareRole | null;
};

/** The same by itself, for whoever does not say with whom a case is shared. */
export function ProgramsDialog({ onClose, ...programs }: ProgramsProps & { onClose: () => void }) {
  return (
    <Dialog title="Your programs" onClose={onClose} isWide>
      <Programs {...programs} />
    </Dialog>
  );
}

export function Programs({ caseId, what, most }: ProgramsProps) {
  const tokens = useSignal<Reply<readonly ClientToken[]> | null>(null);
  const issued = useSignal<string | null>(null);
  const said = useSignal('');
  const ask = async (): Promise<void> => {
    tokens.value = await fetchTokens(caseId);
  };
  useEffect(() => void ask(), []);
  const now = tokens.value;
  return (
    <section class="share-part" aria-label="Programs">
      <h3>Programs</h3>
      <p class="hint">A token lets a program of yours into this {what} as you, for a day at most. Whoever has it can do with it what it may do.</p>
      {most !== null && (
        <IssueForm
          caseId={caseId}
          most={most}
          done={async (token) => {
            issued.value = token;
            said.value = '';
            await ask();
          }}
        />
      )}
      {issued.value !== null && <Issued key={issued.value} token={issued.value} caseId={caseId} said={said} />}
      <p class="hint" role="status">
        {said.value}
      </p>
      {now === null && <p role="status">The tokens are being fetched.</p>}
      {now !== null && now.reply !== 'found' && <Problem words={whyNot(now)} />}
      {now?.reply === 'found' && (
        <TokenList
          tokens={now.found}
          caseId={caseId}
          done={async () => {
            await ask();
            said.value = 'The token is revoked: no program gets in with it any more, and whatever was in by it is out.';
          }}
        />
      )}
    </section>
  );
}

function IssueForm({ caseId, most, done }: { caseId: string; most: ShareRole; done: (token: string) => unknown }) {
  const id = useId();
  const roles = SHARE_ROLES.slice(0, SHARE_ROLES.indexOf(most) + 1);
  const role = useSignal<ShareRole>('read');
  const lasting = useSignal<Lasting>('day');
  const sending = useSending();
  return (
    <form
      class="add-share"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void sending.send(() => issueToken(caseId, role.peek(), lasting.peek()), done);
      }}
    >
      <div class="row">
        <RoleSelect role={role.value} roles={roles} label="What the program may do" choose={(chosen) => (role.value = chosen)} />
        <select aria-label="For how long" value={lasting.value} onChange={({ currentTarget }) => (lasting.value = currentTarget.value as Lasting)}>
          {Object.entries(LASTING_WORDS).map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
        <button type="submit" class="quiet framed" aria-disabled={sending.isSending.value} aria-describedby={`${id}-problem`}>
          Make a token
        </button>
      </div>
      <Problem words={sending.problem.value} id={`${id}-problem`} />
    </form>
  );
}

/** Shown here and now alone: what is on record does not prove anything. */
function Issued({ token, caseId, said }: { token: string; caseId: string; said: Signal<string> }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const isCopied = useSignal(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(token);
      isCopied.value = true;
      said.value = 'The token has been copied.';
    } catch {
      // Where copying by script is forbidden, it is selected to be copied by hand.
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <div class="issued">
      <label for={id}>The new token: copy it now, it is not shown again</label>
      <div class="row">
        <input ref={field} id={id} class="grow" readOnly value={token} aria-describedby={`${id}-how`} onFocus={({ currentTarget }) => currentTarget.select()} />
        <button type="button" class="primary" onClick={() => void copy()}>
          {isCopied.value ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p class="hint" id={`${id}-how`}>
        A Yjs client opens <code>{`${location.origin.replace(/^http/, 'ws')}/sync`}</code> with the room <code>{caseId}</code> and this as its parameter <code>token</code>.
      </p>
    </div>
  );
}

function TokenList({ tokens, caseId, done }: { tokens: readonly ClientToken[]; caseId: string; done: () => unknown }) {
  const sending = useSending();
  const good = tokens.filter(({ isRevoked, expiresMs }) => !isRevoked && expiresMs > Date.now());
  const ended = tokens.length - good.length;
  const me = recallIdentity()?.id;
  return (
    <>
      {good.length > 0 && (
        <ul class="people-rows" aria-label="Tokens">
          {good.map(({ id, user, name, role, createdMs, expiresMs }) => (
            <li key={id}>
              <div class="who">
                <strong>{SHARE_ROLE_WORDS[role]}</strong>
                <span class="facts">
                  {user === me ? 'yours' : <>of <bdi>{name ?? 'somebody else'}</bdi></>} · made {momentOf(createdMs)} · ends {momentOf(expiresMs)}
                </span>
              </div>
              <button
                type="button"
                class="quiet"
                aria-label={`Revoke the token ${user === me ? '' : `of ${name ?? 'somebody else'} `}made ${momentOf(createdMs)}`}
                aria-disabled={sending.isSending.value}
                onClick={() => void sending.send(() => revokeToken(caseId, id), done)}
              >
                Revoke
              </button>
            </li>
          ))}
        </ul>
      )}
      <Problem words={sending.problem.value} />
      <p class="hint">
        {good.length === 0 && 'No program gets in at the moment. '}
        {ended > 0 && `${counted(ended, 'token has', 'tokens have')} ended.`}
      </p>
    </>
  );
}

function momentOf(ms: number): string {
  return whenWords(new Date(ms).toISOString());
}
