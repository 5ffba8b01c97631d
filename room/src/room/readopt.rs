//! Taking the sockets back that stayed open while the room was asleep (SPEC sections 2, 5 and 10).

use crate::{
    close::{self, Close},
    decode::StateVector,
    effect::Effect,
    limits::RESYNC_STAGGER_MS,
    meta::Meta,
    presence::{Renewal, Told},
    session::{Greeting, Protocol, Session, SessionRecord, Welcomed},
    time::Timestamp,
    wire,
};

use super::{Phase, Room};

/// After a wake, presence is asked for at once of so many stock sockets at most: each answers with everybody. In a larger
/// room their own renewals, every 15 s, are soon enough.
const PRESENCE_QUERIES_MAX: usize = 32;

impl Room {
    pub(super) fn readopt(
        &mut self,
        now: Timestamp,
        sessions: Vec<SessionRecord>,
        effects: &mut Vec<Effect>,
    ) {
        let is_open = matches!(self.phase, Phase::Open);
        if !is_open && let Some(epoch) = unwritten_epoch(&sessions) {
            self.meta = Meta::new(epoch);
        }
        self.recall_announced(&sessions);
        for (place, record) in sessions.into_iter().enumerate() {
            if record.glossator.has_unsaved {
                // Nobody else knows what it said; its client does.
                self.turn_away(now, &record, effects);
                continue;
            }
            let mut session = Session::new(record, now, Greeting::Due);
            let welcomed = session.record.glossator.welcomed;
            session.is_welcomed = self.is_current(welcomed);
            if welcomed.is_some() && !session.is_welcomed {
                // What was saved under another epoch is not here.
                session.is_lacking = true;
                session.answers_after = Some(u64::MAX);
            }
            if session.is_welcomed {
                session.greeting = Greeting::Done;
            } else if is_open && !session.is_glossator() {
                session.greeting = Greeting::OnceLoaded {
                    after_ms: place as u64 * RESYNC_STAGGER_MS,
                };
            }
            // What waited for a restore is gone with the memory, and nobody asks twice: each is told everything.
            session.question = (!is_open && !session.is_welcomed).then(StateVector::new);
            self.recall_presence(now, &session.record);
            if !session.is_glossator() {
                self.keepalive_at = Some(now);
            }
            self.sessions.insert(session);
        }
        self.sweep_at = Some(now);
        self.put_comparison_off(now);
        self.advance_authority(now, effects);
        self.apply_rule(now, effects);
        self.ask_presence(now, effects);
    }

    /// Whether a socket was welcomed to what this room goes on with.
    fn is_current(&self, welcomed: Option<Welcomed>) -> bool {
        welcomed.is_some_and(|welcomed| welcomed.epoch == self.meta.epoch)
    }

    /// Closes a socket of which frames are lost; others were told that it is here.
    fn turn_away(&mut self, now: Timestamp, record: &SessionRecord, effects: &mut Vec<Effect>) {
        self.recall_presence(now, record);
        if let Some(id) = record.presence {
            self.presence.remove(now, record.session, id);
        }
        effects.push(Effect::CloseSession {
            session: record.session,
            code: FRAMES_LOST.code,
            reason: FRAMES_LOST.reason,
        });
    }

    fn recall_presence(&mut self, now: Timestamp, record: &SessionRecord) {
        let Some((id, clock)) = record.presence.zip(record.presence_clock) else {
            return;
        };
        let told = Told {
            clock,
            heard: record.presence_heard.unwrap_or(now),
            digest: record.presence_digest,
        };
        let renewal = match record.protocol {
            Protocol::Stock => Renewal::Needed,
            Protocol::Glossator => Renewal::NotNeeded,
        };
        self.presence.recall(record.session, id, told, renewal);
    }

    /// Asks stock sockets who is here: that also keeps them from taking silence for death. The others are asked only if
    /// a stock socket has to be told of them again.
    fn ask_presence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut asked = self.sessions_that(|session| !session.is_glossator());
        if asked.is_empty() {
            return;
        }
        for unasked in asked.split_off(asked.len().min(PRESENCE_QUERIES_MAX)) {
            // How long it was sent nothing is not known: long enough.
            if let Some(mut session) = self.sessions.get_mut(unasked) {
                session.last_sent = Timestamp::default();
            }
        }
        asked.extend(self.sessions_that(Session::is_glossator));
        self.broadcast(now, asked, wire::query_awareness(), effects);
    }

    /// A storage that turned out to be empty is restored to something: who had seen it empty is told everything.
    pub(super) fn greet_again(&mut self) {
        self.sessions.change_each(|session| {
            if session.is_welcomed {
                session.is_welcomed = false;
                session.greeting = Greeting::Due;
                session.question = Some(StateVector::new());
            }
        });
    }
}

/// The epoch of a storage that has never been written. Who wakes with an empty storage, and with sockets that all know
/// that nothing was written, has lost nothing.
fn unwritten_epoch(sessions: &[SessionRecord]) -> Option<u64> {
    let welcomed = sessions
        .iter()
        .filter_map(|record| record.glossator.welcomed);
    let is_lost = welcomed.clone().any(|welcomed| welcomed.is_stored);
    welcomed
        .map(|welcomed| welcomed.epoch)
        .next()
        .filter(|_| !is_lost)
}

const FRAMES_LOST: Close = Close::new(
    close::RESTART,
    "frames may have been lost; come back and resync",
);
