//! What is noted of a snapshot when it is written (SPEC JO6): it is kept beside it, and spares who wakes the room that all of it
//! is read before they are told anything.

use crate::{
    document::{Document, LoadError, Stored, Summary},
    effect::Effect,
    mutation::Mutation,
};

use super::{
    Room,
    kept::{SUMMARY_KEY, written},
};

impl Room {
    /// Keeps what is noted of the snapshot that was just ordered to be written, in the place of what was of the one before. What
    /// remains of that, if this is not kept, is of other bytes, and not believed.
    pub(super) fn keep_summary(&mut self, summary: Option<Summary>, effects: &mut Vec<Effect>) {
        self.summary = summary.as_ref().map(written);
        if let Some(value) = self.summary.clone() {
            let key = SUMMARY_KEY.to_owned();
            effects.push(Effect::Keep { key, value });
        }
    }

    /// What was noted of the stored snapshot. What cannot be read is as good as absent: the snapshot itself is there.
    pub(super) fn summary(&self) -> Option<Summary> {
        let mut summary: Summary = serde_json::from_str(self.summary.as_deref()?).ok()?;
        if self.planted.is(Mutation::SummaryOutlivesEdits) {
            summary.outlive_edits();
        }
        Some(summary)
    }
}

/// What the host has sent, built, and what is noted of it.
pub(super) struct Restored {
    pub(super) document: Document,
    pub(super) summary: Option<Summary>,
}

impl Restored {
    /// Reads, sums up and builds it: what comes from elsewhere is written over nothing before.
    pub(super) fn build(stored: Stored, attributions: &[Vec<u8>]) -> Result<Restored, LoadError> {
        let mut document = Document::read(stored, attributions, None)?;
        let summary = document.sum_up_stored();
        document.build()?;
        Ok(Restored { document, summary })
    }
}
