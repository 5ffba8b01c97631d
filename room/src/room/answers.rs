//! What the room says when it is asked (SPEC section 2): state vectors answered with what their sender lacks, in turns,
//! so that a class that comes at once does not fill the memory with its answers.

use crate::{
    close::{self, Close},
    decode::StateVector,
    effect::Effect,
    limits::{ANSWER_TURN_BYTES_MAX, ANSWER_TURN_MS, FULL_ANSWER_BYTES, KNOWN_BYTES_DISCOUNT},
    session::SessionId,
    time::Timestamp,
};

use super::{Cache, Phase, Room};

/// How much was said in the turn that is running.
#[derive(Debug, Default)]
pub(super) struct Turn {
    started: Timestamp,
    bytes: usize,
}

impl Turn {
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.bytes < ANSWER_TURN_BYTES_MAX || self.is_over(now)
    }

    pub(super) fn spend(&mut self, now: Timestamp, bytes: usize) {
        if self.is_over(now) {
            *self = Turn {
                started: now,
                bytes: 0,
            };
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn ends(&self) -> Timestamp {
        self.started + ANSWER_TURN_MS
    }

    /// A clock that stepped back ends the turn: nobody shall wait for it to catch up.
    fn is_over(&self, now: Timestamp) -> bool {
        now < self.started || now >= self.ends()
    }
}

impl Room {
    /// Remembers what a peer says it has, as far as the document knows of it; the newest word of each session counts.
    pub(super) fn question(&mut self, session: SessionId, mut theirs: StateVector) {
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let ours = document.state_vector();
        theirs.retain(|client, clock| *clock > 0 && ours.contains_key(client));
        if let Some(mut asker) = self.sessions.get_mut(session)
            && asker.question.replace(theirs).is_none()
        {
            self.questions += 1;
            asker.question_number = self.questions;
        }
    }

    /// Answers what was asked, as long as the turn has room.
    pub(super) fn answer_questions(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.turn.is_open(now) {
            return;
        }
        for asker in self.sessions.asking() {
            if !self.turn.is_open(now) {
                return;
            }
            self.answer(now, asker, effects);
        }
    }

    fn answer(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let Cache::Loaded(document) = &mut self.document else {
            return;
        };
        let asker = self.sessions.get_mut(session);
        let Some(theirs) = asker.and_then(|mut asker| asker.question.take()) else {
            return;
        };
        let has_nothing = theirs.is_empty() && !document.state_vector().is_empty();
        let answer = match document.answer(&theirs) {
            Ok(answer) => answer,
            Err(error) => return self.cannot_be_built(now, &error, effects),
        };
        let Some(mut asker) = self.sessions.get_mut(session) else {
            return;
        };
        let is_full = has_nothing || answer.len() > FULL_ANSWER_BYTES;
        if is_full && !asker.full_answers.count(now) {
            let too_often = Close::new(
                close::TRY_LATER,
                "the whole document was asked for too often",
            );
            drop(asker);
            return self.refuse(now, session, too_often, effects);
        }
        if !std::mem::replace(&mut asker.record.has_document, true) {
            effects.push(Effect::SaveSession {
                record: asker.record.clone(),
            });
        }
        drop(asker);
        self.charge(session, answer.len() as u64 / KNOWN_BYTES_DISCOUNT);
        self.turn.spend(now, answer.len());
        self.send(now, session, answer, effects);
    }

    /// When the next turn begins, if somebody waits for it.
    pub(super) fn next_turn(&self) -> Option<Timestamp> {
        let can_answer =
            matches!(self.document, Cache::Loaded(_)) && matches!(self.phase, Phase::Open);
        (can_answer && self.sessions.is_anybody_waiting()).then(|| self.turn.ends())
    }
}
