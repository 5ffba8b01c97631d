//! The room and the host (SPEC section 6): restore, archive, check. Each is asked until it is answered, and nothing
//! of it is ever on the path of an edit.

use annotation::Attribution;

use crate::{
    document::{self, ApplyError, Authored, Document},
    effect::{Effect, Notice, OutgoingSnapshot},
    event::{ArchiveOutcome, Base, CheckOutcome, RequestId, RestoreOutcome},
    limits::CHECK_EVERY_MS,
    mutation::Mutation,
    time::Timestamp,
};

use super::{Cache, Inquiry, Phase, Room, Union, summing::Restored};

impl Room {
    /// Asks the host what it holds, as soon as somebody is there to see it, or left an update behind.
    pub(super) fn advance_restore(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let connected = !self.sessions.is_empty();
        let is_awaited = self.is_awaited();
        let request = self.draw_request();
        let Phase::Restoring(inquiry) = &mut self.phase else {
            return;
        };
        if is_awaited && inquiry.is_due(now, connected) {
            inquiry.sent(now, request);
            effects.push(Effect::Restore { request });
        }
    }

    pub(super) fn restore_finished(
        &mut self,
        now: Timestamp,
        request: RequestId,
        outcome: RestoreOutcome,
        effects: &mut Vec<Effect>,
    ) {
        let is_ruling_awaited = self.is_ruling_awaited();
        let Phase::Restoring(inquiry) = &mut self.phase else {
            return;
        };
        let is_document = match &outcome {
            RestoreOutcome::Found { .. } | RestoreOutcome::NeverStored => true,
            RestoreOutcome::Deleted | RestoreOutcome::Failed { .. } => false,
        };
        if is_document && is_ruling_awaited {
            // The other answer is on its way. If this one grows old meanwhile, it is asked for again.
            self.held_restore = Some((request, outcome));
            return;
        }
        if !inquiry.answered(request) {
            return;
        }
        match outcome {
            RestoreOutcome::Found {
                base,
                snapshot,
                attribution,
            } => {
                let attributions: Vec<Vec<u8>> = attribution.into_iter().collect();
                let stored = document::Stored {
                    client_id: self.entropy,
                    snapshot: Some(snapshot.clone()),
                    journal: Vec::new(),
                };
                match Restored::build(stored, &attributions) {
                    Ok(restored) => {
                        self.restored(now, restored, base, snapshot, effects);
                        self.recheck_presence(now, effects);
                        self.note_compared(now, effects);
                    }
                    Err(error) => {
                        inquiry.failed(now);
                        effects.push(host_failed("restore", error.to_string()));
                    }
                }
            }
            RestoreOutcome::NeverStored => match Document::read(nothing(self.entropy), &[], None) {
                Ok(document) => {
                    self.document = Cache::Loaded(Box::new(document));
                    self.phase = Phase::Open;
                    self.note_compared(now, effects);
                }
                Err(error) => {
                    inquiry.failed(now);
                    effects.push(Effect::Report(Notice::Fault {
                        reason: error.to_string(),
                    }));
                }
            },
            RestoreOutcome::Deleted => self.delete(effects),
            RestoreOutcome::Failed { .. } if self.planted.is(Mutation::FailedRestoreIsEmpty) => {
                self.phase = Phase::Open;
            }
            RestoreOutcome::Failed { reason } => {
                inquiry.failed(now);
                effects.push(host_failed("restore", reason));
            }
        }
    }

    fn restored(
        &mut self,
        now: Timestamp,
        Restored {
            mut document,
            summary,
        }: Restored,
        base: Base,
        snapshot: Vec<u8>,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(reason) = document.take_unread() {
            effects.push(unread_attribution(reason));
        }
        self.meta.base = Some(base);
        self.meta.archived_seq = Some(0);
        self.meta.snapshot_seq = Some(0);
        self.note_stored(now, effects);
        self.meta.was_restored = true;
        self.greet_again();
        self.seq = 0;
        effects.push(Effect::ReplaceSnapshot {
            seq: 0,
            snapshot,
            attribution: document.encode_attribution(),
            meta: self.meta.write(),
        });
        self.keep_summary(summary, effects);
        self.document = Cache::Loaded(Box::new(document));
        self.erased.look_again();
        self.note_fullness();
        self.phase = Phase::Open;
    }

    /// Sends the document, if the room is dirty and it is time.
    pub(super) fn archive(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.archive_is_due(now) {
            return;
        }
        let Cache::Loaded(document) = &mut self.document else {
            return;
        };
        let counted = document
            .encode()
            .and_then(|bytes| Ok((bytes, document.highlight_count()?)));
        let (bytes, highlight_count) = match counted {
            Ok(counted) => counted,
            Err(error) => return self.cannot_be_built(now, &error, effects),
        };
        let snapshot = OutgoingSnapshot {
            base: self.meta.base.clone(),
            bytes,
            attribution: document.encode_attribution(),
            highlight_count,
            last_editor: self.last_editor.clone(),
        };
        // It was measured for that.
        self.note_fullness();
        let request = self.draw_request();
        self.archiving.sent(now, request, self.seq);
        self.is_archive_new = true;
        effects.push(Effect::Archive { request, snapshot });
    }

    pub(super) fn archive_finished(
        &mut self,
        now: Timestamp,
        request: RequestId,
        outcome: ArchiveOutcome,
        effects: &mut Vec<Effect>,
    ) {
        let Some((in_flight, sent_seq)) = self.archiving.in_flight else {
            return;
        };
        if in_flight.request != request {
            return;
        }
        if !matches!(self.phase, Phase::Open) {
            // The storage that it told of cannot be read, or is gone.
            self.archiving.in_flight = None;
            return;
        }
        match outcome {
            ArchiveOutcome::Stored { base, union } => {
                self.metrics.archives += 1;
                self.metrics.archive_lag_ms = self.archiving.dirty_age_ms(now);
                self.archiving.in_flight = None;
                let sent_seq = if self.planted.is(Mutation::DirtyIsAFlag) {
                    self.seq
                } else {
                    sent_seq
                };
                match union {
                    Some(_) if self.planted.is(Mutation::UnionNotTaken) => {
                        self.archived(base, sent_seq, effects);
                    }
                    None => self.archived(base, sent_seq, effects),
                    Some(stored) => {
                        self.union = Some(Union {
                            base,
                            stored,
                            sent_seq,
                        })
                    }
                }
            }
            ArchiveOutcome::Deleted => self.delete(effects),
            ArchiveOutcome::Failed { reason } => self.archive_failed(now, reason, effects),
        }
    }

    fn archived(&mut self, base: Base, seq: u64, effects: &mut Vec<Effect>) {
        self.archiving.confirmed();
        self.is_host_failing = false;
        self.meta.base = Some(base);
        self.meta.archived_seq = Some(seq);
        effects.push(Effect::WriteMeta {
            meta: self.meta.write(),
        });
    }

    /// Takes what the store holds beyond what was sent: appended first, then built upon, then shown.
    pub(super) fn merge_union(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Cache::Loaded(document) = &mut self.document else {
            return;
        };
        let Some(Union {
            base,
            stored,
            sent_seq,
        }) = self.union.take()
        else {
            return;
        };
        let was_edited = self.seq != sent_seq;
        let novel = match document.admit_stored(&stored.snapshot) {
            Ok(Ok(novel)) => novel,
            Ok(Err(reason)) => return self.union_refused(now, reason, effects),
            Err(error) => return self.cannot_be_built(now, &error, effects),
        };
        let bytes = stored.attribution.as_deref();
        let attribution = match bytes.map(Attribution::decode).transpose() {
            Ok(attribution) => attribution.unwrap_or_default(),
            Err(error) => {
                // As if it were absent: the document matters more.
                effects.push(unread_attribution(error.to_string()));
                Attribution::default()
            }
        };
        let mut frame = None;
        if let Some(novel) = novel {
            match document.apply(&novel) {
                Ok(applied) => {
                    let authored = Authored {
                        attribution: document.merge_attribution(attribution),
                        update: applied.update,
                    };
                    frame = Some(self.append(now, authored, effects));
                }
                Err(ApplyError::Unreadable(error)) => {
                    return self.cannot_be_built(now, &error, effects);
                }
                Err(error) => {
                    self.document = Cache::Absent;
                    return self.union_refused(now, error.to_string(), effects);
                }
            }
        } else if let Some(added) = document.take_attribution(attribution) {
            // An update of nothing: the store knows more of who wrote what is here already.
            let nothing = Authored {
                update: yrs::Update::EMPTY_V1.to_vec(),
                attribution: added,
            };
            self.append(now, nothing, effects);
        }
        // Of whose words it holds, and of whose they are.
        self.erased.look_again();
        // Without an edit in between, what was sent and what came back are the whole document.
        let archived_seq = if was_edited { sent_seq } else { self.seq };
        self.archived(base, archived_seq, effects);
        if !was_edited {
            self.archiving.settled();
        }
        if let Some(frame) = frame {
            let readers = self.sessions_that(|session| session.record.has_document);
            self.show(now, readers, frame, effects);
        }
        self.recheck_presence(now, effects);
    }

    /// The base is not taken over: the next archive names the old one, and the store merges again.
    fn union_refused(&mut self, now: Timestamp, reason: String, effects: &mut Vec<Effect>) {
        let reason = format!("the union cannot be merged: {reason}");
        self.archive_failed(now, reason, effects);
    }

    pub(super) fn archive_failed(
        &mut self,
        now: Timestamp,
        reason: String,
        effects: &mut Vec<Effect>,
    ) {
        self.archiving.failed(now);
        self.is_host_failing = true;
        effects.push(host_failed("archive", reason));
    }

    /// The host wants this object to compare itself with the store. One that holds nothing has nothing to compare.
    pub(super) fn check_ordered(&mut self, now: Timestamp) {
        if self.may_check() {
            self.check = Inquiry::due_at(now);
        }
    }

    pub(super) fn may_check(&self) -> bool {
        self.is_stored
            && match self.phase {
                Phase::Open | Phase::Deleted => true,
                Phase::Asleep | Phase::Restoring(_) | Phase::Unreadable => false,
            }
    }

    /// Asks which snapshot the store holds: at each wake, and now and then while people are connected.
    pub(super) fn advance_check(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let connected = !self.sessions.is_empty();
        if !self.may_check() {
            return;
        }
        self.check.keep_up(now, connected, CHECK_EVERY_MS);
        if self.check.is_due(now, connected) {
            let request = self.draw_request();
            self.check.sent(now, request);
            self.checked_base.clone_from(&self.meta.base);
            effects.push(Effect::Check { request });
        }
    }

    pub(super) fn check_finished(
        &mut self,
        now: Timestamp,
        request: RequestId,
        outcome: CheckOutcome,
        effects: &mut Vec<Effect>,
    ) {
        if !self.check.answered(request) {
            return;
        }
        match outcome {
            CheckOutcome::Failed { reason } => {
                self.check.failed(now);
                effects.push(host_failed("check", reason));
                return;
            }
            CheckOutcome::Deleted => self.delete(effects),
            CheckOutcome::Found { .. } | CheckOutcome::NeverStored
                if matches!(self.phase, Phase::Deleted) =>
            {
                self.deletion_report = Inquiry::due_at(now);
            }
            CheckOutcome::Found { .. } | CheckOutcome::NeverStored if self.is_overtaken() => {
                return self.check.failed(now);
            }
            CheckOutcome::Found { base } => self.compare(now, Some(base), effects),
            CheckOutcome::NeverStored => self.compare(now, None, effects),
        }
        self.note_compared(now, effects);
        self.check.done();
    }

    /// Whether an archive was sent or confirmed since the store was asked: the answer may be older than its news, or
    /// newer, and is asked for again.
    fn is_overtaken(&self) -> bool {
        self.archiving.in_flight.is_some()
            || self.union.is_some()
            || self.checked_base != self.meta.base
    }

    /// Becomes dirty if the store holds something else than what this object builds on.
    fn compare(&mut self, now: Timestamp, stored: Option<Base>, effects: &mut Vec<Effect>) {
        if !self.is_stored || stored == self.meta.base {
            return;
        }
        self.meta.archived_seq = None;
        self.archiving.hurry(now);
        effects.push(Effect::WriteMeta {
            meta: self.meta.write(),
        });
    }
}

/// What is stored where nothing ever was.
fn nothing(client_id: u64) -> document::Stored {
    document::Stored {
        client_id,
        snapshot: None,
        journal: Vec::new(),
    }
}

pub(super) fn host_failed(request: &'static str, reason: String) -> Effect {
    Effect::Report(Notice::HostFailed { request, reason })
}

/// Tells the operator that it is not known any more who wrote some of the document.
pub(super) fn unread_attribution(reason: String) -> Effect {
    Effect::Report(Notice::AttributionUnreadable { reason })
}
