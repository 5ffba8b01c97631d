//! What the room does when its storage or it itself fails (SPEC sections 4 and 7).

use crate::{
    close::{self, Close},
    document::LoadError,
    effect::{Effect, Notice},
    limits::FAULT_WINDOW_MS,
    session::SessionId,
    time::Timestamp,
};

use super::{Cache, Inquiry, Phase, Room};

/// So many failures within `FAULT_WINDOW_MS` leave the room to its readers.
const FAULTS_DEGRADED: usize = 2;

/// A room that failed so often within `FAULT_WINDOW_MS` is closed to everybody.
const FAULTS_MAX: usize = 4;

/// What everybody is told while the storage cannot be read.
pub(super) const UNREADABLE: Close = Close::new(
    close::FAILED,
    "the room's storage cannot be read; the operator is told",
);

impl Room {
    /// The store refused a write or a read. What is in memory may be ahead of it, so it is dropped and read again,
    /// and everybody resyncs, also those whose close was in the part of the list that was not carried out.
    pub(super) fn storage_failed(
        &mut self,
        now: Timestamp,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        self.count_fault(now);
        for (session, Close { code, reason }) in std::mem::take(&mut self.closing) {
            effects.push(Effect::CloseSession {
                session,
                code,
                reason,
            });
        }
        if matches!(self.phase, Phase::Unreadable) {
            effects.push(Effect::Report(Notice::StorageFailed { reason }));
            return;
        }
        if std::mem::take(&mut self.is_compacting) {
            self.compaction.failed(now);
        }
        if std::mem::take(&mut self.is_archive_new) {
            self.archiving.in_flight = None;
        }
        self.alarm = None;
        if matches!(self.document, Cache::Loading) || self.recent_faults(now) >= FAULTS_MAX {
            return self.unreadable(now, reason, effects);
        }
        effects.push(Effect::Report(Notice::StorageFailed { reason }));
        self.close_everybody(
            Close::new(
                close::RESTART,
                "the room's storage failed; come back and resync",
            ),
            effects,
        );
        self.read_again(effects);
    }

    /// Forgets what storage says, and asks for it.
    fn read_again(&mut self, effects: &mut Vec<Effect>) {
        self.document = Cache::Absent;
        self.union = None;
        self.deletion_report = Inquiry::default();
        self.phase = Phase::Asleep;
        effects.push(Effect::Reload);
    }

    /// Closes the room to everybody until its storage can be read.
    pub(super) fn unreadable(&mut self, now: Timestamp, reason: String, effects: &mut Vec<Effect>) {
        self.phase = Phase::Unreadable;
        self.rereading.failed(now);
        self.document = Cache::Absent;
        self.union = None;
        effects.push(Effect::Report(Notice::StorageFailed { reason }));
        self.close_everybody(UNREADABLE, effects);
    }

    /// The stored bytes were taken for a document, and turned out to be none when it was built. When they are read again in
    /// this life in memory it is built at once: nobody comes in again because nobody has looked.
    pub(super) fn cannot_be_built(
        &mut self,
        now: Timestamp,
        error: &LoadError,
        effects: &mut Vec<Effect>,
    ) {
        if let LoadError::OtherThanSummed = error {
            let reason = error.to_string();
            effects.push(Effect::Report(Notice::Fault { reason }));
        }
        self.is_built_at_once = true;
        self.unreadable(now, error.to_string(), effects);
    }

    /// Reads an unreadable storage again when somebody comes or the alarm fires, after a pause that grows.
    pub(super) fn advance_rereading(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.may_read_again(now) {
            self.read_again(effects);
        }
    }

    pub(super) fn may_read_again(&self, now: Timestamp) -> bool {
        self.rereading.retry_at(false).is_some_and(|at| at <= now)
    }

    /// Forgets and closes every socket.
    pub(super) fn close_everybody(&mut self, close: Close, effects: &mut Vec<Effect>) {
        self.drop_waiting();
        for session in self.sessions.take() {
            effects.push(Effect::CloseSession {
                session,
                code: close.code,
                reason: close.reason,
            });
        }
        self.presence.clear();
    }

    /// Counts a failure of the room; the second one within a minute leaves it to readers until a minute has passed
    /// without one.
    pub(super) fn count_fault(&mut self, now: Timestamp) {
        self.metrics.faults += 1;
        self.faults.push_back(now);
        while self.faults.len() > FAULTS_MAX {
            self.faults.pop_front();
        }
        if self.is_degraded(now) || self.recent_faults(now) >= FAULTS_DEGRADED {
            self.degraded_until = Some(now + FAULT_WINDOW_MS);
        }
    }

    pub(super) fn recent_faults(&self, now: Timestamp) -> usize {
        self.faults
            .iter()
            .filter(|at| now.millis_since(**at) < FAULT_WINDOW_MS)
            .count()
    }

    pub(super) fn is_degraded(&self, now: Timestamp) -> bool {
        self.degraded_until.is_some_and(|until| now < until)
    }
}

/// The closes that a list orders.
pub(super) fn closes_in(effects: &[Effect]) -> Vec<(SessionId, Close)> {
    let close_of = |effect: &Effect| {
        if let Effect::CloseSession {
            session,
            code,
            reason,
        } = effect
        {
            return Some((*session, Close::new(*code, reason)));
        }
        None
    };
    effects.iter().filter_map(close_of).collect()
}

#[cfg(test)]
mod tests;
