//! What a person may do, and how long they may stay (SPEC section 14): a token is an upper limit, and what the host has
//! said since counts. Who was let in without an authority has none that could end.

use annotation::Role;

use crate::{
    authority::{Authority, Ceiling, Proof, Ruling},
    close::{self, Close},
    decode::limits::CLIENT_END,
    effect::Effect,
    event::{RequestId, RulingOutcome},
    glossator::Announcement,
    limits::{CHECK_EVERY_MS, RULING_AHEAD_MAX_MS},
    mutation::Mutation,
    session::SessionId,
    time::Timestamp,
};

use super::{Phase, Room, host::host_failed, inquiry::Inquiry, kept::Rule};

impl Room {
    /// What somebody may do who shows this, or how they are sent away.
    pub(super) fn role_of(&self, user: &str, authority: &Authority) -> Result<Role, Close> {
        let ruling = &self.rule.ruling;
        let is_void = |at: Timestamp| at >= authority.granted_at;
        let change = ruling.changes.iter().find(|change| change.user == user);
        let change = change.filter(|change| is_void(change.changed_at));
        let role = match &authority.proof {
            Proof::Client { id } if ruling.revoked.contains(id) => return Err(REVOKED),
            Proof::Client { .. } if is_void(ruling.void_until) => return Err(REVOKED),
            Proof::Client { .. } => {
                change.map_or(authority.role, |change| change.role.min(authority.role))
            }
            Proof::Ticket { .. } | Proof::Resume => match change {
                Some(change) if change.role == Role::None => return Err(NOT_IN_CASE),
                Some(_) => return Err(CHANGED),
                None if is_void(ruling.void_until) => return Err(CHANGED),
                None => authority.role,
            },
        };
        let is_spared = |ceiling: &Ceiling| ceiling.spares_owners && role == Role::Own;
        let ceiling = ruling.ceiling.filter(|ceiling| !is_spared(ceiling));
        let role = ceiling.map_or(role, |ceiling| role.min(ceiling.role));
        if role == Role::None {
            Err(NOT_IN_CASE)
        } else {
            Ok(role)
        }
    }

    /// Whether somebody who shows this may see the case now. Nothing is used up by it. Nobody may while it is not known what
    /// the host has said.
    pub fn admits(&self, now: Timestamp, user: &str, authority: &Authority) -> bool {
        let is_known = match self.phase {
            Phase::Restoring(_) | Phase::Open => !self.must_hear_ruling(authority),
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => false,
        };
        is_known
            && authority.until > now
            && !self.persons.is_struck_out(now, user)
            && self.role_of(user, authority).is_ok()
    }

    /// As of when what the room knows of authorities was so, by the host's clock; absent if it never heard.
    pub fn ruling_as_of(&self) -> Option<Timestamp> {
        let has_heard = self.rule.heard_at != Timestamp::default();
        has_heard.then_some(self.rule.ruling.as_of)
    }

    /// Whether what is shown may be void and this storage cannot know: it never heard what the host has said. (Of what a page
    /// shows nothing counts that was granted before this storage began.)
    fn must_hear_ruling(&self, authority: &Authority) -> bool {
        match authority.proof {
            Proof::Client { .. } => self.ruling_as_of().is_none(),
            Proof::Ticket { .. } | Proof::Resume => false,
        }
    }

    /// Whether somebody waits for the document of whom only the host can say whether they may have it.
    pub(super) fn is_ruling_awaited(&self) -> bool {
        let authorities = self
            .sessions
            .values()
            .filter_map(|session| session.record.authority.as_ref());
        authorities
            .into_iter()
            .any(|authority| self.must_hear_ruling(authority))
    }

    /// Lets somebody in who shows this for the first time, and remembers what must not be shown twice.
    pub(super) fn admit_person(
        &mut self,
        now: Timestamp,
        user: &str,
        authority: &Authority,
        effects: &mut Vec<Effect>,
    ) -> Result<Role, Close> {
        if self.planted.is(Mutation::StrikesWashedOff) {
            self.persons.forget(user);
        }
        match self.phase {
            Phase::Restoring(_) => {}
            Phase::Open if self.must_hear_ruling(authority) => return Err(NOT_YET),
            Phase::Open => {}
            // What is kept was not read: nobody could be refused by it, and nothing may be written over it.
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => return Err(NOT_YET),
        }
        // What is void counts against nobody: whoever has lost a token, and revoked it, is not made to pay for its thief.
        let role = self.role_of(user, authority)?;
        self.started_at(now, effects);
        let sockets = self.sessions_that(|session| session.record.user == user);
        self.persons.admit(now, user, sockets.len(), effects)?;
        self.spend(now, user, authority, effects)?;
        Ok(role)
    }

    /// Takes a token for one that is shown now. A ticket is good once; what a storage that is gone has seen, no later one
    /// remembers: it takes nothing that was granted before it began.
    fn spend(
        &mut self,
        now: Timestamp,
        user: &str,
        authority: &Authority,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Close> {
        if authority.until <= now || authority.until.0 >= CLIENT_END {
            return Err(ENDED);
        }
        let started_at = self.started_at(now, effects);
        match &authority.proof {
            Proof::Client { .. } => Ok(()),
            Proof::Resume if authority.granted_at < started_at => Err(BEGINS),
            Proof::Resume => Ok(()),
            Proof::Ticket { id, spent_until } => {
                let is_fresh = self
                    .persons
                    .spend_ticket(now, user, (id, *spent_until), effects);
                if authority.granted_at < started_at {
                    Err(BEGINS)
                } else if is_fresh {
                    Ok(())
                } else {
                    Err(SPENT)
                }
            }
        }
    }

    /// A socket shows a new ticket.
    pub(super) fn renewal_asked(
        &mut self,
        session: SessionId,
        ticket: &str,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(asker) = self.sessions.get(&session) {
            effects.push(Effect::VerifyTicket {
                session,
                user: asker.record.user.clone(),
                ticket: ticket.to_owned(),
            });
        }
    }

    pub(super) fn ticket_verified(
        &mut self,
        now: Timestamp,
        session: SessionId,
        authority: Option<Authority>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(authority) = authority else {
            return self.refuse(now, session, NO_TICKET, effects);
        };
        let Some(holder) = self.sessions.get(&session) else {
            return;
        };
        let (user, had) = (holder.record.user.clone(), holder.role);
        let renewed = self
            .spend(now, &user, &authority, effects)
            .and_then(|()| self.role_of(&user, &authority));
        match renewed {
            // It becomes somebody else to the page: it comes back as such.
            Ok(role) if had.is_some_and(|had| had != role) => {
                self.close(now, session, CHANGED, effects);
            }
            Ok(role) => self.prolong(now, session, (authority, role), effects),
            Err(close) => self.refuse(now, session, close, effects),
        }
    }

    fn prolong(
        &mut self,
        now: Timestamp,
        session: SessionId,
        (authority, role): (Authority, Role),
        effects: &mut Vec<Effect>,
    ) {
        let Some(holder) = self.sessions.get_mut(&session) else {
            return;
        };
        holder.role = Some(role);
        // An older ticket takes nothing back; the first one begins to count.
        let before = holder.record.authority.take();
        let newest = match before {
            Some(before) if before.until >= authority.until => before,
            Some(_) | None => authority,
        };
        let authority_until = newest.until;
        holder.record.authority = Some(newest);
        let record = holder.record.clone();
        effects.push(Effect::SaveSession {
            record: record.clone(),
        });
        let renewed = Announcement::Renewed { authority_until };
        self.send(now, session, renewed.frame(), effects);
        if record.is_glossator() {
            effects.push(Effect::GiveResume { record });
        }
    }

    /// Closes the sockets whose authority has ended.
    pub(super) fn advance_authority(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.planted.is(Mutation::AuthorityNeverEnds) {
            return;
        }
        let has_ended = |authority: &Authority| authority.until <= now;
        let ended =
            self.sessions_that(|session| session.record.authority.as_ref().is_some_and(has_ended));
        for session in ended {
            self.close(now, session, ENDED, effects);
        }
    }

    pub(super) fn next_authority_end(&self) -> Option<Timestamp> {
        let sessions = self.sessions.values();
        sessions
            .filter_map(|session| Some(session.record.authority.as_ref()?.until))
            .min()
    }

    /// The host tells who may do what.
    pub(super) fn ruled(&mut self, now: Timestamp, ruling: Ruling, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Restoring(_) | Phase::Open => {}
            // What is kept was not read, or there is nothing left to rule over.
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => return,
        }
        if ruling.as_of > now + RULING_AHEAD_MAX_MS {
            // It would make every later one an older one.
            return effects.push(host_failed("ruling", "its time is far ahead".to_owned()));
        }
        if self
            .ruling_as_of()
            .is_some_and(|known| ruling.as_of < known)
        {
            // The host's clock has stepped back. It has answered all the same.
            self.rule.heard_at = now;
            return;
        }
        let is_lifted = |gone: &Ceiling| {
            let ceiling = ruling.ceiling;
            ceiling.is_none_or(|ceiling| ceiling.allows_more_than(gone))
        };
        let lifted = self.rule.ruling.ceiling.filter(is_lifted);
        self.rule = Rule {
            ruling,
            heard_at: now,
            started_at: self.rule.started_at,
        };
        effects.push(self.rule.keep());
        self.apply_rule(now, lifted, effects);
    }

    /// Judges everybody who is here by what the host has said. A page comes back to learn what it is now, and when a ceiling
    /// was lifted under which the host may have issued its ticket; a program goes on with what it may still do, for its token
    /// says what that is without one.
    pub(super) fn apply_rule(
        &mut self,
        now: Timestamp,
        lifted: Option<Ceiling>,
        effects: &mut Vec<Effect>,
    ) {
        if self.planted.is(Mutation::RulingNotApplied) {
            return;
        }
        let judged: Vec<_> = self
            .sessions
            .values()
            .filter_map(|session| {
                let record = &session.record;
                let authority = record.authority.as_ref()?;
                let role = self.role_of(&record.user, authority);
                let is_other = session.role.is_some_and(|had| Ok(had) != role);
                let may_be_cut = lifted.is_some_and(|gone| authority.role <= gone.role);
                let comes_back = record.is_glossator() && (is_other || may_be_cut);
                Some((record.session, comes_back, role))
            })
            .collect();
        for (session, comes_back, judged) in judged {
            match judged {
                Err(close) => self.close(now, session, close, effects),
                Ok(_) if comes_back => self.close(now, session, CHANGED, effects),
                Ok(role) => {
                    if let Some(session) = self.sessions.get_mut(&session) {
                        session.role = Some(role);
                    }
                }
            }
        }
    }

    pub(super) fn ruling_answered(
        &mut self,
        now: Timestamp,
        request: RequestId,
        outcome: RulingOutcome,
        effects: &mut Vec<Effect>,
    ) {
        if !self.ruling.answered(request) {
            return;
        }
        match outcome {
            RulingOutcome::Told(ruling) => {
                self.ruling.done();
                self.ruled(now, ruling, effects);
                if !self.is_ruling_awaited()
                    && let Some((request, outcome)) = self.held_restore.take()
                {
                    self.restore_finished(now, request, outcome, effects);
                }
            }
            RulingOutcome::Failed { reason } => {
                self.ruling.failed(now);
                effects.push(host_failed("ruling", reason));
            }
        }
    }

    /// Asks the host who may do what, while somebody is here whom that concerns and it was not said for a while: what it
    /// sends of itself may be late.
    pub(super) fn advance_ruling(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let is_concerned = self.may_ask_ruling();
        if is_concerned && self.ruling.next(true).is_none() {
            let due = match self.rule.heard_at {
                never if never == Timestamp::default() => now,
                // A clock that stepped back puts nothing off for longer.
                heard_at => heard_at.min(now) + CHECK_EVERY_MS,
            };
            self.ruling = Inquiry::due_at(due);
        }
        if is_concerned && self.ruling.is_due(now, true) {
            let request = self.draw_request();
            self.ruling.sent(now, request);
            effects.push(Effect::AskRuling { request });
        }
    }

    pub(super) fn next_ruling(&self) -> Option<Timestamp> {
        self.may_ask_ruling()
            .then(|| self.ruling.next(true))
            .flatten()
    }

    fn may_ask_ruling(&self) -> bool {
        let mut sessions = self.sessions.values();
        match self.phase {
            Phase::Restoring(_) | Phase::Open => {
                sessions.any(|session| session.record.authority.is_some())
            }
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => false,
        }
    }
}

const ENDED: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the authority has ended; come back with a new ticket",
);
const CHANGED: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the authority has changed; come back with a new ticket",
);
const BEGINS: Close = Close::new(
    close::AUTHORITY_ENDED,
    "this room has just begun; come back with a new ticket",
);
const SPENT: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the ticket was used before; come back with a new one",
);
const NOT_YET: Close = Close::new(
    close::TRY_LATER,
    "it is not known yet who may come in; try again",
);
const NO_TICKET: Close = Close::new(close::SIGN_IN, "the ticket is not valid; sign in again");
const NOT_IN_CASE: Close = Close::new(close::NOT_ALLOWED, "you may not see this case any more");
const REVOKED: Close = Close::new(close::NOT_ALLOWED, "the token was revoked; make a new one");
