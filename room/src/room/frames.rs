//! What a peer's frame does (SPEC sections 2, 3 and 10): wait for the document, be decoded within bounds, and be taken
//! message by message.

use crate::{
    close::{self, Close},
    decode::{self, ClientFrame, Malformed, Message},
    effect::Effect,
    limits::{FRAME_BYTES_MAX, KNOWN_BYTES_DISCOUNT, PRESENCE_BYTES_MAX, TICK_BYTES_MAX},
    mutation::Mutation,
    session::{Protocol, SessionId},
    time::Timestamp,
};

use super::{
    Room,
    refusals::{Refused, TurnedDown},
    waiting::{TOO_MUCH_WAITS, carries_update},
};

impl Room {
    pub(super) fn frame_received(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut sender) = self.sessions.get_mut(session) else {
            return;
        };
        let protocol = sender.record.protocol;
        let is_within = sender.budget.spend_frame(now);
        drop(sender);
        if !is_within {
            return self.breach(now, session, effects);
        }
        self.note_heard(now, session, effects);
        if self.waiting_bytes + frame.len() > TICK_BYTES_MAX {
            // There is room for a large frame, but not behind others.
            self.end_tick(now, effects);
        }
        if frame.len() > FRAME_BYTES_MAX {
            return self.refuse_oversize(now, session, &frame, effects);
        }
        if self.must_wait(now, session, protocol, &frame) {
            self.wait(now, session, frame, effects);
        } else {
            self.take_frame(now, session, &frame, effects);
        }
    }

    /// Whether a frame waits for the document or for a tick, or for the next line: what can be used is taken from there.
    fn must_wait(
        &self,
        now: Timestamp,
        session: SessionId,
        protocol: Protocol,
        frame: &[u8],
    ) -> bool {
        if self.is_ticking(now) {
            // Only edits gain by waiting, and nothing overtakes what the same socket said before.
            return carries_update(protocol, frame)
                || protocol == Protocol::Glossator && decode::frame_number(frame).is_some()
                || self.has_waiting(session);
        }
        self.can_be_used() || needs_document(protocol, frame)
    }

    /// Refuses a frame that is too large to be looked at, in its turn: not while frames wait that came before it.
    fn refuse_oversize(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: &[u8],
        effects: &mut Vec<Effect>,
    ) {
        self.charge(session, frame.len() as u64);
        let Some(sender) = self.sessions.get(session) else {
            return;
        };
        let is_told_once = sender.is_glossator() && !sender.record.glossator.is_refused;
        let number = decode::frame_number(frame).filter(|_| is_told_once);
        if let Some(number) = number {
            if self.last_waiting_number(session) > 0 {
                return self.close(now, session, TOO_MUCH_WAITS, effects);
            }
            if !self.is_next(now, session, number, effects) {
                return;
            }
        }
        self.refuse_update(now, session, number, Refused::of(OVERSIZE), effects);
    }

    /// Takes a frame. Of a socket that has ended only updates are taken.
    pub(super) fn take_frame(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: &[u8],
        effects: &mut Vec<Effect>,
    ) {
        let Some(protocol) = self.protocol_of(session) else {
            return;
        };
        match read(protocol, frame) {
            Ok(ClientFrame::Messages { number, messages }) => {
                let is_next =
                    number.is_none_or(|number| self.is_next(now, session, number, effects));
                if is_next {
                    self.take_messages(now, session, (number, frame.len()), messages, effects);
                }
            }
            Ok(ClientFrame::Renew { ticket }) => {
                self.charge(session, frame.len() as u64);
                self.renewal_asked(session, ticket, effects);
            }
            Err(malformed) => {
                self.refuse_malformed(now, session, malformed.to_string(), effects);
            }
        }
    }

    /// Takes the messages of a frame of so many bytes, one by one.
    fn take_messages(
        &mut self,
        now: Timestamp,
        session: SessionId,
        (number, bytes): (Option<u64>, usize),
        messages: Vec<Message<'_>>,
        effects: &mut Vec<Effect>,
    ) {
        let mut known_bytes = bytes;
        // One answer a frame says it all.
        if messages
            .iter()
            .any(|message| matches!(message, Message::QueryAwareness))
        {
            self.tell_presence(now, session, effects);
        }
        for message in messages {
            let novel_bytes = match self.take_message(now, session, number, message, effects) {
                Ok(novel_bytes) => novel_bytes,
                Err(turned_down) => {
                    self.turn_down(now, session, number, turned_down, effects);
                    0
                }
            };
            if self.protocol_of(session).is_none() {
                return;
            }
            known_bytes = known_bytes.saturating_sub(novel_bytes);
            self.charge(session, novel_bytes as u64);
        }
        self.charge(session, known_bytes as u64 / KNOWN_BYTES_DISCOUNT);
        if let Some(number) = number {
            self.note_saved(session, number);
        }
    }

    /// Takes one message and answers how many of its bytes were news.
    fn take_message(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: Option<u64>,
        message: Message<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<usize, TurnedDown> {
        if message.is_update() && self.is_poisoned(session) {
            return Ok(0);
        }
        match message {
            Message::SyncStep1(state_vector) => {
                self.question(session, state_vector);
                Ok(0)
            }
            Message::SyncStep2(update) => self.take_answer(now, session, number, update, effects),
            Message::Update(update) => self.take_update(now, session, update, effects),
            Message::Awareness(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|entry| (entry.client, entry.clock, entry.state))
                    .collect();
                Ok(self.take_awareness(now, session, &entries, effects))
            }
            Message::QueryAwareness | Message::Auth => Ok(0),
        }
    }

    /// Whether an update of this socket was refused: later ones build on it.
    fn is_poisoned(&self, session: SessionId) -> bool {
        let is_heard = self.planted.is(Mutation::RefusedStillHeard);
        let sender = self.sessions.get(session);
        sender.is_some_and(|sender| sender.record.glossator.is_refused) && !is_heard
    }

    /// What a session speaks that is open, or has ended with updates that still wait; absent for any other.
    pub(super) fn protocol_of(&self, session: SessionId) -> Option<Protocol> {
        let open = self.sessions.get(session);
        let record = open.map(|session| &session.record);
        record
            .or_else(|| self.leaving.get(&session))
            .map(|record| record.protocol)
    }

    pub(super) fn charge(&mut self, session: SessionId, bytes: u64) {
        if let Some(mut sender) = self.sessions.get_mut(session) {
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
            .get(session)
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
            .get(session)
            .and_then(|session| session.record.presence);
        let everybody = self.presence.everybody();
        for bundle in self.presence.bundles(&everybody, own) {
            self.charge(session, bundle.len() as u64 / KNOWN_BYTES_DISCOUNT);
            self.send(now, session, bundle, effects);
        }
    }
}

const OVERSIZE: Close = Close::new(close::TOO_LARGE, "the message is larger than 16 MiB");

/// Reads a frame of a socket that speaks this.
pub(super) fn read(protocol: Protocol, frame: &[u8]) -> Result<ClientFrame<'_>, Malformed> {
    match protocol {
        Protocol::Stock => decode::messages(frame).map(|messages| ClientFrame::Messages {
            number: None,
            messages,
        }),
        Protocol::Glossator => decode::client_frame(frame),
    }
}

/// Whether a frame can only be taken with the document at hand. A malformed one cannot be told, and waits; one with a
/// number waits, so that none overtakes another.
fn needs_document(protocol: Protocol, frame: &[u8]) -> bool {
    match read(protocol, frame) {
        Ok(ClientFrame::Messages { number, messages }) => {
            number.is_some() || messages.iter().any(Message::needs_document)
        }
        Ok(ClientFrame::Renew { .. }) => false,
        Err(_) => true,
    }
}
