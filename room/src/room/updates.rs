//! What an update does (SPEC sections 2 and 3): be judged, be stripped of what is known, be applied, journaled and
//! shown.

use crate::{
    close::{self, Close},
    document::{ApplyError, Document},
    effect::{Effect, Notice},
    known::{Admission, AdmitBounds, Refusal},
    limits::DOCUMENT_CLIENTS_MAX,
    session::{Resync, SessionId},
    time::Timestamp,
    wire,
};

use super::{Cache, Room};

/// What an update was worth: new bytes are charged in full, known ones at a discount.
struct Taken {
    novel_bytes: usize,
}

impl Room {
    /// Takes an answer to the room's state vector: the part that can be integrated, no question asked again.
    pub(super) fn take_answer(
        &mut self,
        now: Timestamp,
        session: SessionId,
        update: &[u8],
        effects: &mut Vec<Effect>,
    ) -> usize {
        let taken = self
            .admit(now, session, update, true, effects)
            .map_or(0, |taken| taken.novel_bytes);
        if let Some(sender) = self.sessions.get_mut(&session)
            && let Resync::Asked { at_seq } = sender.resync
        {
            sender.resync = Resync::Answered {
                asked_at_seq: at_seq,
            };
        }
        taken
    }

    /// Takes an update, whole or not at all: one that lacks something is answered with the room's state vector.
    pub(super) fn take_update(
        &mut self,
        now: Timestamp,
        session: SessionId,
        update: &[u8],
        effects: &mut Vec<Effect>,
    ) -> usize {
        match self.admit(now, session, update, false, effects) {
            Some(taken) => taken.novel_bytes,
            None => {
                self.ask_resync(now, session, effects);
                0
            }
        }
    }

    /// Judges an update and applies what is new of it. `None` if it lacks something and `in_part` does not allow
    /// taking the rest.
    fn admit(
        &mut self,
        now: Timestamp,
        session: SessionId,
        update: &[u8],
        in_part: bool,
        effects: &mut Vec<Effect>,
    ) -> Option<Taken> {
        const NOTHING: Option<Taken> = Some(Taken { novel_bytes: 0 });
        let is_degraded = self.is_degraded(now);
        let Cache::Loaded(document) = &mut self.document else {
            return NOTHING;
        };
        let admission = match judge(document, update) {
            Ok(admission) => admission,
            Err(Refusal::TooManyStructs { .. }) => {
                self.refuse(now, session, DOCUMENT_FULL, effects);
                return NOTHING;
            }
            Err(refusal) => {
                self.refuse_malformed(now, session, refusal.to_string(), effects);
                return NOTHING;
            }
        };
        if admission.incomplete && !in_part {
            return None;
        }
        let Some(novel) = admission.novel else {
            return NOTHING;
        };
        let clients = document.known().state_vector();
        let newcomers = admission.writers.iter();
        let newcomers = newcomers
            .filter(|writer| !clients.contains_key(writer))
            .count();
        if newcomers > 0 && clients.len() + newcomers > DOCUMENT_CLIENTS_MAX {
            self.refuse(now, session, DOCUMENT_FULL, effects);
            return NOTHING;
        }
        if is_degraded {
            let degraded = Close::new(close::TRY_LATER, "the room takes no edits for a minute");
            self.close(now, session, degraded, effects);
            return NOTHING;
        }
        if !admission.deletes_only && !document.has_room_for(novel.len(), admission.structs) {
            self.refuse(now, session, DOCUMENT_FULL, effects);
            return NOTHING;
        }
        match document.apply(&novel) {
            Ok(emitted) => self.applied(now, session, emitted, effects),
            Err(ApplyError::Undecodable(reason)) => {
                self.refuse_malformed(now, session, reason, effects)
            }
            Err(ApplyError::Spoiled(reason)) => self.spoiled(now, session, reason, effects),
        }
        Some(Taken {
            novel_bytes: novel.len(),
        })
    }

    fn applied(
        &mut self,
        now: Timestamp,
        session: SessionId,
        emitted: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        self.metrics.updates += 1;
        let editor = self
            .sessions
            .get(&session)
            .map(|session| &session.record.user)
            .or_else(|| self.leaving.get(&session))
            .cloned();
        let frame = self.append(now, editor, emitted, effects);
        self.show(now, Some(session), frame, effects);
        if !self.told_nearly_full
            && let Cache::Loaded(document) = &mut self.document
            && document.is_nearly_full()
        {
            self.told_nearly_full = true;
            effects.push(Effect::Report(Notice::DocumentNearlyFull));
        }
    }

    /// Asks a socket for what the room lacks: one question at a time, and none twice about the same state.
    fn ask_resync(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let question = wire::sync_step1(document.known().state_vector());
        let seq = self.seq;
        let Some(sender) = self.sessions.get_mut(&session) else {
            return;
        };
        let may_ask = match sender.resync {
            Resync::Idle => true,
            Resync::Asked { .. } => false,
            Resync::Answered { asked_at_seq } => asked_at_seq != seq,
        };
        if may_ask {
            sender.resync = Resync::Asked { at_seq: seq };
            self.send(now, session, question, effects);
        }
    }
}

/// Judges an update by what the document holds. The number of items is an upper bound until it is counted afresh,
/// which costs as much as the document is large: only an update that would not fit is worth it.
fn judge(document: &mut Document, update: &[u8]) -> Result<Admission, Refusal> {
    let within = |document: &Document| {
        let structs_max = document.structs_left();
        document
            .known()
            .admit(update, &AdmitBounds::of_peer(structs_max))
    };
    match within(document) {
        Err(Refusal::TooManyStructs { .. }) => {
            document.measure();
            within(document)
        }
        judged => judged,
    }
}

const DOCUMENT_FULL: Close = Close::new(
    close::TOO_LARGE,
    "the document is full; deleting still works",
);
