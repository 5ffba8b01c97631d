//! What the host says of roles, how it is heard, and what is done with it at once (SPEC section 14).

use crate::{
    authority::{Authority, Proof, Ruling},
    effect::Effect,
    event::{RequestId, RulingOutcome},
    limits::{CHECK_EVERY_MS, RULING_AHEAD_MAX_MS},
    mutation::Mutation,
    time::Timestamp,
};

use super::{Phase, Room, authority::CHANGED, host::host_failed, inquiry::Inquiry};

impl Room {
    /// As of when what the room knows of authorities was so, by the host's clock; absent if it never heard.
    pub fn ruling_as_of(&self) -> Option<Timestamp> {
        let has_heard = self.rule.heard_at != Timestamp::default();
        has_heard.then_some(self.rule.ruling.as_of)
    }

    /// Whether what is shown may be void and this storage cannot know: it never heard what the host has said. (Of what a page
    /// shows nothing counts that was granted before this storage began.)
    pub(super) fn must_hear_ruling(&self, authority: &Authority) -> bool {
        match authority.proof {
            Proof::Client { .. } => self.ruling_as_of().is_none(),
            Proof::Ticket { .. } | Proof::Resume => false,
        }
    }

    /// Whether somebody waits for the document of whom only the host can say whether they may have it.
    pub(super) fn is_ruling_awaited(&self) -> bool {
        let authorities = self
            .sessions
            .iter()
            .filter_map(|session| session.record.authority.as_ref());
        authorities
            .into_iter()
            .any(|authority| self.must_hear_ruling(authority))
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
        self.is_ruling_wanted = false;
        self.rule.hear(ruling, now);
        effects.push(self.rule.keep());
        self.apply_rule(now, effects);
    }

    /// Judges everybody who is here by what the host has said. A page comes back to learn what it is now; a program goes on
    /// with what it may still do, for its token says what that is without one.
    pub(super) fn apply_rule(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.planted.is(Mutation::RulingNotApplied) {
            return;
        }
        let judged: Vec<_> = self
            .sessions
            .iter()
            .filter_map(|session| {
                let record = &session.record;
                let authority = record.authority.as_ref()?;
                let role = self.role_of(&record.user, authority);
                let is_other = session.role.is_some_and(|had| Ok(had) != role);
                Some((record.session, record.is_glossator() && is_other, role))
            })
            .collect();
        for (session, comes_back, judged) in judged {
            match judged {
                Err(close) => self.close(now, session, close, effects),
                Ok(_) if comes_back => self.close(now, session, CHANGED, effects),
                Ok(role) => {
                    if let Some(mut session) = self.sessions.get_mut(session) {
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

    /// Asks the host who may do what, while somebody is here, or was turned away, whom that concerns and it was not said for a while: what it
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
        match self.phase {
            Phase::Restoring(_) | Phase::Open => {
                self.is_ruling_wanted || self.sessions.next_end().is_some()
            }
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => false,
        }
    }
}
