//! When the store need not be asked again (SPEC section 6): a room of our own clients wakes once a minute to look for
//! silence, and must not ask the host each time.

use crate::{effect::Effect, limits::CHECK_EVERY_MS, session::Session, time::Timestamp};

use super::{Inquiry, Phase, Room};

impl Room {
    /// After a wake: as long as nobody does anything, what was known a quarter of an hour ago will do. Whoever does not
    /// know what this room goes on with, or does not tell how long it was asleep, is not made to wait.
    pub(super) fn put_comparison_off(&mut self, now: Timestamp) {
        let sessions = self.sessions.iter();
        let compared = sessions.map(|session| session.record.glossator.compared);
        // A clock that stepped back puts nothing off for longer.
        self.compared_at = compared.max().unwrap_or_default().min(now);
        let may_wait = |session: &Session| session.is_glossator() && session.is_welcomed;
        if self.sessions.is_empty() || !self.sessions.iter().all(may_wait) {
            return;
        }
        let due = now.max(self.compared_at + CHECK_EVERY_MS);
        match &mut self.phase {
            Phase::Restoring(restore) => *restore = Inquiry::due_at(due),
            Phase::Open => self.check = Inquiry::due_at(due),
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => return,
        }
        self.is_comparison_put_off = true;
    }

    /// Somebody did something: what was put off is asked now.
    pub(super) fn compare_at_last(&mut self, now: Timestamp) {
        if !std::mem::take(&mut self.is_comparison_put_off) {
            return;
        }
        match &mut self.phase {
            Phase::Restoring(restore) => restore.hurry(now),
            Phase::Open => self.check.hurry(now),
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => {}
        }
    }

    /// The host told what the store holds. When, is kept across hibernation, but written down no oftener than it is asked.
    pub(super) fn note_compared(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if now.millis_since(self.compared_at) < CHECK_EVERY_MS {
            return;
        }
        self.compared_at = now;
        self.change_records(effects, |session| {
            session.record.glossator.compared = now;
            true
        });
    }
}
