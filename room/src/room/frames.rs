//! What a peer's frame does (SPEC sections 2 and 3): wait for the document, be decoded within bounds, be stripped of
//! what is known, be applied, journaled and shown.

use crate::{
    close::{self, Close},
    decode::{self, Message, StateVector},
    document::ApplyError,
    effect::{Effect, Notice},
    known::{AdmitBounds, Refusal},
    limits::{
        FRAME_BYTES_MAX, KNOWN_BYTES_DISCOUNT, PRESENCE_BYTES_MAX, WAITING_BYTES_MAX,
        WAITING_FRAMES_MAX,
    },
    session::{Resync, SessionId},
    time::Timestamp,
    wire,
};

use super::{Cache, Phase, Room};

/// What an update was worth: new bytes are charged in full, known ones at a discount.
struct Taken {
    novel_bytes: usize,
}

impl Room {
    pub(super) fn frame_received(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(sender) = self.sessions.get_mut(&session) else {
            return;
        };
        if frame.len() > FRAME_BYTES_MAX {
            let too_large = Close::new(close::TOO_LARGE, "the message is larger than 16 MiB");
            return self.refuse(session, too_large, effects);
        }
        if !sender.budget.spend_frame(now) {
            return self.breach(now, session, effects);
        }
        let can_wait =
            !matches!(self.document, Cache::Loaded(_)) || !matches!(self.phase, Phase::Open);
        if !can_wait || needs_document(&frame) {
            self.wait(session, frame);
        } else {
            self.take_frame(now, session, &frame, effects);
        }
    }

    /// Keeps a frame until the document can be used. What is too much is dropped and repaired by the greeting, which
    /// asks each socket for everything that the room lacks; only a request for the state is remembered.
    fn wait(&mut self, session: SessionId, frame: Vec<u8>) {
        if self.waiting.len() < WAITING_FRAMES_MAX
            && self.waiting_bytes + frame.len() <= WAITING_BYTES_MAX
        {
            self.waiting_bytes += frame.len();
            self.waiting.push_back((session, frame));
            return;
        }
        let asks = decode::messages(&frame).is_ok_and(|messages| {
            messages
                .iter()
                .any(|message| matches!(message, Message::SyncStep1(_)))
        });
        if asks && let Some(sender) = self.sessions.get_mut(&session) {
            sender.asked_in_overflow = true;
        }
    }

    /// Takes the frames that waited, in order, as long as the document is there.
    pub(super) fn take_waiting(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        while matches!(self.document, Cache::Loaded(_))
            && let Some((session, frame)) = self.waiting.pop_front()
        {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(frame.len());
            self.take_frame(now, session, &frame, effects);
        }
    }

    fn take_frame(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: &[u8],
        effects: &mut Vec<Effect>,
    ) {
        if !self.sessions.contains_key(&session) {
            return;
        }
        let messages = match decode::messages(frame) {
            Ok(messages) => messages,
            Err(malformed) => {
                return self.refuse_malformed(session, malformed.to_string(), effects);
            }
        };
        let mut known_bytes = frame.len();
        for message in messages {
            let novel_bytes = match message {
                Message::SyncStep1(state_vector) => {
                    self.answer(now, session, &state_vector, effects);
                    0
                }
                Message::SyncStep2(update) => self.take_answer(now, session, update, effects),
                Message::Update(update) => self.take_update(now, session, update, effects),
                Message::Awareness(entries) => {
                    let entries: Vec<_> = entries
                        .iter()
                        .map(|entry| (entry.client, entry.clock, entry.state))
                        .collect();
                    self.take_awareness(now, session, &entries, effects)
                }
                Message::QueryAwareness => {
                    self.tell_presence(now, session, effects);
                    0
                }
                Message::Auth => 0,
            };
            known_bytes = known_bytes.saturating_sub(novel_bytes);
            let Some(sender) = self.sessions.get_mut(&session) else {
                return;
            };
            sender.budget.charge(novel_bytes as u64);
        }
        if let Some(sender) = self.sessions.get_mut(&session) {
            sender
                .budget
                .charge(known_bytes as u64 / KNOWN_BYTES_DISCOUNT);
        }
    }

    /// Answers what a peer has with what it lacks.
    fn answer(
        &mut self,
        now: Timestamp,
        session: SessionId,
        theirs: &StateVector,
        effects: &mut Vec<Effect>,
    ) {
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let ours = document.known().state_vector();
        let has_nothing =
            !ours.is_empty() && ours.keys().all(|client| !theirs.contains_key(client));
        if has_nothing
            && let Some(asker) = self.sessions.get_mut(&session)
            && !asker.full_answers.count(now)
        {
            let too_often = Close::new(
                close::TRY_LATER,
                "the whole document was asked for too often",
            );
            return self.refuse(session, too_often, effects);
        }
        let answer = wire::sync_step2(&document.diff(theirs));
        self.send(now, session, answer, effects);
    }

    pub(super) fn answer_with_everything(
        &mut self,
        now: Timestamp,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        self.answer(now, session, &StateVector::new(), effects);
    }

    /// Takes an answer to the room's state vector: the part that can be integrated, no question asked again.
    fn take_answer(
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
    fn take_update(
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
        let bounds = AdmitBounds {
            structs_max: document.structs_left(),
        };
        let admission = match document.known().admit(update, &bounds) {
            Ok(admission) => admission,
            Err(Refusal::TooManyStructs { .. }) => {
                self.refuse(session, DOCUMENT_FULL, effects);
                return NOTHING;
            }
            Err(refusal) => {
                self.refuse_malformed(session, refusal.to_string(), effects);
                return NOTHING;
            }
        };
        if admission.incomplete && !in_part {
            return None;
        }
        let Some(novel) = admission.novel else {
            return NOTHING;
        };
        if is_degraded {
            self.close(
                session,
                Close::new(close::TRY_LATER, "the room takes no edits for a minute"),
                effects,
            );
            return NOTHING;
        }
        if !admission.deletes_only && !document.has_room_for(novel.len(), admission.structs) {
            self.refuse(session, DOCUMENT_FULL, effects);
            return NOTHING;
        }
        match document.apply(&novel) {
            Ok(emitted) => self.applied(now, session, emitted, effects),
            Err(ApplyError::Undecodable(reason)) => self.refuse_malformed(session, reason, effects),
            Err(ApplyError::Spoiled(reason)) => self.spoiled(session, reason, effects),
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
            .map(|session| session.record.user.clone());
        self.journal(now, Some(session), editor, emitted, effects);
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

    fn take_awareness(
        &mut self,
        now: Timestamp,
        session: SessionId,
        entries: &[(u64, u32, Option<&str>)],
        effects: &mut Vec<Effect>,
    ) -> usize {
        let own = self
            .sessions
            .get(&session)
            .and_then(|session| session.record.presence);
        let is_own = |id: u64| own == Some(id) || (own.is_none() && entries.len() == 1);
        let own_bytes: usize = entries
            .iter()
            .filter(|(id, _, _)| is_own(*id))
            .map(|(_, _, state)| state.map_or(0, str::len))
            .sum();
        if own_bytes > PRESENCE_BYTES_MAX {
            self.refuse(
                session,
                Close::new(close::TOO_LARGE, "the awareness entry is larger than 4 KiB"),
                effects,
            );
            return 0;
        }
        self.take_presence(now, session, entries, effects);
        own_bytes
    }

    fn tell_presence(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let own = self
            .sessions
            .get(&session)
            .and_then(|session| session.record.presence);
        let everybody = self.presence.everybody();
        for bundle in self.presence.bundles(&everybody, own) {
            self.send(now, session, bundle, effects);
        }
    }

    fn refuse_malformed(&mut self, session: SessionId, reason: String, effects: &mut Vec<Effect>) {
        *self
            .metrics
            .frames_refused
            .entry(close::MALFORMED)
            .or_default() += 1;
        effects.push(Effect::Report(Notice::FrameRefused {
            code: close::MALFORMED,
            reason,
        }));
        self.close(
            session,
            Close::new(close::MALFORMED, "the message is malformed"),
            effects,
        );
    }
}

const DOCUMENT_FULL: Close = Close::new(
    close::TOO_LARGE,
    "the document is full; deleting still works",
);

/// Whether a frame can only be taken with the document at hand. A malformed one cannot be told, and waits.
fn needs_document(frame: &[u8]) -> bool {
    decode::messages(frame).map_or(true, |messages| {
        messages.iter().any(|message| match message {
            Message::SyncStep1(_) | Message::SyncStep2(_) | Message::Update(_) => true,
            Message::Awareness(_) | Message::QueryAwareness | Message::Auth => false,
        })
    })
}
