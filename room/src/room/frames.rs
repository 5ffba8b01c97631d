//! What a peer's frame does (SPEC sections 2 and 3): wait for the document, be decoded within bounds, and be taken
//! message by message.

use crate::{
    close::{self, Close},
    decode::{self, Message},
    effect::{Effect, Notice},
    limits::{FRAME_BYTES_MAX, KNOWN_BYTES_DISCOUNT, PRESENCE_BYTES_MAX},
    session::SessionId,
    time::Timestamp,
};

use super::{Cache, Phase, Room};

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
            return self.refuse(now, session, too_large, effects);
        }
        if !sender.budget.spend_frame(now) {
            return self.breach(now, session, effects);
        }
        let is_ready =
            matches!(self.document, Cache::Loaded(_)) && matches!(self.phase, Phase::Open);
        if is_ready || needs_document(&frame) {
            self.wait(session, frame);
        } else {
            self.take_frame(now, session, &frame, effects);
        }
    }

    /// Takes a frame, message by message. Of a socket that has ended only updates are taken.
    pub(super) fn take_frame(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: &[u8],
        effects: &mut Vec<Effect>,
    ) {
        if !self.is_heard(session) {
            return;
        }
        let messages = match decode::messages(frame) {
            Ok(messages) => messages,
            Err(malformed) => {
                return self.refuse_malformed(now, session, malformed.to_string(), effects);
            }
        };
        let mut known_bytes = frame.len();
        // One answer a frame says it all.
        if messages
            .iter()
            .any(|message| matches!(message, Message::QueryAwareness))
        {
            self.tell_presence(now, session, effects);
        }
        for message in messages {
            let novel_bytes = self.take_message(now, session, message, effects);
            if !self.is_heard(session) {
                return;
            }
            known_bytes = known_bytes.saturating_sub(novel_bytes);
            self.charge(session, novel_bytes as u64);
        }
        self.charge(session, known_bytes as u64 / KNOWN_BYTES_DISCOUNT);
    }

    /// Takes one message and answers how many of its bytes were news.
    fn take_message(
        &mut self,
        now: Timestamp,
        session: SessionId,
        message: Message<'_>,
        effects: &mut Vec<Effect>,
    ) -> usize {
        match message {
            Message::SyncStep1(state_vector) => {
                self.question(session, state_vector);
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
            Message::QueryAwareness | Message::Auth => 0,
        }
    }

    /// Whether a session is open, or has ended with updates that still wait.
    fn is_heard(&self, session: SessionId) -> bool {
        self.sessions.contains_key(&session) || self.leaving.contains_key(&session)
    }

    pub(super) fn charge(&mut self, session: SessionId, bytes: u64) {
        if let Some(sender) = self.sessions.get_mut(&session) {
            sender.budget.charge(bytes);
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
            let too_large =
                Close::new(close::TOO_LARGE, "the awareness entry is larger than 4 KiB");
            self.refuse(now, session, too_large, effects);
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
            self.charge(session, bundle.len() as u64 / KNOWN_BYTES_DISCOUNT);
            self.send(now, session, bundle, effects);
        }
    }

    pub(super) fn refuse_malformed(
        &mut self,
        now: Timestamp,
        session: SessionId,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        *self
            .metrics
            .frames_refused
            .entry(close::MALFORMED)
            .or_default() += 1;
        effects.push(Effect::Report(Notice::FrameRefused {
            code: close::MALFORMED,
            reason,
        }));
        let malformed = Close::new(close::MALFORMED, "the message is malformed");
        self.close(now, session, malformed, effects);
    }
}

/// Whether a frame can only be taken with the document at hand. A malformed one cannot be told, and waits.
fn needs_document(frame: &[u8]) -> bool {
    decode::messages(frame).map_or(true, |messages| {
        messages.iter().any(|message| match message {
            Message::SyncStep1(_) | Message::SyncStep2(_) | Message::Update(_) => true,
            Message::Awareness(_) | Message::QueryAwareness | Message::Auth => false,
        })
    })
}
