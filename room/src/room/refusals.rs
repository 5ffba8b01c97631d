//! What becomes of somebody whose frame is refused or who asks too much (SPEC sections 8 to 10). A stock socket is
//! closed. Ours is told, and may start afresh: what it writes after a refused update builds on that, and is ignored.

use crate::{
    close::{self, Close},
    document::LoadError,
    effect::{Effect, Notice},
    glossator::{Announcement, RefusalReason},
    limits::{BREACH_MEMORY_MS, BREACHES_MAX},
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
    /// The document in memory holds it, which its sender may not write, and the journal does not.
    Violation(Refused),
    /// The room takes no edits for a while.
    Degraded,
    /// What is stored turned out to be no document.
    Unreadable(LoadError),
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
    /// Whether the document has to be loaded again for it.
    pub(super) has_cost_a_rebuild: bool,
}

impl Refused {
    pub(super) fn of(close: Close) -> Refused {
        Refused {
            close,
            words: close.reason.to_owned(),
            is_strike: true,
            has_cost_a_rebuild: false,
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
            has_cost_a_rebuild: false,
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
            TurnedDown::Violation(refused) => {
                self.document = Cache::Absent;
                let refused = Refused {
                    has_cost_a_rebuild: true,
                    ..refused
                };
                self.refuse_update(now, session, number, refused, effects);
            }
            TurnedDown::Unreadable(error) => self.cannot_be_built(now, &error, effects),
            TurnedDown::Spoiled { reason } => {
                self.document = Cache::Absent;
                effects.push(Effect::Report(Notice::Fault { reason }));
                let refused = Refused {
                    has_cost_a_rebuild: true,
                    ..Refused::of(Close::new(
                        close::MALFORMED,
                        "the update cannot be integrated",
                    ))
                };
                self.refuse_update(now, session, number, refused, effects);
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
        // What it wrote before is safe, and it is told so first.
        self.commit(now, effects);
        self.count_refusal(refused.close.code, refused.words.clone(), effects);
        // Who has gone before it was looked at pays for it all the same.
        let open = self.sessions.get(session).map(|session| &session.record);
        let sender = open.or_else(|| self.leaving.get(&session));
        let user = sender.map(|record| record.user.clone());
        let is_struck_out = refused.is_strike
            && user.is_some_and(|user| {
                self.persons
                    .strike(now, &user, refused.has_cost_a_rebuild, effects)
            });
        if is_struck_out {
            return self.close(now, session, STRUCK_OUT, effects);
        }
        if refused.close.code == close::TOO_MANY {
            return self.close(now, session, refused.close, effects);
        }
        let ours = self.sessions.get_mut(session);
        let Some((number, mut ours)) = number.zip(ours.filter(|ours| ours.is_glossator())) else {
            return self.close(now, session, refused.close, effects);
        };
        ours.record.glossator.is_refused = true;
        effects.push(Effect::SaveSession {
            record: ours.record.clone(),
        });
        drop(ours);
        let told = Announcement::Refused {
            number,
            reason: refused.reason(),
            words: refused.words,
        };
        self.send(now, session, told.frame(), effects);
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
            .get(session)
            .map(|session| session.record.user.clone())
        else {
            return;
        };
        // What it said before it said too much is heard.
        self.end_tick(now, effects);
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

/// Somebody whose updates were refused too often.
pub(super) const STRUCK_OUT: Close = Close::new(
    close::TOO_MANY,
    "updates were refused too often; reload later",
);
const DOCUMENT_FULL: Close = Close::new(
    close::TOO_LARGE,
    "the document is full; deleting still works",
);
