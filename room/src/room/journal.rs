//! The journal of what was applied, and its replacement by a snapshot (SPEC section 4).

use crate::{
    document::Authored,
    effect::{Effect, Notice},
    limits::{JOURNAL_BYTES_MAX, JOURNAL_ROWS_AT_REST_MAX, JOURNAL_ROWS_MAX, REST_SPACING_MS},
    mutation::Mutation,
    session::SessionId,
    time::Timestamp,
};

use super::{Cache, Room};

impl Room {
    /// Appends what the document has just taken in, with who wrote what of it, to the journal and answers the frame that
    /// shows it.
    pub(super) fn append(
        &mut self,
        now: Timestamp,
        authored: Authored,
        effects: &mut Vec<Effect>,
    ) -> Vec<u8> {
        self.changes += 1;
        let frame = crate::wire::update(&authored.update);
        self.append_row(now, None, authored, effects);
        frame
    }

    /// Orders one row, under the next `seq`, and with the first one that the storage begins. A row that is nobody's leaves
    /// the last editor as they are.
    pub(super) fn append_row(
        &mut self,
        now: Timestamp,
        editor: Option<String>,
        Authored {
            update,
            attribution,
        }: Authored,
        effects: &mut Vec<Effect>,
    ) {
        self.seq += 1;
        self.journal_rows += 1;
        self.journal_bytes += (update.len() + attribution.len()) as u64;
        self.last_editor = editor.or(self.last_editor.take());
        self.archiving.edited(now);
        if !self.is_stored {
            self.note_stored(now, effects);
            effects.push(Effect::WriteMeta {
                meta: self.meta.write(),
            });
        }
        effects.push(Effect::AppendToJournal {
            seq: self.seq,
            update,
            editor: self.last_editor.clone().unwrap_or_default(),
            attribution,
        });
    }

    /// Shows what was appended.
    pub(super) fn show(
        &mut self,
        now: Timestamp,
        readers: Vec<SessionId>,
        frame: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        self.broadcast(now, readers, frame, effects);
        let is_append = |effect: &Effect| matches!(effect, Effect::AppendToJournal { .. });
        if self.planted.is(Mutation::FanOutBeforeAppend)
            && let Some(first) = effects.iter().position(is_append)
        {
            effects[first..].rotate_right(1);
        }
    }

    /// Replaces a long journal by a snapshot, once the snapshot is known to be the document. A store that fails the
    /// swap is tried again after a pause that grows: the journal goes on meanwhile, and each failure costs everybody
    /// their connection.
    pub(super) fn compact(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let is_long =
            self.journal_rows > JOURNAL_ROWS_MAX || self.journal_bytes > JOURNAL_BYTES_MAX;
        if (is_long || self.is_resting(now)) && self.may_compact(now) {
            self.compacted_at = now;
            self.replace_journal(now, effects);
        }
    }

    /// Whether editing has come to an end, or to a pause after much was written: nobody waits for a snapshot then, and
    /// whoever wakes the room is told what it says.
    fn is_resting(&self, now: Timestamp) -> bool {
        let has_written = self.changes > 0 && self.journal_rows > 0;
        let is_spaced = now.millis_since(self.compacted_at) >= REST_SPACING_MS;
        let is_pause = self.journal_rows > JOURNAL_ROWS_AT_REST_MAX
            && self.archive_is_due(now)
            && self.archiving.is_quiet(now);
        has_written && is_spaced && (self.sessions.is_empty() || is_pause)
    }

    pub(super) fn may_compact(&self, now: Timestamp) -> bool {
        let must_pause = self.compaction.retry_at(false).is_some_and(|at| at > now);
        self.recent_faults(now) == 0 && !must_pause
    }

    /// Orders that the journal is replaced by a snapshot; whether it could be.
    pub(super) fn replace_journal(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let Cache::Loaded(document) = &mut self.document else {
            return false;
        };
        // What was only read so far is built before its bytes take the journal's place.
        let built = document.build().map(drop);
        let snapshot = match built.and_then(|()| document.encode()) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                self.cannot_be_built(now, &error, effects);
                return false;
            }
        };
        let summed = document.sum_up(&snapshot);
        let attribution = document.encode_attribution();
        self.journal_rows = 0;
        self.journal_bytes = 0;
        let summary = match summed {
            Ok(summary) => summary,
            Err(error) => {
                // The journal stays: it is what the document was made from.
                let reason = error.to_string();
                effects.push(Effect::Report(Notice::Fault { reason }));
                return false;
            }
        };
        self.meta.snapshot_seq = Some(self.seq);
        self.meta.snapshot_editor.clone_from(&self.last_editor);
        self.is_compacting = true;
        effects.push(Effect::ReplaceSnapshot {
            seq: self.seq,
            snapshot,
            attribution,
            meta: self.meta.write(),
        });
        self.keep_summary(summary, effects);
        true
    }
}
