//! What becomes of somebody whose frame is refused or who asks too much (SPEC sections 8 to 10). A stock socket is
//! closed. Ours is told, and may start afresh: what it writes after a refused update builds on that, and is ignored.

use crate::{
    close::{self, Close},
    effect::{Effect, Notice},
    glossator::{Announcement, RefusalReason},
    limits::{BREACH_MEMORY_MS, BREACHES_MAX, STRIKES_MAX},
    session::SessionId,
    time::Timestamp,
};

use super::{Cache, Room};

/// Why an update was not taken.
#[derive(Debug)]
pub(super) enum TurnedDown {
    /// Its sender may not write this.
    Refused(Refused),
    /// The document in memory may hold a part of it, and the journal nothing.
    Spoiled { reason: String },
    /// The room takes no edits for a while.
    Degraded,
}

/// A fault of an update's sender.
#[derive(Debug)]
pub(super) struct Refused {
    /// How a stock socket is closed for it.
    pub(super) close: Close,
    /// What is said about it; holds no content.
    pub(super) words: String,
    /// Whether it is held against its sender.
    pub(super) is_strike: bool,
}

/// Refused updates of one person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strikes {
    count: u32,
    since: Timestamp,
}

impl Refused {
    pub(super) fn of(close: Close) -> Refused {
        Refused {
            close,
            words: close.reason.to_owned(),
            is_strike: true,
        }
    }

    /// The document has no room for it, which is nobody's fault: a class that goes on in a full one is not stopped.
    pub(super) fn for_lack_of_room() -> Refused {
        Refused {
            is_strike: false,
            ..Refused::of(DOCUMENT_FULL)
        }
    }

    pub(super) fn malformed(words: String) -> Refused {
        Refused {
            close: Close::new(close::MALFORMED, "the message is malformed"),
            words,
            is_strike: true,
        }
    }

    fn reason(&self) -> RefusalReason {
        match self.close.code {
            close::TOO_LARGE => RefusalReason::TooLarge,
            close::NOT_ALLOWED => RefusalReason::NotAllowed,
            _ => RefusalReason::Malformed,
        }
    }
}

impl Room {
    /// Answers an update that was not taken; `number` is that of its frame.
    pub(super) fn turn_down(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: Option<u64>,
        turned_down: TurnedDown,
        effects: &mut Vec<Effect>,
    ) {
        match turned_down {
            TurnedDown::Degraded => {
                let degraded = Close::new(close::TRY_LATER, "the room takes no edits for a minute");
                self.close(now, session, degraded, effects);
            }
            TurnedDown::Refused(refused) => {
                self.refuse_update(now, session, number, refused, effects);
            }
            TurnedDown::Spoiled { reason } => {
                self.document = Cache::Absent;
                effects.push(Effect::Report(Notice::Fault { reason }));
                let close = Close::new(close::MALFORMED, "the update cannot be integrated");
                self.refuse_update(now, session, number, Refused::of(close), effects);
            }
        }
    }

    /// Refuses an update: its replica is poisoned, since its clocks will never reach the room.
    pub(super) fn refuse_update(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: Option<u64>,
        refused: Refused,
        effects: &mut Vec<Effect>,
    ) {
        self.count_refusal(refused.close.code, refused.words.clone(), effects);
        let is_struck_out = refused.is_strike && self.strike(now, session);
        let ours = self.sessions.get_mut(&session);
        let Some((number, ours)) = number.zip(ours.filter(|ours| ours.is_glossator())) else {
            return self.close(now, session, refused.close, effects);
        };
        if is_struck_out {
            let again = Close::new(
                close::TOO_MANY,
                "updates were refused too often; reload later",
            );
            return self.close(now, session, again, effects);
        }
        ours.record.glossator.is_refused = true;
        effects.push(Effect::SaveSession {
            record: ours.record.clone(),
        });
        let told = Announcement::Refused {
            number,
            reason: refused.reason(),
            words: refused.words,
        };
        self.send(now, session, told.frame(), effects);
    }

    /// Counts a poisoned session of its person; whether there were too many.
    fn strike(&mut self, now: Timestamp, session: SessionId) -> bool {
        let Some(striker) = self.sessions.get(&session) else {
            return false;
        };
        self.strikes
            .retain(|_, strikes| now.millis_since(strikes.since) < BREACH_MEMORY_MS);
        if self.strikes.len() >= BREACHES_MAX {
            let oldest = self
                .strikes
                .iter()
                .min_by_key(|(_, strikes)| strikes.since)
                .map(|(user, _)| user.clone());
            oldest.and_then(|oldest| self.strikes.remove(&oldest));
        }
        let first = Strikes {
            count: 0,
            since: now,
        };
        let user = striker.record.user.clone();
        let strikes = self.strikes.entry(user).or_insert(first);
        strikes.count = strikes.count.saturating_add(1);
        strikes.count > STRIKES_MAX
    }

    /// Closes a socket that is at fault, and counts it.
    pub(super) fn refuse(
        &mut self,
        now: Timestamp,
        session: SessionId,
        close: Close,
        effects: &mut Vec<Effect>,
    ) {
        self.count_refusal(close.code, close.reason.to_owned(), effects);
        self.close(now, session, close, effects);
    }

    pub(super) fn refuse_malformed(
        &mut self,
        now: Timestamp,
        session: SessionId,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        let refused = Refused::malformed(reason);
        self.count_refusal(refused.close.code, refused.words, effects);
        self.close(now, session, refused.close, effects);
    }

    fn count_refusal(&mut self, code: u16, reason: String, effects: &mut Vec<Effect>) {
        *self.metrics.frames_refused.entry(code).or_default() += 1;
        effects.push(Effect::Report(Notice::FrameRefused { code, reason }));
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
}

const DOCUMENT_FULL: Close = Close::new(
    close::TOO_LARGE,
    "the document is full; deleting still works",
);
