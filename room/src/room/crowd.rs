//! Who is here, as the room's sockets say and are told it (SPEC section 5).

use std::collections::BTreeSet;

use crate::{
    effect::Effect,
    limits::KEEPALIVE_MS,
    presence::{PresenceId, Renewal},
    session::{Resync, Session, SessionId},
    time::Timestamp,
    wire,
};

use super::Room;

impl Room {
    /// Takes what a socket says of itself, and ignores what it says of others.
    pub(super) fn take_presence(
        &mut self,
        now: Timestamp,
        session: SessionId,
        entries: &[(PresenceId, u32, Option<&str>)],
        effects: &mut Vec<Effect>,
    ) {
        // Who brings edits is turned away by a degraded room, and comes back several times a second: announced each
        // time with a higher clock, its own would be ignored for long afterwards.
        let is_settled = self.sessions.get(session).is_some_and(|session| {
            matches!(session.resync, Resync::Answered { .. }) || !self.is_degraded(now)
        });
        if let [(id, _, Some(_))] = entries
            && is_settled
        {
            self.adopt_presence(now, session, *id, effects);
        }
        let Some(own) = self
            .sessions
            .get(session)
            .and_then(|session| session.record.presence)
        else {
            return;
        };
        for &(id, clock, state) in entries {
            if id != own {
                continue;
            }
            match state {
                Some(state) => {
                    let renewal = self.renewal_of(session);
                    self.presence.set(now, session, id, (clock, state), renewal);
                }
                None => self.presence.remove(now, session, id),
            }
        }
    }

    /// The first single entry that a socket sends names its own id, unless another person holds it. A newer socket
    /// of the same person takes it over; the older one's close then removes nothing.
    fn adopt_presence(
        &mut self,
        now: Timestamp,
        session: SessionId,
        id: PresenceId,
        effects: &mut Vec<Effect>,
    ) {
        let Some(newcomer) = self.sessions.get(session).map(|session| &session.record) else {
            return;
        };
        if newcomer.presence.is_some() || newcomer.presence_yielded == Some(id) {
            return;
        }
        let holder = self.sessions.present_as(id);
        if holder.is_some_and(|holder| holder.record.user != newcomer.user)
            || self.is_anothers(now, id, &newcomer.user)
        {
            return self.refuse_foreign_id(now, session, effects);
        }
        let clock = holder.and_then(|holder| holder.record.presence_clock);
        let holder = holder.map(|holder| holder.record.session);
        for (owner, presence, clock) in holder
            .map(|holder| (holder, None, None))
            .into_iter()
            .chain([(session, Some(id), clock)])
        {
            if let Some(mut owner) = self.sessions.get_mut(owner) {
                owner.record.presence_yielded = presence.is_none().then_some(id);
                owner.record.presence = presence;
                owner.record.presence_clock = clock;
                effects.push(Effect::SaveSession {
                    record: owner.record.clone(),
                });
            }
        }
        let record = self.sessions.get(session).map(|own| own.record.clone());
        if let Some(record) = record {
            self.reserve(now, &record, effects);
            self.note_answered(now, session, effects);
        }
    }

    /// Sends what changed of who is here, and something to every stock socket before it takes silence for death.
    pub(super) fn advance_presence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.presence.sweep(now);
        self.tell_changes(now, effects);
        self.retell(now, effects);
        self.keep_alive(now, effects);
    }

    fn tell_changes(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self
            .presence
            .next_tick(self.sessions.len())
            .is_none_or(|at| at > now)
        {
            return;
        }
        let changes = self.presence.take_changes(now, self.sessions.len());
        self.save_told_clocks(&changes, effects);
        let (concerned, others): (Vec<_>, Vec<_>) = self
            .sessions
            .iter()
            .map(|session| (session.record.session, session.record.presence))
            .partition(|(_, own)| own.is_some_and(|own| changes.contains(&own)));
        let others: Vec<SessionId> = others.into_iter().map(|(session, _)| session).collect();
        for bundle in self.presence.bundles(&changes, None) {
            self.broadcast(now, others.clone(), bundle, effects);
        }
        for (session, own) in concerned {
            for bundle in self.presence.bundles(&changes, own) {
                self.send(now, session, bundle, effects);
            }
        }
    }

    /// Tells stock sockets again of those who do not renew their presence: as news, or it would be ignored.
    fn retell(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.presence.next_retelling().is_none_or(|at| at > now) {
            return;
        }
        let stock = self.sessions_that(|session| !session.is_glossator());
        if stock.is_empty() {
            return;
        }
        let told = self.presence.retell(now, stock.len());
        self.save_told_clocks(&told, effects);
        for bundle in self.presence.bundles(&told, None) {
            self.broadcast(now, stock.clone(), bundle, effects);
        }
    }

    /// When somebody is to be told again, if there is anybody who forgets.
    pub(super) fn next_retelling(&self) -> Option<Timestamp> {
        let at = self.presence.next_retelling()?;
        self.sessions.has_stock().then_some(at)
    }

    /// Asks those again, after hibernation, whose presence a newcomer could not be told. They do not renew it.
    pub(super) fn ask_presence_again(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let unknown = self.presence.without_state();
        if unknown.is_empty() {
            return;
        }
        let asked = self.sessions_that(|session| {
            let own = session.record.presence;
            session.is_glossator() && own.is_some_and(|own| unknown.contains(&own))
        });
        self.broadcast(now, asked, wire::query_awareness(), effects);
    }

    /// Asks our client for its presence, which was ignored while it might have been turned away: it does not renew it.
    pub(super) fn ask_unannounced(
        &mut self,
        now: Timestamp,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        let sender = self.sessions.get(session);
        let is_unannounced =
            sender.is_some_and(|sender| sender.is_glossator() && sender.record.presence.is_none());
        if is_unannounced && self.degraded_until.is_some() {
            self.send(now, session, wire::query_awareness(), effects);
        }
    }

    pub(super) fn sessions_that(&self, is_meant: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        let sessions = self.sessions.iter();
        sessions
            .filter(|session| is_meant(session))
            .map(|session| session.record.session)
            .collect()
    }

    fn renewal_of(&self, session: SessionId) -> Renewal {
        match self.sessions.get(session) {
            Some(session) if session.is_glossator() => Renewal::NotNeeded,
            Some(_) | None => Renewal::Needed,
        }
    }

    /// Keeps in the attachments which clocks others are told.
    fn save_told_clocks(&mut self, told: &BTreeSet<PresenceId>, effects: &mut Vec<Effect>) {
        for &id in told {
            let Some((session, told)) = self.presence.told(id) else {
                self.save_departure(id, effects);
                continue;
            };
            let Some(mut owner) = self.sessions.get_mut(session) else {
                continue;
            };
            if owner.record.presence_clock != Some(told.clock) {
                owner.record.presence_clock = Some(told.clock);
                owner.record.presence_heard = Some(told.heard);
                owner.record.presence_digest = told.digest;
                effects.push(Effect::SaveSession {
                    record: owner.record.clone(),
                });
            }
        }
    }

    /// Keeps in the attachment of a socket that fell silent that others were told so: once is enough.
    fn save_departure(&mut self, id: PresenceId, effects: &mut Vec<Effect>) {
        let silent = self.sessions.present_as(id);
        let silent = silent.map(|silent| silent.record.session);
        if let Some(mut silent) = silent.and_then(|silent| self.sessions.get_mut(silent))
            && silent.record.presence_clock.take().is_some()
        {
            silent.record.presence_heard = None;
            silent.record.presence_digest = None;
            effects.push(Effect::SaveSession {
                record: silent.record.clone(),
            });
        }
    }

    fn keep_alive(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.keepalive_at.is_none_or(|at| at > now) {
            return;
        }
        let silent = self.sessions_that(|session| {
            !session.is_glossator() && now.millis_since(session.last_sent) >= KEEPALIVE_MS
        });
        self.broadcast(now, silent, wire::empty_awareness(), effects);
        self.keepalive_at = self
            .sessions
            .iter()
            .filter(|session| !session.is_glossator())
            .map(|session| session.last_sent + KEEPALIVE_MS)
            .min();
    }

    /// A stock socket begins to count the time for which it is sent nothing.
    pub(super) fn begin_keepalive(&mut self, now: Timestamp, session: SessionId) {
        let newcomer = self.sessions.get(session);
        if newcomer.is_some_and(|newcomer| !newcomer.is_glossator()) {
            self.keepalive_at.get_or_insert(now + KEEPALIVE_MS);
        }
    }
}
