// The people of a class, for its staff: inviting them, and what each is.

import { signal, useSignal } from '@preact/signals';

import { CLASS_ROLES, changeMember, handOver, leads, removeMember, uninvite } from '../../api/classes.ts';
import type { ClassRole, Invited, Member, WholeClass } from '../../api/classes.ts';
import type { Me } from '../../api/me.ts';
import { moveMember } from '../../api/sections.ts';
import type { Section } from '../../api/sections.ts';
import { Confirm } from '../base/confirm.tsx';
import { useParts } from '../base/in_parts.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import type { Sending } from '../base/sending.ts';
import { Avatar } from '../people/avatar.tsx';
import { refresh, say } from './class_state.ts';
import { Invitation } from './invitation.tsx';
import { Roster } from './roster.tsx';
import { SectionsPart } from './sections_part.tsx';
import { ROLE_WORDS, counted } from './words.ts';

/** Fewer are found by looking. */
const SEARCHED_FROM = 12;

const looked = signal('');

export function PeoplePart({ whole, me }: { whole: WholeClass; me: Me }) {
  const { members, invited } = whole;
  const mayChange = leads(whole.role);
  const words = looked.value.trim().toLocaleLowerCase();
  const found = members.filter(({ name, email, persona }) => `${name} ${email ?? ''} ${persona ?? ''}`.toLocaleLowerCase().includes(words));
  const { shown, more } = useParts(found, 'people');
  const { shown: shownInvited, more: moreInvited } = useParts(invited, 'people');
  return (
    <>
      {mayChange && (
        <div class="cards-row">
          <Invitation whole={whole} />
          <Roster whole={whole} />
        </div>
      )}
      <SectionsPart whole={whole} />
      <section aria-label="Members">
        <header class="section-head">
          <h2>Members</h2>
          <p class="facts">{counted(members.length, 'person', 'people')}</p>
        </header>
        {members.length >= SEARCHED_FROM && (
          <input
            type="search"
            class="look-for"
            aria-label="Find a member"
            placeholder="Find a member"
            value={looked.value}
            onInput={({ currentTarget }) => (looked.value = currentTarget.value)}
          />
        )}
        <ul class="people-rows" aria-label="Members">
          {shown.map((member) => (
            <MemberRow
              key={member.user}
              member={member}
              classId={whole.id}
              sections={whole.sections}
              isMe={member.user === me.user}
              mayChange={mayChange}
              mayHandOver={whole.isOwner}
            />
          ))}
        </ul>
        {more}
        {shown.length === 0 && <p class="hint">Nobody here is called that.</p>}
      </section>
      {invited.length > 0 && (
        <section aria-label="Invited">
          <header class="section-head">
            <h2>Invited</h2>
            <p class="facts">{counted(invited.length, 'person', 'people')} not signed in yet</p>
          </header>
          <ul class="people-rows" aria-label="Invited">
            {shownInvited.map((each) => (
              <InvitedRow key={each.email} invited={each} classId={whole.id} sections={whole.sections} mayChange={mayChange} />
            ))}
          </ul>
          {moreInvited}
        </section>
      )}
    </>
  );
}

type MemberRowProps = { member: Member; classId: string; sections: readonly Section[]; isMe: boolean; mayChange: boolean; mayHandOver: boolean };

function MemberRow({ member, classId, sections, isMe, mayChange, mayHandOver }: MemberRowProps) {
  const { name, email, role } = member;
  const sending = useSending();
  return (
    <li>
      <Avatar name={name} />
      <div class="who">
        <strong dir="auto">{name}</strong>
        {member.persona !== null && <span class="facts">appears as {member.persona}</span>}
        {isMe && <span class="badge">you</span>}
        {email !== null && email !== name && <span class="address">{email}</span>}
        <Problem words={sending.problem.value} />
      </div>
      {role === 'student' && sections.length > 0 && (mayChange ? <Moving member={member} classId={classId} sections={sections} sending={sending} /> : <span class="facts">{nameIn(sections, member.section)}</span>)}
      {mayChange ? <Changing member={member} classId={classId} isMe={isMe} mayHandOver={mayHandOver} sending={sending} /> : <span class="facts">{ROLE_WORDS[role]}</span>}
    </li>
  );
}

/** What is shown of a section, or of being in none. */
function nameIn(sections: readonly Section[], section: string | null): string {
  return sections.find(({ id }) => id === section)?.name ?? 'no section';
}

function Moving({ member, classId, sections, sending }: Pick<MemberRowProps, 'member' | 'classId' | 'sections'> & { sending: Sending }) {
  const { user, name, section } = member;
  const move = async (chosen: string | null, select: HTMLSelectElement): Promise<void> => {
    await sending.send(() => moveMember(classId, user, chosen), async () => {
      await refresh();
      say(`${name} is in ${nameIn(sections, chosen)} now.`);
    });
    if (sending.problem.peek() !== null) {
      select.value = section ?? '';
    }
  };
  return (
    <select
      aria-label={`Section of ${name}`}
      value={section ?? ''}
      aria-busy={sending.isSending.value}
      onChange={({ currentTarget }) => void move(currentTarget.value === '' ? null : currentTarget.value, currentTarget)}
    >
      <option value="">No section</option>
      {sections.map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </select>
  );
}

type InvitedRowProps = { invited: Invited; classId: string; sections: readonly Section[]; mayChange: boolean };

function InvitedRow({ invited, classId, sections, mayChange }: InvitedRowProps) {
  const { email, role } = invited;
  const sending = useSending();
  const takeBack = (): Promise<void> => sending.send(() => uninvite(classId, email), async () => {
    await refresh();
    say(`${email} is not invited any more.`);
  });
  return (
    <li>
      <div class="who">
        <span class="address">{email}</span>
        <Problem words={sending.problem.value} />
      </div>
      <span class="facts">{[ROLE_WORDS[role], ...(invited.section === null ? [] : [nameIn(sections, invited.section)])].join(' · ')}</span>
      {mayChange && (
        <button type="button" class="quiet" aria-label={`Take back the invitation of ${email}`} onClick={() => void takeBack()}>
          Take back
        </button>
      )}
    </li>
  );
}

type ChangingProps = { member: Member; classId: string; isMe: boolean; mayHandOver: boolean; sending: Sending };

function Changing({ member, classId, isMe, mayHandOver, sending }: ChangingProps) {
  const { user, name, role } = member;
  const isLeaving = useSignal(false);
  const isHandingOver = useSignal(false);
  const choose = async (chosen: ClassRole, select: HTMLSelectElement): Promise<void> => {
    await sending.send(() => changeMember(classId, user, chosen), async () => {
      await refresh();
      say(`${name} is ${ROLE_WORDS[chosen].toLowerCase()} now.`);
    });
    if (sending.problem.peek() !== null) {
      // What did not come about is not shown as if it had.
      select.value = role;
    }
  };
  return (
    <>
      <select
        aria-label={`Role of ${name}`}
        value={role}
        aria-busy={sending.isSending.value}
        onChange={({ currentTarget }) => void choose(currentTarget.value as ClassRole, currentTarget)}
      >
        {CLASS_ROLES.map((each) => (
          <option key={each} value={each}>
            {ROLE_WORDS[each]}
          </option>
        ))}
      </select>
      <button type="button" class="quiet" aria-label={isMe ? 'Leave the class' : `Remove ${name}`} onClick={() => (isLeaving.value = true)}>
        {isMe ? 'Leave' : 'Remove'}
      </button>
      {mayHandOver && !isMe && (
        <button type="button" class="quiet" aria-label={`Make owner of the class: ${name}`} onClick={() => (isHandingOver.value = true)}>
          Make owner
        </button>
      )}
      {isHandingOver.value && (
        <Confirm
          title={`Make ${name} the owner?`}
          action="Hand the class over"
          question={() => handOver(classId, user)}
          done={async () => {
            await refresh();
            say(`The class is ${name}’s now.`);
          }}
          onClose={() => (isHandingOver.value = false)}
        >
          They coordinate the class from then on, and it is theirs. You stay in it as what you are, and may then leave it.
        </Confirm>
      )}
      {isLeaving.value && (
        <Confirm
          title={isMe ? 'Leave this class?' : `Remove ${name}?`}
          action={isMe ? 'Leave the class' : 'Remove from the class'}
          question={() => removeMember(classId, user)}
          done={async () => {
            if (isMe) {
              location.assign('/');
            } else {
              await refresh();
              say(`${name} is not in the class any more. The class has another code now, if it had one.`);
            }
          }}
          onClose={() => (isLeaving.value = false)}
        >
          {isMe
            ? 'You will not see its cases any more, but for those that are yours.'
            : 'They will not see its cases any more, but for those that are theirs. They know the class’s code, so it gets another one.'}{' '}
          What was written in them stays.
        </Confirm>
      )}
    </>
  );
}
