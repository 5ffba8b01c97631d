//! What a room tells of itself.

use crate::{metrics::Metrics, status::Status, time::Timestamp};

use super::{Cache, Phase, Room};

impl Room {
    /// What an operator, or a page that waits, may know.
    pub fn status(&self) -> Status {
        Status {
            state: match &self.phase {
                Phase::Asleep => "asleep",
                Phase::Restoring(_) => "restoring",
                Phase::Open => "open",
                Phase::Deleted => "deleted",
                Phase::Unreadable => "unreadable",
            },
            store_failures: match &self.phase {
                Phase::Restoring(inquiry) => inquiry.backoff.failures(),
                Phase::Asleep | Phase::Open | Phase::Deleted | Phase::Unreadable => {
                    self.archiving.backoff.failures()
                }
            },
            sessions: self.sessions.len(),
            waiting_bytes: self.waiting_bytes,
            seq: self.seq,
            archived_seq: self.meta.archived_seq,
            is_dirty: self.is_dirty(),
        }
    }

    /// Whether the document is built: nobody who comes to a room that sleeps needs that in order to read.
    pub fn is_document_built(&self) -> bool {
        matches!(&self.document, Cache::Loaded(document) if document.is_built())
    }

    /// Whether the stored bytes were read, and not only what was noted of them when they were written: nobody who has nothing,
    /// or everything, needs that.
    pub fn is_document_read(&self) -> bool {
        matches!(&self.document, Cache::Loaded(document) if document.is_read())
    }

    /// What was counted since the last call.
    pub fn take_metrics(&mut self, now: Timestamp) -> Metrics {
        let mut taken = std::mem::take(&mut self.metrics);
        taken.dirty_age_ms = if self.is_dirty() {
            self.archiving.dirty_age_ms(now)
        } else {
            0
        };
        taken
    }
}
