//! Deleted stays deleted (SPEC section 8): the object keeps a tombstone, loads nothing, and tells every store that
//! does not know it.

use crate::{
    close::{self, Close},
    effect::Effect,
    event::RequestId,
    mutation::Mutation,
    time::Timestamp,
};

use super::{Cache, Inquiry, Phase, Room, host::host_failed};

impl Room {
    /// Forgets the document for good and closes every socket.
    pub(super) fn delete(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.phase, Phase::Deleted) {
            return;
        }
        self.meta.deleted = !self.planted.is(Mutation::TombstoneForgotten);
        self.meta.archived_seq = None;
        self.meta.base = None;
        self.meta.snapshot_seq = None;
        self.meta.snapshot_editor = None;
        self.is_stored = true;
        self.last_editor = None;
        self.journal_rows = 0;
        self.journal_bytes = 0;
        self.document = Cache::Absent;
        self.summary = None;
        self.union = None;
        self.archiving.confirmed();
        self.phase = Phase::Deleted;
        effects.push(Effect::Wipe {
            meta: self.meta.write(),
        });
        self.close_everybody(Close::new(close::GONE, "this case was deleted"), effects);
        self.check.done();
    }

    /// Tells the host that the case is deleted, until it confirms that it knows.
    pub(super) fn advance_deletion_report(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.deletion_report.is_due(now, false) {
            let request = self.draw_request();
            self.deletion_report.sent(now, request);
            effects.push(Effect::ReportDeletion { request });
        }
    }

    pub(super) fn deletion_reported(
        &mut self,
        now: Timestamp,
        request: RequestId,
        confirmed: bool,
        effects: &mut Vec<Effect>,
    ) {
        if !self.deletion_report.answered(request) {
            return;
        }
        if confirmed {
            self.deletion_report = Inquiry::default();
        } else {
            self.deletion_report.failed(now);
            effects.push(host_failed(
                "deletion",
                "the host did not confirm".to_owned(),
            ));
        }
    }
}
