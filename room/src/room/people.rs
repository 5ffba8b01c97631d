//! Sockets that come and go, what they are told first, and who is here (SPEC sections 2 and 5).

use std::collections::BTreeSet;

use crate::{
    close::{self, Close},
    effect::{Effect, Notice},
    limits::{BREACH_MEMORY_MS, BREACHES_MAX, KEEPALIVE_MS, SESSIONS_MAX, USER_CHARS_MAX},
    mutation::Mutation,
    presence::PresenceId,
    session::{Greeting, Protocol, Resync, Session, SessionId, SessionRecord},
    time::Timestamp,
    wire,
};

use super::{Cache, Room};

impl Room {
    pub(super) fn session_opened(
        &mut self,
        now: Timestamp,
        session: SessionId,
        user: String,
        protocol: Protocol,
        effects: &mut Vec<Effect>,
    ) {
        let full = Close::new(close::TRY_LATER, "the room is full; try again later");
        let refusal = self
            .closed_to_all(now)
            .or((self.sessions.len() >= SESSIONS_MAX).then_some(full));
        if let Some(Close { code, reason }) = refusal {
            effects.push(Effect::CloseSession {
                session,
                code,
                reason,
            });
            return;
        }
        let user = user.chars().take(USER_CHARS_MAX).collect();
        let record = SessionRecord {
            session,
            user,
            protocol,
            has_document: false,
            presence: None,
            presence_clock: None,
            presence_heard: None,
            presence_digest: None,
        };
        effects.push(Effect::SaveSession {
            record: record.clone(),
        });
        self.keepalive_at.get_or_insert(now + KEEPALIVE_MS);
        self.presence.newcomer();
        self.sessions
            .insert(session, Session::new(record, now, Greeting::Due));
    }

    /// A socket is gone: so is its presence, and what it still had waiting is taken all the same.
    pub(super) fn forget(&mut self, now: Timestamp, session: SessionId) {
        let Some(gone) = self.sessions.remove(&session) else {
            return;
        };
        if let Some(id) = gone.record.presence
            && !self.planted.is(Mutation::PresenceNotRemoved)
        {
            self.presence.remove(now, session, id);
        }
        self.keep_waiting_updates(session, gone.record.user);
    }

    /// Closes a socket that is at fault, and counts it.
    pub(super) fn refuse(
        &mut self,
        now: Timestamp,
        session: SessionId,
        close: Close,
        effects: &mut Vec<Effect>,
    ) {
        *self.metrics.frames_refused.entry(close.code).or_default() += 1;
        effects.push(Effect::Report(Notice::FrameRefused {
            code: close.code,
            reason: close.reason.to_owned(),
        }));
        self.close(now, session, close, effects);
    }

    pub(super) fn close(
        &mut self,
        now: Timestamp,
        session: SessionId,
        close: Close,
        effects: &mut Vec<Effect>,
    ) {
        self.drop_waiting_of(session);
        let Some(gone) = self.sessions.remove(&session) else {
            return;
        };
        if let Some(id) = gone.record.presence {
            self.presence.remove(now, session, id);
        }
        effects.push(Effect::CloseSession {
            session,
            code: close.code,
            reason: close.reason,
        });
    }

    /// Closes a socket that asks too much: the first time it may come back, then it may not.
    pub(super) fn breach(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let Some(user) = self
            .sessions
            .get(&session)
            .map(|session| session.record.user.clone())
        else {
            return;
        };
        self.breaches
            .retain(|_, at| now.millis_since(*at) < BREACH_MEMORY_MS);
        if self.breaches.len() >= BREACHES_MAX {
            let oldest = self.breaches.iter().min_by_key(|(_, at)| **at);
            if let Some(oldest) = oldest.map(|(user, _)| user.clone()) {
                self.breaches.remove(&oldest);
            }
        }
        let close = match self.breaches.insert(user, now) {
            None => Close::new(close::TRY_LATER, "too many messages; come back more slowly"),
            Some(_) => Close::new(close::TOO_MANY, "too many messages, again"),
        };
        self.refuse(now, session, close, effects);
    }

    /// Tells each socket whose turn it is what the room has, and who is here.
    pub(super) fn greet(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let due: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| match session.greeting {
                Greeting::Due => true,
                Greeting::DueAt(at) => at <= now,
                Greeting::OnceLoaded { .. } | Greeting::Done => false,
            })
            .map(|(id, _)| *id)
            .collect();
        if due.is_empty() {
            return;
        }
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let step1 = wire::sync_step1(document.known().state_vector());
        let everybody = self.presence.everybody();
        for id in due {
            if !self.turn.is_open(now) {
                return;
            }
            let Some(session) = self.sessions.get_mut(&id) else {
                continue;
            };
            session.greeting = Greeting::Done;
            if !matches!(session.resync, Resync::Asked { .. }) {
                session.resync = Resync::Asked { at_seq: self.seq };
                self.send(now, id, step1.clone(), effects);
            }
            let Some(session) = self.sessions.get_mut(&id) else {
                continue;
            };
            let own = session.record.presence;
            for bundle in self.presence.bundles(&everybody, own) {
                self.turn.spend(now, bundle.len());
                self.send(now, id, bundle, effects);
            }
        }
    }

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
        let is_settled = self.sessions.get(&session).is_some_and(|session| {
            matches!(session.resync, Resync::Answered { .. }) || !self.is_degraded(now)
        });
        if let [(id, _, Some(_))] = entries
            && is_settled
        {
            self.adopt_presence(session, *id, effects);
        }
        let Some(own) = self
            .sessions
            .get(&session)
            .and_then(|session| session.record.presence)
        else {
            return;
        };
        for &(id, clock, state) in entries {
            if id != own {
                continue;
            }
            match state {
                Some(state) => self.presence.set(now, session, id, clock, state),
                None => self.presence.remove(now, session, id),
            }
        }
    }

    /// The first single entry that a socket sends names its own id, unless another person holds it. A newer socket
    /// of the same person takes it over; the older one's close then removes nothing.
    fn adopt_presence(&mut self, session: SessionId, id: PresenceId, effects: &mut Vec<Effect>) {
        let Some(newcomer) = self.sessions.get(&session).map(|session| &session.record) else {
            return;
        };
        if newcomer.presence.is_some() {
            return;
        }
        let holder = self
            .sessions
            .values()
            .find(|other| other.record.presence == Some(id));
        if holder.is_some_and(|holder| holder.record.user != newcomer.user) {
            return;
        }
        let clock = holder.and_then(|holder| holder.record.presence_clock);
        let holder = holder.map(|holder| holder.record.session);
        for (owner, presence, clock) in holder
            .map(|holder| (holder, None, None))
            .into_iter()
            .chain([(session, Some(id), clock)])
        {
            if let Some(owner) = self.sessions.get_mut(&owner) {
                owner.record.presence = presence;
                owner.record.presence_clock = clock;
                effects.push(Effect::SaveSession {
                    record: owner.record.clone(),
                });
            }
        }
    }

    /// Sends what changed of who is here, and something to every stock socket before it takes silence for death.
    pub(super) fn advance_presence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.presence.sweep(now);
        self.keep_alive(now, effects);
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
            .values()
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

    /// Keeps in the attachments which clocks others are told.
    fn save_told_clocks(&mut self, told: &BTreeSet<PresenceId>, effects: &mut Vec<Effect>) {
        for &id in told {
            let Some((session, told)) = self.presence.told(id) else {
                self.save_departure(id, effects);
                continue;
            };
            let Some(owner) = self.sessions.get_mut(&session) else {
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
        let silent = self
            .sessions
            .values_mut()
            .find(|session| session.record.presence == Some(id));
        if let Some(silent) = silent
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
        let silent: Vec<SessionId> = self
            .sessions
            .values()
            .filter(|session| now.millis_since(session.last_sent) >= KEEPALIVE_MS)
            .map(|session| session.record.session)
            .collect();
        self.broadcast(now, silent, wire::empty_awareness(), effects);
        self.keepalive_at = self
            .sessions
            .values()
            .map(|session| session.last_sent + KEEPALIVE_MS)
            .min();
    }

    pub(super) fn send(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        open.last_sent = now;
        effects.push(Effect::Send { session, frame });
    }

    pub(super) fn broadcast(
        &mut self,
        now: Timestamp,
        sessions: Vec<SessionId>,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        if sessions.is_empty() {
            return;
        }
        for session in &sessions {
            if let Some(open) = self.sessions.get_mut(session) {
                open.last_sent = now;
            }
        }
        effects.push(Effect::Broadcast { sessions, frame });
    }
}
