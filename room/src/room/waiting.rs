//! Frames that need the document wait until it can be used (SPEC section 2): in order, up to a bound, and also when
//! their socket has ended meanwhile.

use crate::{
    close::{self, Close},
    decode::{self, ClientFrame, Message, StateVector},
    effect::Effect,
    limits::{WAITING_BYTES_MAX, WAITING_FRAMES_MAX},
    mutation::Mutation,
    session::{Protocol, SessionId, SessionRecord},
    time::Timestamp,
};

use super::{Phase, Room, frames::read};

impl Room {
    /// Keeps a frame until the document can be used. What is too much is dropped and repaired by the greeting, which
    /// asks each socket for everything that the room lacks; only a request for the state is remembered. A frame with a
    /// number cannot be dropped: what follows it would be taken for saved.
    pub(super) fn wait(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        let number = decode::frame_number(&frame);
        let is_numbered = number.is_some();
        if self.waiting.len() < WAITING_FRAMES_MAX
            && self.waiting_bytes + frame.len() <= WAITING_BYTES_MAX
        {
            self.waiting_bytes += frame.len();
            self.waiting.push_back((session, frame));
            if is_numbered && !matches!(self.phase, Phase::Open) {
                self.save_unsaved(session, true, effects);
            }
            if self.planted.is(Mutation::SavedBeforeItsTick)
                && let Some(number) = number
                && self.is_ticking(now)
            {
                self.tell_saved(now, session, number, effects);
            }
            return;
        }
        let is_ours = is_numbered && self.protocol_of(session) == Some(Protocol::Glossator);
        // Whoever was greeted is not asked again.
        if is_ours || matches!(self.phase, Phase::Open) {
            return self.close(now, session, TOO_MUCH_WAITS, effects);
        }
        let asks = decode::messages(&frame).is_ok_and(|messages| {
            messages
                .iter()
                .any(|message| matches!(message, Message::SyncStep1(_)))
        });
        if asks && let Some(mut sender) = self.sessions.get_mut(session) {
            sender.question = Some(StateVector::new());
        }
    }

    /// Whether a frame of this socket waits.
    pub(super) fn has_waiting(&self, session: SessionId) -> bool {
        self.waiting.iter().any(|(from, _)| *from == session)
    }

    /// The number of the last frame of a socket that waits, 0 if none does.
    pub(super) fn last_waiting_number(&self, session: SessionId) -> u64 {
        let newest_first = self.waiting.iter().rev();
        let mut of_it = newest_first.filter(|(from, _)| *from == session);
        let number = of_it.find_map(|(_, frame)| decode::frame_number(frame));
        number.unwrap_or(0)
    }

    /// A socket has ended: nobody reads an answer any more, but what it wrote is taken all the same.
    pub(super) fn keep_waiting_updates(&mut self, session: SessionId, record: SessionRecord) {
        let protocol = record.protocol;
        let is_heard = !record.glossator.is_refused;
        let mut has_updates = false;
        self.retain_waiting(|from, frame| {
            let keep = from != session || (is_heard && carries_update(protocol, frame));
            has_updates |= keep && from == session;
            keep
        });
        if has_updates {
            self.leaving.insert(session, record);
        }
    }

    /// A socket was closed for its own fault: nothing more is taken from it.
    pub(super) fn drop_waiting_of(&mut self, session: SessionId) {
        self.leaving.remove(&session);
        self.retain_waiting(|from, _| from != session);
    }

    pub(super) fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.leaving.clear();
    }

    fn retain_waiting(&mut self, mut keep: impl FnMut(SessionId, &[u8]) -> bool) {
        self.waiting.retain(|(from, frame)| keep(*from, frame));
        self.waiting_bytes = self.waiting.iter().map(|(_, frame)| frame.len()).sum();
    }
}

/// A malformed frame counts: what came behind it from the same socket is not to be taken.
pub(super) fn carries_update(protocol: Protocol, frame: &[u8]) -> bool {
    match read(protocol, frame) {
        Ok(ClientFrame::Messages { messages, .. }) => messages.iter().any(Message::is_update),
        Ok(ClientFrame::Renew { .. }) => false,
        Err(_) => true,
    }
}

pub(super) const TOO_MUCH_WAITS: Close = Close::new(
    close::RESTART,
    "too much waits for the document; come back and resync",
);
