//! What a person may do, and how long they may stay (SPEC section 14): a token is an upper limit, and what the host has
//! said since (`rulings.rs`) counts. Who was let in without an authority has none that could end.

use annotation::Role;

use crate::{
    authority::{Authority, Ceiling, Proof},
    close::{self, Close},
    decode::limits::CLIENT_END,
    effect::Effect,
    glossator::Announcement,
    mutation::Mutation,
    session::SessionId,
    time::Timestamp,
};

use super::{Phase, Room, erasure::ERASED};

impl Room {
    /// What somebody may do who shows this, or how they are sent away.
    pub(super) fn role_of(&self, user: &str, authority: &Authority) -> Result<Role, Close> {
        if self.erased.holds(user) {
            return Err(ERASED);
        }
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
                None if self.rule.may_have_cut(authority) => return Err(CHANGED),
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
            Phase::Open if self.must_hear_ruling(authority) => {
                self.is_ruling_wanted = true;
                return Err(NOT_YET);
            }
            Phase::Open => {}
            // What is kept was not read: nobody could be refused by it, and nothing may be written over it.
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => return Err(NOT_YET),
        }
        // What is void counts against nobody: whoever has lost a token, and revoked it, is not made to pay for its thief.
        let role = self.role_of(user, authority)?;
        self.started_at(now, effects);
        let sockets = self.sessions.of_person(user);
        self.persons.admit(now, user, sockets, effects)?;
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
        if let Some(asker) = self.sessions.get(session) {
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
        let Some(holder) = self.sessions.get(session) else {
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
        let Some(mut holder) = self.sessions.get_mut(session) else {
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
        drop(holder);
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
        for session in self.sessions.ended(now) {
            self.close(now, session, ENDED, effects);
        }
    }
}

const ENDED: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the authority has ended; come back with a new ticket",
);
pub(super) const CHANGED: Close = Close::new(
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
